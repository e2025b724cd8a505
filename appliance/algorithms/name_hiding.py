"""Takes names out of texts that are given away: what people called recordings, folders, files and accounts.

Each becomes the same stand-in wherever it turns up, so that whoever reads can still follow it. What a camera calls its files by
itself names nobody, helps, and stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

#: One letter would turn up everywhere.
SHORTEST = 2
#: Files and folders as cameras name them. Source: the makers' manuals, as in camera_naming; JEITA CP-3461 (DCF).
_BY_CAMERA = re.compile(
    r"(?:_MG|C|CLIP|DJI|DSC[FN]?|GOPR|G[HLPSX]|IMG|LRV|MAH|MOV|MVI|P|PRO_LRV|PRO_VID|PXL|VID)?_?\d{3,}[\d_-]*"
    r"|\d{3}[A-Z0-9_]{5}|AVCHD|BDMV|CLIP|DCIM|M4ROOT|MISC|PRIVATE|STREAM|SUB"
)

_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def names_in_place(place: str) -> tuple[str, ...]:
    """What people may have named in a path: each folder, and the file without its ending."""
    path = PurePosixPath(place)
    return tuple(part for part in (*path.parent.parts, path.stem) if part not in (".", "/"))


def stand_ins(names: Iterable[str]) -> dict[str, str]:
    """A stand-in for each name, long names first; those that a camera gave are left out."""
    found = {name.strip() for name in names}
    hidden = sorted(
        (name for name in found if len(name) >= SHORTEST and not _BY_CAMERA.fullmatch(name)), key=lambda n: (-len(n), n)
    )
    return {name: f"[name {number}]" for number, name in enumerate(hidden, start=1)}


def hide_names(text: str, hidden: Mapping[str, str]) -> str:
    """The text with stand-ins, also where a name is written as JSON or as part of an address."""
    for name, stand_in in hidden.items():
        for form in {name, json.dumps(name)[1:-1], _in_address(name)}:
            if form in text:
                text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", stand_in, text)
    return text


def _in_address(name: str) -> str:
    """Percent-quoted. Source: RFC 3986, section 2; a slash stays, as in paths."""
    return "".join(
        sign if sign in _PLAIN else "".join(f"%{byte:02X}" for byte in sign.encode("utf-8", "replace")) for sign in name
    )
