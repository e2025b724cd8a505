"""Files that appear whole or not at all: written under another name, flushed to disk, then renamed."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from appliance.domain.errors import DiskFull, Misconfigured, RinkreelError, Transient

#: Errors of the file system that an operator has to mend; every other one may go away by itself.
LASTING = {
    errno.ENOSPC: "free some space on that disk",
    errno.EDQUOT: "raise the disk quota or free some space",
    errno.EACCES: "choose a folder that this user may write to",
    errno.EPERM: "choose a folder that this user may write to",
    errno.EROFS: "choose a folder on a disk that is not read-only",
    errno.ENOTDIR: "choose a path whose parent is a folder",
    errno.EISDIR: "choose the name of a file, not of a folder",
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.ENOENT: "create the folder first",
}


@contextmanager
def opened_whole(target: Path) -> Iterator[BinaryIO]:
    """Open `target` for writing bytes; it gets its name when the block ends well, and nothing stays behind when it does not.

    Raises:
        Misconfigured: the disk is full or the place cannot be written. Transient: any other failure of the file system.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".part")
    except OSError as error:
        raise error_from_os(error, target) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o666 & ~_current_umask())
        Path(temporary).replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise error_from_os(error, target) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def write_whole(target: Path, content: bytes) -> None:
    """Write a small file whole. Raises as `opened_whole`."""
    with opened_whole(target) as stream:
        stream.write(content)


def error_from_os(error: OSError, target: Path) -> RinkreelError:
    """What a failure of the file system means to this product."""
    why = f"{target} could not be written: {error.strerror or error}"
    remedy = LASTING.get(error.errno or 0)
    if not remedy:
        return Transient(why, remedy="Try again.")
    kind = DiskFull if error.errno in (errno.ENOSPC, errno.EDQUOT) else Misconfigured
    return kind(why, remedy=remedy.capitalize() + ".")


def _current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut; systems that cannot open folders keep renames in order anyway."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
