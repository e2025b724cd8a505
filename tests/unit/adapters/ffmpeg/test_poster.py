"""Twin of adapters/ffmpeg/poster.py."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary, find_ffmpeg
from appliance.adapters.ffmpeg.cutting import ReelLook
from appliance.adapters.ffmpeg.poster import poster_arguments, poster_part, write_poster
from appliance.adapters.ffmpeg.running import FfmpegRunner
from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span

LOOK = ReelLook(width_px=128, height_px=72, rate_hz=Fraction(25))
FILE = MediaFile(
    path=Path("/a.mp4"),
    container="mp4",
    size_bytes=1,
    duration=Fraction(10),
    first_picture=Fraction(1),
    video=VideoTrack(
        index=0, codec="h264", width_px=128, height_px=72, frame_rate_hz=Fraction(25), time_base=Fraction(1, 90_000)
    ),
)
RECORDING = Recording(id="r", name="r", files=(FILE, replace(FILE, path=Path("/b.mp4"), offset=Fraction(10))))
CUT = Cut(recording_id="r", span=Span(Fraction(2), Fraction(15)), title="t", poster_at=Fraction(13), score=1.0)


def test_the_moment_is_found_in_the_file_that_shows_it() -> None:
    part = poster_part(CUT, [RECORDING])
    assert (part.file.path, part.start, part.frames) == (Path("/b.mp4"), Fraction(4), 1)


def test_one_picture_is_written() -> None:
    arguments = poster_arguments(poster_part(CUT, [RECORDING]), LOOK, Path("/out/p.jpg"))
    assert arguments[arguments.index("-frames:v") + 1] == "1"
    assert arguments[-1] == "file:/out/p.jpg"


def test_the_best_cut_gives_the_poster(tmp_path: Path) -> None:
    script = tmp_path / "ffmpeg"
    script.write_text(
        f'#!/bin/sh\necho "$*" > "{tmp_path}/called"; : > "{tmp_path}/poster.jpg"; echo frame=1; echo progress=end\n'
    )
    script.chmod(0o755)
    runner = FfmpegRunner(binary=FfmpegBinary(path=script, version="9.0", origin="a test"))
    dull = replace(CUT, poster_at=Fraction(3), score=0.2)
    assert write_poster(runner, (ReelPlan(cuts=(dull, CUT)), [RECORDING]), LOOK, tmp_path) == tmp_path / "poster.jpg"
    assert "file:/b.mp4" in (tmp_path / "called").read_text()


@pytest.mark.parametrize("missing", [Path("/nowhere/a.mp4")])
def test_a_moment_that_cannot_be_decoded_gives_no_poster(tmp_path: Path, missing: Path) -> None:
    gone = Recording(id="r", name="r", files=(replace(FILE, path=missing, duration=Fraction(20)),))
    assert write_poster(FfmpegRunner(binary=find_ffmpeg()), (ReelPlan(cuts=(CUT,)), [gone]), LOOK, tmp_path) is None
