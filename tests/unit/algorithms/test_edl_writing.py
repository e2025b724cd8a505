from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from appliance.algorithms.edit_listing import list_edits
from appliance.algorithms.edl_writing import timecode, write_edl
from tests.edit_examples import a_long_recording, some_chapters

EXPECTED = """\
TITLE: Game 3 ? final
FCM: NON-DROP FRAME

001  AX       AA/V  C        00:00:10:00 00:00:15:00 01:00:00:00 01:00:05:00
* FROM CLIP NAME: GX010001.MP4
* COMMENT: 0:10 - 1.3 body heights/s
002  AX       AA/V  C        00:00:58:00 00:01:00:00 01:00:05:00 01:00:07:00
* FROM CLIP NAME: GX010001.MP4
* COMMENT: 0:58 - 1.3 body heights/s
003  AX       AA/V  C        00:00:00:00 00:00:02:00 01:00:07:00 01:00:09:00
* FROM CLIP NAME: GX020001.MP4
* COMMENT: 0:58 - 1.3 body heights/s
004  AX       AA/V  C        00:00:40:00 00:00:41:00 01:00:09:00 01:00:10:00
* FROM CLIP NAME: GX020001.MP4
* COMMENT: 1:40 - 1.3 body heights/s
"""


def test_the_list_reads_as_cmx_3600_has_it() -> None:
    edits = list_edits("Game 3 – final", a_long_recording(Fraction(25)), some_chapters())
    assert write_edl(edits).replace("\r\n", "\n") == EXPECTED


def test_lines_end_as_old_programs_want_them_and_names_cannot_add_any() -> None:
    edits = list_edits("a\nFCM: DROP FRAME", a_long_recording(), some_chapters())
    text = write_edl(edits)
    assert text.endswith("\r\n")
    assert "\nFCM: DROP" not in text
    assert text.isascii()


def test_footage_without_sound_has_pictures_alone() -> None:
    edits = list_edits("a", a_long_recording(audio=None), some_chapters((1, 2)))
    assert "AX       V     C" in write_edl(edits)
    assert "AA/V" in write_edl(replace(edits, files=list_edits("a", a_long_recording(), ()).files))


@pytest.mark.parametrize(
    ("frame", "rate_hz", "text"),
    [
        (0, Fraction(25), "00:00:00:00"),
        (24, Fraction(25), "00:00:00:24"),
        (1799, Fraction(30000, 1001), "00:00:59:29"),
        (1800, Fraction(30000, 1001), "00:01:00:00"),
        (90_000 * 25 + 1, Fraction(25), "25:00:00:01"),
        (59, Fraction(60000, 1001), "00:00:00:59"),
    ],
)
def test_numbers_are_never_dropped(frame: int, rate_hz: Fraction, text: str) -> None:
    assert timecode(frame, rate_hz) == text
