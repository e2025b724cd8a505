"""Whether a folder can be worked in."""

from __future__ import annotations

import os
from pathlib import Path


def folder_trouble(folder: Path, marker: str = "") -> str:
    """Why nothing can be written to a folder; empty when it can. marker: a file that has to lie in it, so that an empty mount
    point is not taken for the share."""
    if not folder.is_dir():
        return f"the folder {folder.name} is not there"
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return f"the folder {folder.name} cannot be written to"
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return f"the disk of the folder {folder.name} is read-only"
    if marker and not (folder / marker).exists():
        return f"{marker} is not in the folder {folder.name}: the share is not mounted"
    return ""
