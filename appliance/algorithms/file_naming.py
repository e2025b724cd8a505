"""Names of people's recordings as parts of file names."""

from __future__ import annotations

import re

#: What file systems of cameras, shares and phones all accept in a name.
UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
#: Leaves room for a suffix below the 255 bytes that file systems allow.
LONGEST_BYTES = 200


def safe_name(name: str) -> str:
    """A recording's name as a part of a file name."""
    plain = UNSAFE.sub("_", name).strip(" .") or "recording"
    return plain.encode()[:LONGEST_BYTES].decode(errors="ignore")


def reel_name(name: str) -> str:
    """The file name of a recording's reel, as people download it."""
    return f"highlight_{safe_name(name)}.mp4"
