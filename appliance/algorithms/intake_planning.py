"""What a recording is called once it is taken in: its ids, and where each of its files goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import PurePosixPath

from appliance.algorithms.file_naming import safe_name
from appliance.domain.footage import ClaimedFile
from appliance.domain.job import Fate, FileRow

#: Names in an item's folder that are not for footage.
NOTE, TOLD_NOTE = "intake.json", "intake.told.json"
#: Hexadecimal digits of an item's id: 64 bits.
_ID_DIGITS = 16
_LONGEST_SUFFIX = 8
_LOOKS_ESCAPED = re.compile(r"\\x[0-9a-f]{2}")


def readable(name: str) -> str:
    """A name from a file system as text. What is no UTF-8 becomes `\\xff`, and no two names become one."""
    return _escaped(_bytes_of(name)) if _LOOKS_ESCAPED.search(name) else writable(name)


def writable(text: str) -> str:
    """Text as it is, as long as it can be written down at all; otherwise as `readable` has it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _escaped(_bytes_of(text))
    return text


def _bytes_of(name: str) -> bytes:
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogatepass")


def _escaped(raw: bytes) -> str:
    return raw.replace(b"\\", b"\\x5c").decode("utf-8", "backslashreplace")


def content_id_of(files: Sequence[ClaimedFile]) -> str:
    """The same for the same footage, whatever its files are called."""
    hashes = "".join(file.fingerprint.sha256 for file in files if file.proxy_of is None)
    return sha256(hashes.encode()).hexdigest()


def item_id_of(job_id: str, place: str, content_id: str) -> str:
    """The same for the same take, however often it is begun."""
    return sha256("\n".join((job_id, content_id, place)).encode("utf-8", "backslashreplace")).hexdigest()[:_ID_DIGITS]


def name_of(place: str) -> str:
    """What people call a recording: its first file's name without suffix."""
    return PurePosixPath(place).stem


def stored_names(places: Sequence[str]) -> tuple[str, ...]:
    """A safe name for each file of an item, all different on every file system, suffixes kept."""
    used = {NOTE, TOLD_NOTE}
    names: list[str] = []
    for number, place in enumerate(places):
        path = PurePosixPath(writable(place))
        suffix = safe_name(path.suffix[1 : _LONGEST_SUFFIX + 1]) if path.suffix else ""
        name = safe_name(path.stem) + (f".{suffix}" if suffix else "")
        while name.casefold() in used:
            name = f"{number:03}-{name}"
        used.add(name.casefold())
        names.append(name)
    return tuple(names)


def plan_parts(files: Sequence[ClaimedFile], folder: PurePosixPath, item_id: str) -> tuple[FileRow, ...]:
    """Rows of an item's files, in their order: where each goes, and what it is."""
    number_of = {file.place: number for number, file in enumerate(file for file in files if file.proxy_of is None)}
    rows = []
    for file, name in zip(files, stored_names([file.place for file in files]), strict=True):
        part = number_of.get(file.place if file.proxy_of is None else file.proxy_of, 0)
        row = row_of(file, _fate_of(file, part))
        rows.append(replace(row, item_id=item_id, part=part, stored=str(folder / name)))
    return tuple(rows)


def row_of(file: ClaimedFile, fate: Fate, reason: str = "") -> FileRow:
    """A file's row, with what is known of its bytes."""
    stamp, digest = file.fingerprint.stamp, file.fingerprint.sha256
    return FileRow(
        place=file.place, size_bytes=stamp.size_bytes, modified_s=stamp.modified_s, fate=fate, reason=reason, sha256=digest
    )


def _fate_of(file: ClaimedFile, part: int) -> Fate:
    if file.proxy_of is not None:
        return Fate.PROXY
    return Fate.CHAPTER if part else Fate.RECORDING
