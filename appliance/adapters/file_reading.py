"""Reading footage that others may still be writing: stamps before and after, and whether anybody has it open."""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
from hashlib import sha256
from pathlib import Path

from appliance.domain.errors import Misconfigured, RinkreelError, Transient, Unusable
from appliance.domain.footage import FileStamp, Fingerprint
from appliance.ports.intake import Halted

BLOCK_BYTES = 1024**2
#: st_blocks counts in this unit on every file system. Source: POSIX <sys/stat.h> on Linux, stat(2).
_DISK_BLOCK_BYTES = 512
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def stamp_of_status(status: os.stat_result) -> FileStamp:
    """What a look at a file shows."""
    return FileStamp(
        size_bytes=status.st_size,
        modified_ns=status.st_mtime_ns,
        allocated_bytes=status.st_blocks * _DISK_BLOCK_BYTES,
        device=status.st_dev,
    )


def is_same(stamp: FileStamp, later: FileStamp) -> bool:
    """Whether nobody has written in between, as far as a look can tell."""
    return (stamp.size_bytes, stamp.modified_ns) == (later.size_bytes, later.modified_ns)


def open_regular(path: Path) -> int:
    """Open a file for reading that is no link. Raises Unusable for anything but a regular file, OSError as the system does."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise Unusable(f"{path.name} is a link or no regular file", remedy="Copy the recording itself.") from error
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Unusable(f"{path.name} is no regular file", remedy="Copy the recording itself.")
    return handle


def read_fingerprint(path: Path, halted: Halted) -> Fingerprint:
    """Read all of a file. Raises Transient when it changed meanwhile, or when halted."""
    try:
        handle = open_regular(path)
        try:
            return hash_opened(handle, path, halted)
        finally:
            os.close(handle)
    except OSError as error:
        raise _error_of_reading(error, path) from error


def hash_opened(handle: int, path: Path, halted: Halted) -> Fingerprint:
    """The same for a file that is open, from its beginning."""
    before = stamp_of_status(os.fstat(handle))
    os.lseek(handle, 0, os.SEEK_SET)
    digest, left = sha256(), before.size_bytes
    # Never further than it was long at first: a file that grows as fast as it is read would never end.
    while left > 0 and (block := os.read(handle, min(BLOCK_BYTES, left))):
        refuse_when_halted(halted)
        digest.update(block)
        left -= len(block)
    after = stamp_of_status(os.fstat(handle))
    if not is_same(before, after):
        raise Transient(f"{path.name} changed while it was being read")
    return Fingerprint(sha256=digest.hexdigest(), stamp=after)


def refuse_when_halted(halted: Halted) -> None:
    """End a long piece of work between two blocks."""
    if halted():
        raise Transient("stopped on request")


def has_writer(path: Path) -> bool:
    """Whether some program of this machine has it open for writing; False where the file system or its owner does not tell.

    A read lease is granted only while nobody writes. Source: fcntl(2), F_SETLEASE.
    """
    try:
        handle = open_regular(path)
    except (OSError, Unusable):
        return False
    try:
        # Should somebody open it this very moment, we are told by a signal that does nothing instead of one that kills.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        return error.errno == errno.EAGAIN
    finally:
        os.close(handle)
    return False


def _error_of_reading(error: OSError, path: Path) -> RinkreelError:
    if isinstance(error, PermissionError):
        return Misconfigured(f"{path.name} may not be read", remedy="Let the user that runs this program read it.")
    return Transient(f"{path.name} could not be read: {error.strerror or error}", remedy="Check the share.")
