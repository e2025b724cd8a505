"""Where uploads are written while they come in: in pieces, with bounded memory, and never without room."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import secrets
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Container
from contextlib import asynccontextmanager, suppress
from io import RawIOBase
from pathlib import Path, PurePosixPath
from typing import TypeVar

from starlette.requests import ClientDisconnect

from appliance.algorithms.file_naming import safe_name
from appliance.domain.errors import DiskFull, Misconfigured, RinkreelError, Transient
from appliance.domain.place import DataFolder
from appliance.ports.surroundings import Disk
from appliance.services.api.parts import ApiRule
from appliance.services.api.refusals import ASK_AGAIN_S, Refusal

#: Uploads at once, and how long a silent client is waited for.
MOST_AT_ONCE, SILENCE_S = 24, 60.0
#: Folders below a drop's own that are kept of a name, and how long the parts of a name may be.
MOST_PARTS, LONGEST_STEM_BYTES, LONGEST_SUFFIX = 8, 140, 12

Result = TypeVar("Result")


class Spool:
    """One file that is being written, in pieces of about `chunk_bytes`. size_bytes: taken; sure_bytes: handed to the system."""

    def __init__(self, path: Path, stream: RawIOBase, chunk_bytes: int) -> None:
        self.path = path
        self.size_bytes = 0
        self.sure_bytes = 0
        self._stream = stream
        self._chunk_bytes = chunk_bytes
        self._waiting = bytearray()

    async def write(self, data: bytes) -> None:
        """Take some bytes; they reach the disk a piece at a time."""
        self._waiting += data
        self.size_bytes += len(data)
        if len(self._waiting) >= self._chunk_bytes:
            await self.flush()

    async def flush(self) -> None:
        """Hand what waits to the operating system."""
        waiting, self._waiting = self._waiting, bytearray()
        await in_thread(self._write_all, waiting)

    async def sync(self) -> None:
        """Come back once everything is on the disk."""
        await self.flush()
        await in_thread(self._sync)

    async def close(self) -> None:
        """Let go of the file."""
        with suppress(RinkreelError):
            await in_thread(self._stream.close)

    def _write_all(self, data: bytearray) -> None:
        rest = memoryview(data)
        while rest:
            # A disk that is nearly full may take a part only; what it took is counted.
            taken = self._stream.write(rest) or 0
            self.sure_bytes += taken
            rest = rest[taken:]

    def _sync(self) -> None:
        os.fsync(self._stream.fileno())


class UploadRoom:
    """The folder of uploads, and the limits on them."""

    def __init__(self, data: DataFolder, disk: Disk, rule: ApiRule) -> None:
        self.folder = data.uploads
        self.rule = rule
        self._disk = disk
        self._taken = 0

    @asynccontextmanager
    async def slot(self) -> AsyncGenerator[None, None]:
        """One of the places for an upload under way. Raises Refusal when all are taken."""
        if self._taken >= MOST_AT_ONCE:
            raise Refusal(503, "Too many uploads at once.", remedy="Wait for one to end.", headers={"Retry-After": ASK_AGAIN_S})
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1

    @asynccontextmanager
    async def own_folder(self) -> AsyncGenerator[Path, None]:
        """A folder for one request, gone with all that was not taken from it."""
        folder = self.folder / secrets.token_hex(16)
        await in_thread(lambda: folder.mkdir(parents=True))
        try:
            yield folder
        finally:
            await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))

    @asynccontextmanager
    async def spool(self, path: Path) -> AsyncGenerator[Spool, None]:
        """A new file."""
        stream = await in_thread(lambda: path.open("xb", buffering=0))
        spool = Spool(path, stream, self.rule.chunk_bytes)
        try:
            yield spool
        finally:
            await asyncio.shield(spool.close())

    async def check(self, more_bytes: int, promised_bytes: int = 0) -> None:
        """Raise Refusal when so many bytes are too many for one upload, or for the disk with what is promised to others."""
        if more_bytes > self.rule.max_upload_bytes:
            raise too_large(self.rule.max_upload_bytes)
        free = await in_thread(lambda: self._disk.free_bytes(self.folder))
        if free - self.rule.min_free_bytes - promised_bytes < more_bytes:
            raise no_room()


async def patiently(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A request's body. Raises Refusal when it stops half-way."""
    pieces = aiter(stream)
    while True:
        try:
            async with asyncio.timeout(SILENCE_S):
                piece = await anext(pieces)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise Refusal(408, "The upload fell silent.", remedy="Send it again.") from error
        except ClientDisconnect as error:
            raise Refusal(400, "The upload was cut off.", remedy="Send it again.") from error
        yield piece


async def in_thread(work: Callable[..., Result], *given: object) -> Result:
    """Do something with files away from the event loop. Raises DiskFull, Misconfigured or Transient as the disk says."""
    try:
        return await asyncio.to_thread(work, *given)
    except OSError as error:
        raise _error_from_os(error) from error


def place_of(name: str) -> str:
    """A claimed name as the place within an upload: harmless parts with forward slashes between them."""
    parts = (part.strip() for part in re.split(r"[/\\]", name.encode(errors="replace").decode()))
    kept = [safe_name(_shortened(part)) for part in parts if part.strip(" .")]
    return "/".join(kept[-MOST_PARTS:]) or "recording"


def unique_place(place: str, taken: Container[str]) -> str:
    """The place, or the same with a number when another file of the upload has it already."""
    if place not in taken:
        return place
    path = PurePosixPath(place)
    numbered = (str(path.with_name(f"{path.stem} ({number}){path.suffix}")) for number in range(2, 100_000))
    return next(candidate for candidate in numbered if candidate not in taken)


def too_large(most_bytes: int) -> Refusal:
    """More than one upload may have."""
    return Refusal(
        413,
        f"This upload is larger than {most_bytes / 1024**3:.3g} GiB.",
        remedy="Copy it into the share, or raise `upload.max_bytes`.",
    )


def no_room() -> Refusal:
    """The disk is too full to take more."""
    return Refusal(
        507,
        "There is not enough room on the box's disk.",
        remedy="Delete reels or originals that nobody needs, then send it again.",
    )


def _shortened(part: str) -> str:
    """A name that file systems allow. What tells a recording by its name stands at the end of it, and stays."""
    stem, dot, suffix = part.rpartition(".")
    if not dot or len(suffix) > LONGEST_SUFFIX:
        stem, dot, suffix = part, "", ""
    return stem.encode()[:LONGEST_STEM_BYTES].decode(errors="ignore") + dot + suffix


def _error_from_os(error: OSError) -> RinkreelError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull("There is not enough room on the box's disk.", remedy="Delete what nobody needs, then send it again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Misconfigured("The box cannot write uploads.", remedy="Let the user that runs the box own its data folder.")
    return Transient(f"The upload could not be written: {error.strerror or type(error).__name__}.", remedy="Send it again.")
