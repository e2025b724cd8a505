from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from appliance.adapters.ffmpeg.sheets import cell_arguments, file_at, seek_arguments, sheet_arguments
from appliance.domain.extra import Sheet
from appliance.domain.media import MediaFile, Recording, VideoTrack

VIDEO = VideoTrack(
    index=1, codec="h264", width_px=1920, height_px=1080, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000)
)
FILE = MediaFile(
    path=Path("/a.mp4"), container="mp4", size_bytes=1, duration=Fraction(60), video=VIDEO, first_picture=Fraction(1, 2)
)
SHEET = Sheet(columns=2, width_px=160, height_px=90, moments=(Fraction(10), Fraction(30), Fraction(50)))


def test_a_moment_is_looked_up_in_its_chapter_and_in_the_twin_where_there_is_one() -> None:
    twin = replace(FILE, path=Path("/a.lrv"), first_picture=Fraction(0))
    second = replace(FILE, path=Path("/b.mp4"), offset=Fraction(60))
    recording = Recording(id="r", name="a", files=(replace(FILE, proxy=twin), second))
    assert file_at(recording, Fraction(10)) == (twin, Fraction(10))
    assert file_at(recording, Fraction(70)) == (second, Fraction(21, 2))
    assert file_at(recording, Fraction(999))[0] is second


def test_key_frames_alone_are_decoded_on_one_thread_and_nothing_but_files_is_opened() -> None:
    arguments = cell_arguments((FILE, Fraction(10)), SHEET, Path("/cell"))
    line = " ".join(arguments)
    assert "-skip_frame nokey" in line
    assert "-protocol_whitelist file" in line
    assert "-ss 10.000000 -i file:/a.mp4" in line
    assert "[0:1]" in line


def test_at_the_files_beginning_nothing_is_looked_for() -> None:
    assert seek_arguments(FILE, Fraction(1, 2)) == []
    assert "-ss" in seek_arguments(FILE, Fraction(1))


def test_the_sheet_is_put_together_in_its_rows() -> None:
    assert "tile=2x2,format=yuvj420p" in sheet_arguments(SHEET, Path("/sheet.jpg"))
