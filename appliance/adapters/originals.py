"""The store of originals: files are read, moved whole and flushed to disk; nothing is opened for writing, no link is followed."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from appliance.adapters.file_moving import Mover, flush_folder, fresh_name
from appliance.adapters.file_reading import has_writer, read_fingerprint, stamp_of_status
from appliance.adapters.system.whole_files import error_from_os, write_whole
from appliance.algorithms.intake_planning import NOTE, TOLD_NOTE
from appliance.domain.errors import Transient, Unusable
from appliance.domain.footage import FileStamp, Fingerprint
from appliance.domain.place import DataFolder
from appliance.ports.intake import Halted


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderOriginals:
    """An original store in the data folder."""

    data: DataFolder
    mover: Mover = field(default_factory=Mover)

    def look(self, path: Path) -> FileStamp | None:
        """What a look at a file shows; None when it is not there. Raises Unusable for links and what is no regular file."""
        self._refuse_ways_out(path)
        try:
            status = path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unreadable(error, path) from error
        if not stat.S_ISREG(status.st_mode):
            raise Unusable(f"{path.name} is a link or no regular file", remedy="Copy the recording itself.")
        return stamp_of_status(status)

    def has_writer(self, path: Path) -> bool:
        """Whether some program of this machine has it open for writing."""
        return has_writer(path)

    def fingerprint(self, path: Path, halted: Halted) -> Fingerprint:
        """Read all of a file. Raises Transient when it changed meanwhile, or when halted; Unusable as `look` does."""
        if self.look(path) is None:
            raise Transient(f"{path.name} is not there any more")
        return read_fingerprint(path, halted)

    @contextmanager
    def claim(self, item_id: str) -> Iterator[bool]:
        """Work on an item's folder alone, until the block or the process ends; False when somebody else does."""
        folder = self.data.original_folder(item_id)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            raise error_from_os(error, folder) from error
        try:
            yield _locked(handle)
        finally:
            os.close(handle)

    def write_note(self, item_id: str, text: str) -> None:
        """Write down what is about to be done; on disk when this returns."""
        write_whole(self.data.original_folder(item_id) / NOTE, text.encode())
        flush_folder(self.data.originals)

    def read_note(self, item_id: str) -> str | None:
        """What was to be done; None when it was done, or never begun."""
        path = self.data.original_folder(item_id) / NOTE
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise Transient(f"{path} cannot be read: {error}") from error

    def pending(self) -> tuple[str, ...]:
        """Items whose note says that something is still to be done."""
        try:
            with os.scandir(self.data.originals) as entries:
                names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise _unreadable(error, self.data.originals) from error
        return tuple(name for name in names if (self.data.originals / name / NOTE).is_file())

    def mark_told(self, item_id: str) -> None:
        """All is done; the note stays for people to read."""
        folder = self.data.original_folder(item_id)
        try:
            (folder / NOTE).replace(folder / TOLD_NOTE)
            flush_folder(folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise error_from_os(error, folder / TOLD_NOTE) from error

    def withdraw(self, item_id: str) -> None:
        """Nothing is to be done after all; a folder with nothing else in it goes."""
        folder = self.data.original_folder(item_id)
        self.discard(folder / NOTE)
        with suppress(OSError):
            folder.rmdir()

    def move(self, source: Path, target: Path, expected: Fingerprint, halted: Halted) -> None:
        """Move a file, across file systems by a verified copy. Done twice is done once.

        Raises:
            Unusable: neither place holds what was expected; nothing was changed.
        """
        self._refuse_ways_out(source)
        try:
            self.mover.move(source, target, expected, halted)
        except OSError as error:
            raise error_from_os(error, target) from error

    def put_back(self, stored: Path, source: Path, halted: Halted) -> Path | None:
        """Move a file back to where it came from, beside what lies there by now; returns its place, None if it is not there."""
        if self.look(stored) is None:
            return None
        expected = read_fingerprint(stored, halted)
        try:
            source.parent.mkdir(parents=True, exist_ok=True)
            place = fresh_name(source)
            self.mover.move(stored, place, expected, halted)
        except OSError as error:
            raise error_from_os(error, source) from error
        return place

    def discard(self, path: Path) -> None:
        """Remove a file, for good; one that is not there is fine."""
        try:
            path.unlink(missing_ok=True)
            flush_folder(path.parent)
        except FileNotFoundError:
            return
        except OSError as error:
            raise error_from_os(error, path) from error

    def _refuse_ways_out(self, path: Path) -> None:
        """Below the share and the work folder, no folder on the way may be a link that leads elsewhere."""
        for top in (self.data.footage, self.data.work):
            if path.is_relative_to(top) and path.parent.resolve() != top.resolve() / path.parent.relative_to(top):
                raise Unusable(f"{path.name} lies behind a link", remedy="Copy the recording itself.")


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # File systems without locks are used by one machine's watcher alone.
        return error.errno in (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)
    return True


def _unreadable(error: OSError, path: Path) -> Transient:
    return Transient(f"{path.name} cannot be looked at: {error.strerror or error}", remedy="Check its permissions.")
