"""Fetches one file: goes on where it broke off, and gives it its name only when it is all there."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

import httpx

from appliance.adapters.http_media.cache import CachedFile, MediaCache
from appliance.adapters.http_media.line import MediaLine
from appliance.domain.errors import Transient

#: Bytes that are written at once.
BLOCK_BYTES = 1024**2
#: Times in a row that a line may break without a single byte before the order is left to be tried later.
MOST_BREAKS = 4
BREAK_WAIT_S = 0.5
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class Unfit(Transient):
    """Asking again at once would not help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetcher:
    """Fetches files into a cache; their locks are in the hands of whoever asks. moved: called for every block."""

    line: MediaLine
    cache: MediaCache
    moved: Callable[[], None]

    def fetch(self, relative: PurePosixPath, file: CachedFile, size_bytes: int | None) -> None:
        """Have the file whole.

        Raises:
            Transient: the head was not reached, there is no room on this machine, or the file is not what was announced.
            What `MediaLine` raises.
        """
        breaks, before = 0, -1
        while True:
            try:
                self._go_on(relative, file, size_bytes)
                break
            except Unfit:
                raise
            except Transient:
                now = file.size_bytes
                breaks = 0 if now > before else breaks + 1
                before = max(before, now)
                if breaks >= MOST_BREAKS:
                    raise
                time.sleep(BREAK_WAIT_S * breaks)
        _finish(file)

    def _go_on(self, relative: PurePosixPath, file: CachedFile, size_bytes: int | None) -> None:
        """Ask for what is missing. Raises Transient when it is not all there afterwards."""
        have, tag = _so_far(file)
        asked = {"Range": f"bytes={have}-", "If-Range": tag} if have else {}
        with self.line.get(relative, asked) as answer:
            start, total = _announced(answer, have)
            if start is None:
                file.part.unlink(missing_ok=True)
                raise Transient(f"{relative.name} has changed while it was fetched", remedy="Try again.")
            if size_bytes is not None and total != size_bytes:
                file.part.unlink(missing_ok=True)
                how = f"{size_bytes} bytes were expected, {total} are announced"
                raise Unfit(f"{relative.name} is not the file that was looked at: {how}", remedy="Retry the recording.")
            self._require_room(file, relative, total)
            if not start:
                file.part.unlink(missing_ok=True)  # A version is never written down beside bytes of another one.
            file.tag.write_text(_version_of(answer))
            self._write(answer, file, start)
        if (have := file.part.stat().st_size) != total:
            raise Transient(f"{relative.name} broke off at {have} of {total} bytes", remedy="Check the network.")

    def _write(self, answer: httpx.Response, file: CachedFile, start: int) -> None:
        with file.part.open("r+b" if start else "wb") as stream:
            stream.seek(start)
            stream.truncate()
            for block in answer.iter_bytes(BLOCK_BYTES):
                stream.write(block)
                self.moved()

    def _require_room(self, file: CachedFile, relative: PurePosixPath, total: int) -> None:
        if not self.cache.make_room(total, file):
            room, size = self.cache.limit_bytes / 1e6, total / 1e6
            raise Unfit(
                f"{relative.name} ({size:.0f} MB) does not fit into this worker's cache of {room:.0f} MB",
                remedy="Give the worker a larger cache.",
            )


def _so_far(file: CachedFile) -> tuple[int, str]:
    """Bytes that are here already and their version; none when the version is not known."""
    try:
        tag = file.tag.read_text()
        return (file.part.stat().st_size, tag) if tag else (0, "")
    except (OSError, ValueError):
        return 0, ""


def _announced(answer: httpx.Response, have: int) -> tuple[int | None, int]:
    """Where the body begins within the file (None: it is of no use), and how large the file is."""
    if answer.status_code == httpx.codes.PARTIAL_CONTENT:
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        if found is None:
            return None, 0
        return (have if int(found[1]) == have else None), int(found[3])
    if answer.status_code == httpx.codes.OK and answer.headers.get("Content-Length", "").isdigit():
        return 0, int(answer.headers["Content-Length"])
    return None, 0


def _version_of(answer: httpx.Response) -> str:
    """What may stand in If-Range: a strong ETag, or else the date. Source: RFC 9110, 13.1.5."""
    tag: str = answer.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else str(answer.headers.get("Last-Modified", ""))


def _finish(file: CachedFile) -> None:
    with file.part.open("rb+") as stream:
        os.fsync(stream.fileno())
    file.part.replace(file.path)
    file.tag.unlink(missing_ok=True)
