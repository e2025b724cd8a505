"""Hears of changes in a folder by the kernel's events, where those can be had; otherwise stays silent, and looks have to do."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path, PurePosixPath

from watchdog.events import (
    EVENT_TYPE_CLOSED_NO_WRITE,
    EVENT_TYPE_OPENED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from appliance.algorithms.mount_reading import is_remote, mount_kind
from appliance.ports.surroundings import Journal

MOUNTS = Path("/proc/self/mountinfo")
#: What our own reading causes.
_OWN_DOING = frozenset({EVENT_TYPE_OPENED, EVENT_TYPE_CLOSED_NO_WRITE})
_JOIN_S = 5.0


class _Bell(FileSystemEventHandler):
    """Rings in the loop that waits."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def belong_to(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called in the observer's thread."""
        if event.event_type in _OWN_DOING or self._loop is None:
            return
        with suppress(RuntimeError):  # the loop has closed
            self._loop.call_soon_threadsafe(self.rung.set)


class EventWatch:
    """A folder watch on inotify, begun when first waited for. Never raises: without events it is silent, and says so once."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._folder, self._journal = folder, journal
        self._observer: BaseObserver | None = None
        self._bell = _Bell()
        self._tried = False

    async def changed(self) -> None:
        """Come back once something has changed since the last call; perhaps never."""
        if not self._tried:
            self._tried = True
            self._bell.belong_to(asyncio.get_running_loop())
            await asyncio.to_thread(self._begin)
        await self._bell.rung.wait()
        self._bell.rung.clear()

    def renew(self) -> None:
        """Watch the folder that lies there now."""
        self.close()
        self._tried = False
        # What happened before the new watch was heard of by nobody.
        self._bell.rung.set()

    def close(self) -> None:
        """Watch no longer."""
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            observer.join(_JOIN_S)

    def _begin(self) -> None:
        observer = Observer()
        try:
            observer.schedule(self._bell, str(self._folder.resolve()), recursive=True)
            observer.start()
        except OSError as error:
            # Mostly fs.inotify.max_user_watches or max_user_instances.
            self._journal.warn("the share is not watched, only looked at", why=error.strerror or str(error))
            with suppress(RuntimeError):
                observer.stop()
                observer.join(_JOIN_S)
            return
        self._observer = observer


class SilentWatch:
    """For folders whose file system tells nothing: regular looks have to do."""

    async def changed(self) -> None:
        """Never comes back."""
        await asyncio.Event().wait()

    def renew(self) -> None:
        """There is nothing to renew."""

    def close(self) -> None:
        """There is nothing to close."""


def open_watch(folder: Path, mode: str, journal: Journal) -> EventWatch | SilentWatch:
    """The watch for a folder. mode: `events`, `polling`, or `auto`, which is resolved here and said."""
    kind = None
    if mode == "auto":
        with suppress(OSError):
            kind = mount_kind(MOUNTS.read_text(errors="surrogateescape"), PurePosixPath(folder.resolve()))
        mode = "polling" if is_remote(kind) else "events"
    journal.note("watching the share", how=mode, file_system=kind or "not asked")
    return EventWatch(folder, journal) if mode == "events" else SilentWatch()
