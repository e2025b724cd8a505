"""Writes edit decision lists as CMX 3600 has them, which every editing program reads."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from appliance.domain.edit import EditEvent, EditList

#: Where the reel's own time begins, as is usual.
RECORD_FROM_S = 3600
#: Longest text behind a remark.
MOST_LETTERS = 200


def write_edl(edits: EditList) -> str:
    """The list as text. Time is counted in frames without dropping numbers, and from each file's beginning."""
    lines = [f"TITLE: {_plain(edits.name)[:70]}", "FCM: NON-DROP FRAME", ""]
    for number, event in enumerate(edits.events, start=1):
        lines += _lines_of(number, event, edits)
    return "\r\n".join(lines) + "\r\n"


def timecode(frame: int, rate_hz: Fraction) -> str:
    """A frame's number as hours, minutes, seconds and frames, counted without dropping numbers."""
    base = round(rate_hz)
    seconds, frames = divmod(frame, base)
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours:02}:{minutes:02}:{seconds % 60:02}:{frames:02}"


def _lines_of(number: int, event: EditEvent, edits: EditList) -> Iterator[str]:
    file = edits.files[event.file]
    record = RECORD_FROM_S * round(edits.rate_hz) + event.record
    frames = (event.source, event.source + event.frames, record, record + event.frames)
    track = "AA/V" if file.has_sound else "V"
    yield f"{number:03}  AX       {track:<5} C        {' '.join(timecode(frame, edits.rate_hz) for frame in frames)}"
    yield f"* FROM CLIP NAME: {_plain(file.name)}"
    yield f"* COMMENT: {_plain(event.title)}"


def _plain(text: str) -> str:
    """One line of ASCII."""
    ascii_text = text.replace("·", "-").encode("ascii", "replace").decode()
    return "".join(letter if letter.isprintable() else " " for letter in ascii_text)[:MOST_LETTERS]
