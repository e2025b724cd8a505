"""The share as it lies there: every file with its stamp, links not followed, bounded, patient with what cannot be read."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from appliance.adapters.file_reading import has_writer, stamp_of_status
from appliance.algorithms.drop_grouping import is_litter_folder
from appliance.algorithms.intake_planning import readable
from appliance.domain.errors import Transient
from appliance.domain.footage import FileStamp, OddEntry, SeenFile, ShareListing


@dataclass(slots=True)
class _Walk:
    """A walk under way."""

    files: list[SeenFile] = field(default_factory=list)
    passed_over: list[OddEntry] = field(default_factory=list)
    unread: list[OddEntry] = field(default_factory=list)
    #: Folders to be looked into: path, folder at the top, place below that.
    waiting: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLister:
    """Looks through a share. max_depth: folders below the top. max_files: files in all."""

    max_depth: int = 24
    max_files: int = 200_000

    def list_share(self, top: Path) -> ShareListing:
        """Everything in it. Raises Transient when the share itself cannot be read."""
        walk = _Walk()
        try:
            status = top.stat()
            with os.scandir(top) as entries:
                for entry in sorted(entries, key=lambda each: each.name):
                    self._meet_at_top(entry, walk)
        except OSError as error:
            raise Transient(f"{top} cannot be read: {error.strerror or error}", remedy="Check the share.") from error
        while walk.waiting:
            if len(walk.files) >= self.max_files:
                reason = f"more than {self.max_files} files; the rest is left for later"
                walk.unread.append(OddEntry(top=walk.waiting[-1][1], place=walk.waiting[-1][2], reason=reason))
                break
            self._look_into(*walk.waiting.pop(), walk)
        return ShareListing(
            files=tuple(walk.files),
            passed_over=tuple(walk.passed_over),
            unread=tuple(walk.unread),
            identity=(status.st_dev, status.st_ino),
        )

    def stamp_of(self, path: Path) -> FileStamp | None:
        """A look at one regular file; None for anything else."""
        try:
            status = path.lstat()
        except OSError:
            return None
        return stamp_of_status(status) if stat.S_ISREG(status.st_mode) else None

    def has_writer(self, path: Path) -> bool:
        """Whether some program of this machine has it open for writing."""
        return has_writer(path)

    def device_of(self, folder: Path) -> int:
        """The file system that a folder lies on."""
        try:
            return folder.stat().st_dev
        except OSError as error:
            raise Transient(f"{folder} cannot be looked at: {error.strerror or error}") from error

    def remove_empty(self, folder: Path) -> None:
        """Remove a folder and those inside it as far as they are empty; what holds anything stays."""
        for name, _, _ in os.walk(folder, topdown=False, followlinks=False):
            with suppress(OSError):
                os.rmdir(name)  # noqa: PTH106 - refuses whatever is not empty

    def _meet_at_top(self, entry: os.DirEntry[str], walk: _Walk) -> None:
        if not entry.is_dir(follow_symlinks=False):
            _take(entry, "", readable(entry.name), walk)
        elif not is_litter_folder(entry.name):
            walk.waiting.append((entry.path, readable(entry.name), ""))

    def _look_into(self, folder: str, top: str, place: str, walk: _Walk) -> None:
        try:
            with os.scandir(folder) as scan:
                entries = sorted(scan, key=lambda each: each.name)
        except FileNotFoundError:
            return
        except OSError as error:
            reason = f"this folder cannot be read: {error.strerror or error}"
            walk.unread.append(OddEntry(top=top, place=place, reason=reason))
            return
        for entry in entries:
            below = f"{place}/{readable(entry.name)}" if place else readable(entry.name)
            if not entry.is_dir(follow_symlinks=False):
                _take(entry, top, below, walk)
            elif below.count("/") < self.max_depth:
                walk.waiting.append((entry.path, top, below))
            else:
                reason = f"more than {self.max_depth} folders deep"
                walk.passed_over.append(OddEntry(top=top, place=below, reason=reason))


def _take(entry: os.DirEntry[str], top: str, place: str, walk: _Walk) -> None:
    path = Path(entry.path)
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return
    except OSError as error:
        walk.unread.append(OddEntry(top=top, place=place, reason=f"cannot be looked at: {error.strerror or error}"))
        return
    if stat.S_ISREG(status.st_mode):
        walk.files.append(SeenFile(path=path, top=top, place=place, stamp=stamp_of_status(status)))
    else:
        kind = "a link, which is not followed" if stat.S_ISLNK(status.st_mode) else "not a regular file"
        walk.passed_over.append(OddEntry(top=top, place=place, reason=kind))
