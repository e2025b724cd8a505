"""Footage on its way in: what a look at a file shows, what its bytes are, what a share holds, what was promised to whom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.domain.request import AddItem


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStamp:
    """What a look at a file shows. allocated_bytes: what it takes on disk; less than its size while a copy made room in
    advance. device: the file system it lies on."""

    size_bytes: int
    modified_ns: int
    allocated_bytes: int
    device: int

    @property
    def modified_s(self) -> float:
        """Seconds since 1970."""
        return self.modified_ns / 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What a file's bytes are, and the stamp under which they were read."""

    sha256: str
    stamp: FileStamp


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """A regular file in the share. top: the folder at the share's top level it lies in, empty for a loose file. place: its
    path below that, readable and with forward slashes."""

    path: Path
    top: str
    place: str
    stamp: FileStamp


@dataclass(frozen=True, slots=True, kw_only=True)
class OddEntry:
    """Something in the share that is no file to look at, and why."""

    top: str
    place: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareListing:
    """What a share holds. passed_over: entries that are no regular files. unread: folders and files that could not be looked
    at this time, so that nothing may be concluded from what is missing in them. identity: changes when another file system
    appears in the share's place."""

    files: tuple[SeenFile, ...]
    passed_over: tuple[OddEntry, ...] = ()
    unread: tuple[OddEntry, ...] = ()
    identity: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedFile:
    """A file that is about to be taken in. proxy_of: place of the full file that it is the low-resolution twin of."""

    path: Path
    place: str
    fingerprint: Fingerprint
    proxy_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeNote:
    """What is written down before the first file moves, so that whoever finds it can finish the work. files[i] becomes
    request.parts[i]; its path is relative to the data folder when it lies inside."""

    request: AddItem
    files: tuple[ClaimedFile, ...]
