"""A hidden folder beside a target, in which it is made; it gets its name when it is whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.adapters.ffmpeg.running import FfmpegFailed
from appliance.adapters.system.whole_files import error_from_os
from appliance.domain.errors import DiskFull

DISK_FULL = "No space left on device"


@contextmanager
def workshop(target: Path) -> Iterator[Path]:
    """The folder; whatever is left in it when the block ends is gone.

    Raises:
        DiskFull, Misconfigured, Transient: as the disk has it.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".rinkreel-", dir=target.parent))
    except OSError as error:
        raise error_from_os(error, target) from error
    try:
        yield folder
    except FfmpegFailed as failure:
        if DISK_FULL in failure.tail:
            raise DiskFull(f"there is no room to make {target.name}", remedy="Free some space.") from failure
        raise
    except OSError as error:
        raise error_from_os(error, target) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def give_name(made: Path, target: Path) -> None:
    """Give a finished file its name, on disk before this returns."""
    with made.open("rb+") as written:
        os.fsync(written.fileno())
    made.replace(target)
