"""Moving footage so that a power cut at any instant leaves it whole in one of two places."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from appliance.adapters.file_reading import (
    BLOCK_BYTES,
    has_writer,
    hash_opened,
    is_same,
    open_regular,
    read_fingerprint,
    refuse_when_halted,
    stamp_of_status,
)
from appliance.domain.errors import Transient, Unusable
from appliance.domain.footage import FileStamp, Fingerprint
from appliance.ports.intake import Halted

#: What a removal may fail with on a share that lets nobody take anything away; the copy is whole all the same.
_NOT_REMOVABLE = {errno.EACCES, errno.EPERM, errno.EROFS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """Moves files. rename: how a name is changed; raises OSError with EXDEV from one file system to another."""

    rename: Callable[[Path, Path], None] = os.rename

    def move(self, source: Path, target: Path, expected: Fingerprint, halted: Halted) -> None:
        """Move a file whose bytes are known. Done twice is done once.

        Raises:
            Unusable: neither place holds what was expected; nothing was changed. Transient: halted, or it is being written.
            OSError: as the file system has it.
        """
        if stamp_at(target) is not None:
            _clear_leftover(source, target, expected, halted)
            return
        _refuse_changed(source, expected)
        try:
            self._move_name(source, target, expected)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy(source, target, expected, halted)
            _remove_copied(source, expected)

    def _move_name(self, source: Path, target: Path, expected: Fingerprint) -> None:
        """Rename, and undo it when somebody wrote in the very moment."""
        _flush_file(source)
        self.rename(source, target)
        flush_folder(target.parent)
        flush_folder(source.parent)
        after = stamp_at(target)
        if after is None or not is_same(after, expected.stamp) or has_writer(target):
            with suppress(FileNotFoundError):
                self.rename(target, fresh_name(source))
            raise Unusable(f"{source.name} was changed while it was being taken in")


def stamp_at(path: Path) -> FileStamp | None:
    """A look at what lies there; None when nothing does."""
    try:
        return stamp_of_status(path.lstat())
    except FileNotFoundError:
        return None


def fresh_name(path: Path) -> Path:
    """The path itself, or with a number behind its name when something lies there."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.stem} ({number}){path.suffix}")
    return free


def flush_folder(folder: Path) -> None:
    """Make changes of names survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _flush_file(path: Path) -> None:
    handle = open_regular(path)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_changed(source: Path, expected: Fingerprint) -> None:
    stamp = stamp_at(source)
    if stamp is None:
        raise Unusable(f"{source.name} is gone before it was taken in")
    if not is_same(stamp, expected.stamp) or has_writer(source):
        raise Unusable(f"{source.name} was changed before it was taken in")


def _clear_leftover(source: Path, target: Path, expected: Fingerprint, halted: Halted) -> None:
    """The target is there already: an earlier move came so far. Its bytes decide, and a copied source goes."""
    if read_fingerprint(target, halted).sha256 != expected.sha256:
        raise Unusable(f"{target.name} is not what was to be taken in")
    if stamp_at(source) is not None and read_fingerprint(source, halted).sha256 == expected.sha256:
        _remove_copied(source, expected)


def _remove_copied(source: Path, expected: Fingerprint) -> None:
    """Remove what was copied; something newer that lies there by now stays."""
    stamp = stamp_at(source)
    if stamp is None or not is_same(stamp, expected.stamp):
        return
    try:
        source.unlink()
        flush_folder(source.parent)
    except OSError as error:
        if error.errno not in _NOT_REMOVABLE:
            raise


def _copy(source: Path, target: Path, expected: Fingerprint, halted: Halted) -> None:
    """Copy under another name, read back what arrived, then give it its name."""
    writing, temporary = tempfile.mkstemp(dir=target.parent, prefix=".copying.", suffix=".part")
    try:
        try:
            if _copy_bytes(source, writing, expected.stamp.size_bytes, halted) != expected.sha256:
                raise Unusable(f"{source.name} was changed while it was being taken in")
            os.utime(writing, ns=(expected.stamp.modified_ns, expected.stamp.modified_ns))
            os.fsync(writing)
            # What is read back shall come from the disk, not from memory.
            os.posix_fadvise(writing, 0, 0, os.POSIX_FADV_DONTNEED)
            if hash_opened(writing, target, halted).sha256 != expected.sha256:
                raise Transient(f"{source.name} did not arrive as it was read", remedy="Check the disk of this box.")
        finally:
            os.close(writing)
        _refuse_changed(source, expected)
        Path(temporary).chmod(0o644)
        Path(temporary).rename(target)
        flush_folder(target.parent)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _copy_bytes(source: Path, writing: int, size_bytes: int, halted: Halted) -> str:
    """Copy so many bytes; what was written meanwhile behind them shows in the stamp afterwards."""
    reading = open_regular(source)
    digest, left = sha256(), size_bytes
    try:
        with os.fdopen(os.dup(writing), "wb") as stream:
            while left > 0 and (block := os.read(reading, min(BLOCK_BYTES, left))):
                refuse_when_halted(halted)
                digest.update(block)
                stream.write(block)
                left -= len(block)
    finally:
        os.close(reading)
    return digest.hexdigest()
