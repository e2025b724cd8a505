"""Twin of adapters/ffmpeg/verifying.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.cutting import Part, ReelLook
from appliance.adapters.ffmpeg.rendering import RenderedPart
from appliance.adapters.ffmpeg.running import FfmpegRunner
from appliance.adapters.ffmpeg.verifying import verify_reel
from appliance.domain.errors import Transient
from appliance.domain.media import AudioTrack, MediaFile, Orientation, VideoTrack

LOOK = ReelLook(width_px=1280, height_px=720, rate_hz=Fraction(25))
VIDEO = VideoTrack(index=0, codec="h264", width_px=1280, height_px=720, frame_rate_hz=Fraction(25), time_base=Fraction(1, 12_800))
GOOD = MediaFile(
    path=Path("/reel.mp4"),
    container="mp4",
    size_bytes=1,
    duration=Fraction(4),
    video=VIDEO,
    audio=AudioTrack(index=1, codec="aac", sample_rate_hz=48_000, channels=2),
)
PART = Part(cut_index=0, file=GOOD, start=Fraction(0), frames=100, samples=192_000)
RENDERED = [RenderedPart(part=PART, frames=100, pictures=Path("p"), sound=Path("s"))]


@dataclass
class Finds:
    """A prober that always finds the same."""

    file: MediaFile

    def probe(self, path: Path) -> MediaFile:
        return self.file


def runner(folder: Path, sound_us: int) -> FfmpegRunner:
    script = folder / "ffmpeg"
    script.write_text(f"#!/bin/sh\necho out_time_us={sound_us}\necho progress=end\n")
    script.chmod(0o755)
    return FfmpegRunner(binary=FfmpegBinary(path=script, version="9.0", origin="a test"))


def verify(folder: Path, found: MediaFile, sound_us: int = 4_000_000) -> None:
    verify_reel(runner(folder, sound_us), Finds(found), found.path, (RENDERED, LOOK))


@pytest.mark.parametrize("duration", [Fraction(4), Fraction(387, 100), Fraction(413, 100)])
def test_a_reel_as_planned_is_believed(tmp_path: Path, duration: Fraction) -> None:
    verify(tmp_path, replace(GOOD, duration=duration))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (replace(GOOD, duration=Fraction(7, 2)), r"its picture lasts 3\.500 s, not 4\.000 s"),
        (replace(GOOD, audio=None), "it has no sound track"),
        (replace(GOOD, video=replace(VIDEO, codec="hevc")), "its codec is hevc, not h264"),
        (replace(GOOD, video=replace(VIDEO, bit_depth=10)), "its bit depth is 10, not 8"),
        (replace(GOOD, video=replace(VIDEO, width_px=640)), r"its size is \(640, 720\), not \(1280, 720\)"),
        (replace(GOOD, video=replace(VIDEO, orientation=Orientation(turn_deg=90))), "its orientation"),
    ],
)
def test_a_difference_is_named(tmp_path: Path, found: MediaFile, said: str) -> None:
    with pytest.raises(Transient, match=said):
        verify(tmp_path, found)


def test_sound_of_another_length_is_named(tmp_path: Path) -> None:
    with pytest.raises(Transient, match=r"its sound lasts 3\.000 s"):
        verify(tmp_path, GOOD, sound_us=3_000_000)
