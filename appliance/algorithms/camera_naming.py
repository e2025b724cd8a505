"""What a camera says with a file's name: which chapter of which recording it is, and whose low-resolution twin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from appliance.algorithms.litter_sorting import PROXY_SUFFIXES

#: GoPro since HERO6: GHccnnnn (AVC), GXccnnnn (HEVC), GSccnnnn (360); cc is the chapter, two letters when looping.
#: Source: GoPro, "GoPro Camera File Naming Convention".
_GOPRO = re.compile(r"G(?P<kind>[HXS])(?P<chapter>\d{2}|[A-Z]{2})(?P<number>\d{4})", re.IGNORECASE)
#: GoPro up to HERO5: GOPRnnnn, then GP01nnnn, GP02nnnn. Source: as above.
_OLD_FIRST = re.compile(r"GOPR(?P<number>\d{4})", re.IGNORECASE)
_OLD_NEXT = re.compile(r"GP(?P<chapter>\d{2})(?P<number>\d{4})", re.IGNORECASE)
#: AVCHD names its streams by five digits. Source: AVCHD, BDMV/STREAM.
_AVCHD = re.compile(r"\d{5}")
_AVCHD_SUFFIXES = (".mts", ".m2ts")
_GOPRO_SUFFIXES = (".mp4", ".360")

_GOPRO_PROXY = re.compile(r"GL(?P<rest>(\d{2}|[A-Z]{2})\d{4})", re.IGNORECASE)
#: Insta360 writes LRV_date_time_01_nnn beside VID_date_time_00_nnn. Source: Insta360 camera manuals, "file name rules".
_INSTA = re.compile(r"(?P<kind>LRV|VID|PRO_LRV|PRO_VID)_(?P<when>\d{8}_\d{6})_\d{2}_(?P<number>\d{3})", re.IGNORECASE)
#: Sony XAVC S keeps proxies apart: M4ROOT/SUB/C0001S03.MP4 for M4ROOT/CLIP/C0001.MP4. Source: Sony XAVC S folder structure.
_SONY_PROXY = re.compile(r"(?P<clip>.+)S\d{2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Chapter:
    """Which part of which recording a name stands for: `series` is the same for all parts, `number` counts them."""

    series: tuple[str, ...]
    number: int


def chapter_of(path: Path) -> Chapter | None:
    """The chapter a GoPro name stands for, or None for any other name."""
    if path.suffix.lower() not in _GOPRO_SUFFIXES:
        return None
    folder, stem, suffix = str(path.parent), path.stem, path.suffix.lower()
    if match := _GOPRO.fullmatch(stem):
        part = match["chapter"].upper()
        looping = "loop" if part.isalpha() else ""
        return Chapter((folder, suffix, match["kind"].upper(), match["number"], looping), _chapter_number(part))
    if match := _OLD_FIRST.fullmatch(stem):
        return Chapter((folder, suffix, "GOPR", match["number"]), 0)
    if match := _OLD_NEXT.fullmatch(stem):
        return Chapter((folder, suffix, "GOPR", match["number"]), int(match["chapter"]))
    return None


def stream_number_of(path: Path) -> int | None:
    """The number of an AVCHD stream (`00012.MTS`), or None for any other name."""
    if path.suffix.lower() in _AVCHD_SUFFIXES and _AVCHD.fullmatch(path.stem):
        return int(path.stem)
    return None


def is_proxy(path: Path) -> bool:
    """Whether a name says: I am a low-resolution twin."""
    in_sub = path.parent.name.upper() == "SUB" and _SONY_PROXY.fullmatch(path.stem) is not None
    insta = _INSTA.fullmatch(path.stem)
    return path.suffix.lower() in PROXY_SUFFIXES or in_sub or (insta is not None and insta["kind"].upper().endswith("LRV"))


def twin_keys(path: Path) -> tuple[tuple[str, ...], ...]:
    """Keys by which a proxy and its full file find each other: two files are twins when they share one."""
    folder, stem = str(path.parent), path.stem.upper()
    keys: list[tuple[str, ...]] = [(folder, stem)]
    if match := _GOPRO_PROXY.fullmatch(stem) if is_proxy(path) else _GOPRO.fullmatch(stem):
        keys.append((folder, "GOPRO", stem[2:]))
    if match := _INSTA.fullmatch(stem):
        keys.append((folder, "INSTA", match["when"], match["number"]))
    if path.parent.name.upper() == "CLIP":
        keys.append((str(path.parent.parent), "XAVC", stem))
    if path.parent.name.upper() == "SUB" and (match := _SONY_PROXY.fullmatch(stem)):
        keys.append((str(path.parent.parent), "XAVC", match["clip"]))
    return tuple(keys)


def _chapter_number(part: str) -> int:
    """Two digits as they are; two letters count AA, AB, … AZ, BA."""
    return int(part) if part.isdigit() else (ord(part[0]) - ord("A")) * 26 + ord(part[1]) - ord("A")
