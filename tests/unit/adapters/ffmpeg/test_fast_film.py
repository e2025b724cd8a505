from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.fast_film import piece_arguments
from appliance.domain.extra import FastFilm
from appliance.domain.media import MediaFile, VideoTrack
from appliance.domain.timespan import Span

VIDEO = VideoTrack(
    index=0, codec="h264", width_px=1920, height_px=1080, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000)
)
FILE = MediaFile(path=Path("/a.mp4"), container="mp4", size_bytes=1, duration=Fraction(60), video=VIDEO)
FILM = FastFilm(
    pieces=(Span(Fraction(8), Fraction(16)),), frames=(15,), speed=Fraction(8), rate_hz=15, width_px=640, height_px=360
)


def line(film: FastFilm, encoder: str = "libx264") -> str:
    return " ".join(piece_arguments(((FILE, Fraction(8)), 15), film, encoder, Path("/piece.mp4")))


def test_a_stretch_is_played_faster_from_where_it_begins_and_ends_after_its_pictures() -> None:
    assert "setpts=(PTS-8000000)/8.000000000,fps=15:start_time=0,trim=end_frame=15" in line(FILM)
    assert "-frames:v 15" in line(FILM)


@pytest.mark.parametrize("key_frames", [True, False])
def test_key_frames_alone_are_looked_at_where_the_plan_says_so(key_frames: bool) -> None:
    assert ("-skip_frame nokey" in line(replace(FILM, key_frames=key_frames))) is key_frames


def test_an_encoder_that_is_no_software_keeps_its_own_quality() -> None:
    assert "-crf" in line(FILM)
    assert "-crf" not in line(FILM, "h264_nvenc")
