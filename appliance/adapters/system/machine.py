"""Python, disks and threads of this machine."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def python_version() -> tuple[int, ...]:
    """Major, minor and patch number."""
    return tuple(sys.version_info[:3])


def free_bytes(folder: Path) -> int:
    """Room on the disk that a folder lies on, or will lie on once it is made."""
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    return shutil.disk_usage(existing).free


def limit_threads(count: int) -> None:
    """Keep this process to so many OpenCV threads, so that several processes share the cores without fighting."""
    import cv2

    cv2.setNumThreads(count)
