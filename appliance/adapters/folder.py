"""Lists what lies in folders without opening anything: bounded, never through links to folders, deaf to what cannot be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from appliance.domain.card import CardFile, IgnoredFile
from appliance.domain.errors import Unusable


@dataclass(slots=True)
class Listing:
    """What a walk found: files to be sorted, and entries that were passed over with the reason."""

    files: list[CardFile] = field(default_factory=list)
    ignored: list[IgnoredFile] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderWalker:
    """Walks files and folders that people name. max_depth: folders below the named one. max_files: entries in all."""

    max_depth: int = 16
    max_files: int = 100_000

    def walk(self, inputs: Sequence[Path]) -> Listing:
        """List the named files, and everything inside the named folders; one path may come twice, `read_card` counts it once.

        Raises:
            Unusable: a named thing is not there, is neither file nor folder, or cannot be looked at.
        """
        listing = Listing()
        seen: dict[Path, Path] = {}
        for path in inputs:
            status = _status_of_named(path)
            if stat.S_ISDIR(status.st_mode):
                self._walk_folder(path, listing, seen)
            else:
                _add(listing, seen, _card_file(path, status, None))
        return listing

    def _walk_folder(self, top: Path, listing: Listing, seen: dict[Path, Path]) -> None:
        waiting = [(top, 0)]
        while waiting:
            folder, depth = waiting.pop()
            for entry in _entries(folder, listing):
                if len(seen) >= self.max_files:
                    listing.ignored.append(
                        IgnoredFile(path=folder, reason=f"more than {self.max_files} files; the rest is left out")
                    )
                    return
                if not entry.is_dir(follow_symlinks=False):
                    _take(entry, top, listing, seen)
                elif depth < self.max_depth:
                    waiting.append((Path(entry.path), depth + 1))
                else:
                    reason = f"more than {self.max_depth} folders deep"
                    listing.ignored.append(IgnoredFile(path=Path(entry.path), reason=reason))


def _status_of_named(path: Path) -> os.stat_result:
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise Unusable(f"{path} is not there", remedy="Check the name, and that the card or share is connected.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Unusable(f"{path} cannot be looked at: {reason}", remedy="Check the name and its permissions.") from error
    if not (stat.S_ISDIR(status.st_mode) or stat.S_ISREG(status.st_mode)):
        raise Unusable(f"{path} is neither a file nor a folder", remedy="Name a recording, or a folder with recordings in it.")
    return status


def _entries(folder: Path, listing: Listing) -> Iterator[os.DirEntry[str]]:
    """What a folder holds, by name; a folder that cannot be read is noted and passed over."""
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        listing.ignored.append(IgnoredFile(path=folder, reason=f"this folder cannot be read: {error.strerror or error}"))
        return
    yield from entries


def _take(entry: os.DirEntry[str], top: Path, listing: Listing, seen: dict[Path, Path]) -> None:
    """List one entry that is not a folder; links count as the file they lead to."""
    path = Path(entry.path)
    try:
        status = entry.stat()
    except OSError as error:
        reason = "a link that leads nowhere" if entry.is_symlink() else f"cannot be looked at: {error.strerror or error}"
        listing.ignored.append(IgnoredFile(path=path, reason=reason))
        return
    if stat.S_ISDIR(status.st_mode):
        listing.ignored.append(IgnoredFile(path=path, reason="a link to a folder, which is not followed"))
    elif not stat.S_ISREG(status.st_mode):
        listing.ignored.append(IgnoredFile(path=path, reason="not a regular file"))
    else:
        _add(listing, seen, _card_file(path, status, top))


def _add(listing: Listing, seen: dict[Path, Path], file: CardFile) -> None:
    """List a file, or note that it is a second name for one that is listed."""
    first = seen.setdefault(file.path.resolve(), file.path)
    if first != file.path:
        listing.ignored.append(IgnoredFile(path=file.path, reason=f"the same file as {first.name}, which is listed already"))
    else:
        listing.files.append(file)


def _card_file(path: Path, status: os.stat_result, within: Path | None) -> CardFile:
    return CardFile(path=path, size_bytes=status.st_size, within=within, modified_s=status.st_mtime)
