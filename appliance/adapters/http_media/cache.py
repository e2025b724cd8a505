"""Fetched files on this machine's disk, shared by its workers: locked while in use, the longest unused go first.

Beside each file lies its lock. Whoever uses the file holds it shared, whoever fetches or removes it holds it alone.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LOCK, PART, TAG = ".lock", ".part", ".tag"
#: How often somebody who waits for a lock looks again.
LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedFile:
    """A file's places. part: what was fetched so far; tag: which version of the file that belongs to."""

    path: Path

    @property
    def part(self) -> Path:
        """Half of it, perhaps."""
        return self.path.with_name(f"{self.path.name}{PART}")

    @property
    def tag(self) -> Path:
        """The version that the part is of."""
        return self.path.with_name(f"{self.path.name}{TAG}")

    @property
    def lock(self) -> Path:
        """Who uses it."""
        return self.path.with_name(f"{self.path.name}{LOCK}")

    @property
    def size_bytes(self) -> int:
        """What it takes on disk, whole or half."""
        return sum(_size_of(path) for path in (self.path, self.part))

    @property
    def used_at_s(self) -> float:
        """When it was last used or worked on."""
        return max((_touched_at(path) for path in (self.path, self.part)), default=0.0)

    def is_whole(self, size_bytes: int | None) -> bool:
        """Whether it is there, as large as it should be."""
        return self.path.is_file() and (size_bytes is None or _size_of(self.path) == size_bytes)

    def remove(self) -> None:
        """All of it; only with the lock in hand."""
        for path in (self.path, self.part, self.tag, self.lock):
            path.unlink(missing_ok=True)


class MediaCache:
    """A folder of fetched files that stays below a size."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self.folder = folder.absolute()
        self.limit_bytes = limit_bytes

    def file(self, relative: Path) -> CachedFile:
        """The file of this path; its folder is there afterwards."""
        path = self.folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        return CachedFile(path=path)

    @contextmanager
    def locked(self, file: CachedFile, *, alone: bool, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Hold a file's lock; `waiting` is called each time that somebody else still has it."""
        while (handle := _try_lock(file.lock, alone=alone)) is None:
            waiting()
            time.sleep(LOOK_EVERY_S)
        try:
            yield
        finally:
            os.close(handle)

    def make_room(self, needed_bytes: int, kept: CachedFile) -> bool:
        """Remove what was unused for longest until `needed_bytes` more fit; False when they do not. What is in use stays."""
        files = sorted(self._files(), key=lambda file: file.used_at_s)
        excess_bytes = sum(file.size_bytes for file in files if file != kept) + needed_bytes - self.limit_bytes
        for file in files:
            if excess_bytes <= 0:
                break
            if file != kept:
                excess_bytes -= self._evict(file)
        return excess_bytes <= 0

    def _evict(self, file: CachedFile) -> int:
        """Bytes that came free; none when somebody uses it."""
        handle = _try_lock(file.lock, alone=True)
        if handle is None:
            return 0
        try:
            size_bytes = file.size_bytes
            file.remove()
            return size_bytes
        finally:
            os.close(handle)

    def _files(self) -> list[CachedFile]:
        return [CachedFile(path=path.with_suffix("")) for path in self.folder.rglob(f"*{LOCK}")]


def _try_lock(path: Path, *, alone: bool) -> int | None:
    """The lock's handle, or None when somebody else has it. A lock that was removed meanwhile is none, and is made anew."""
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        if _is_still(path, handle):
            return handle
        os.close(handle)


def _is_still(path: Path, handle: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _touched_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
