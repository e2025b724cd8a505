"""A reel whose pictures a GPU scales, turns, frames and tone-maps is the one that the processor makes; where the GPU does not,
the processor does, and that is said. The GPU is an ffmpeg that is as strict as the real one about where pictures lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.reel_encoder import EncodingRule, FfmpegReelEncoder
from appliance.adapters.pyav.prober import PyavProber
from appliance.domain.media import Recording
from appliance.domain.reel import Cut, Reel, ReelPlan
from appliance.domain.timespan import Span

from ..fakes import HeardProgress
from ..graphics_ffmpeg import graphics_ffmpeg
from ..media_files import TURN_90, TURN_90_MIRROR, TURN_180, Clip, write_clip

LARGE = Clip(seconds=3, rate_hz=25, size_px=(320, 240))
TURNED = replace(LARGE, matrix=TURN_90)
HLG = {"preset": "ultrafast", "x265-params": "log-level=none:transfer=arib-std-b67:colorprim=bt2020:colormatrix=bt2020nc"}


def recording_of(path: Path, clip: Clip) -> Recording:
    return Recording(id=path.stem, name=path.stem, files=(PyavProber().probe(write_clip(path, clip)),))


def reel_of(
    binary: FfmpegBinary, recordings: Sequence[Recording], target: Path, *, filters: bool = True, starts: Sequence[int] = (0, 2)
) -> Reel:
    cuts = tuple(
        Cut(recording_id=each.id, span=Span(Fraction(start), Fraction(start + 1)), title="", poster_at=Fraction(start))
        for each in recordings
        for start in starts
    )
    encoder = FfmpegReelEncoder(binary, "h264_nvenc", prober=PyavProber(), rule=EncodingRule(filters=filters))
    return encoder.assemble(ReelPlan(cuts=cuts), recordings, target, HeardProgress())


def pictures_in(path: Path) -> npt.NDArray[np.int16]:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]).astype(np.int16)


def graphs_in(folder: Path) -> list[str]:
    return [call for call in (folder / "calls").read_text().splitlines() if "h264_nvenc" in call]


@pytest.mark.parametrize(
    ("clip", "asked"),
    [
        (LARGE, "scale_cuda="),
        (replace(LARGE, matrix=TURN_180), "transpose_cuda=dir=reversal"),
        (replace(LARGE, matrix=TURN_90_MIRROR), "transpose_cuda=dir=hflip"),
        (
            replace(LARGE, codec="libx265", pixel_format="yuv420p10le", options=HLG),
            "libplacebo=",
        ),
    ],
)
def test_the_reel_is_the_processors_to_the_picture(tmp_path: Path, clip: Clip, asked: str) -> None:
    recording, binary = recording_of(tmp_path / "a.mp4", clip), graphics_ffmpeg(tmp_path)
    on_gpu = reel_of(binary, [recording], tmp_path / "gpu" / "reel.mp4")
    assert all(asked in call for call in graphs_in(tmp_path))
    assert (on_gpu.encoder, on_gpu.remarks) == ("h264_nvenc", ())
    plain = reel_of(binary, [recording], tmp_path / "plain" / "reel.mp4", filters=False)
    ours, theirs = pictures_in(on_gpu.path), pictures_in(plain.path)
    assert ours.shape == theirs.shape
    assert len(ours) == 50
    assert np.abs(ours - theirs).mean() < 1


def test_a_file_that_is_held_upright_stands_between_borders(tmp_path: Path) -> None:
    wide = recording_of(tmp_path / "wide.mp4", LARGE).files[0]
    held = replace(recording_of(tmp_path / "held.mp4", TURNED).files[0], offset=wide.span.end)
    recording, binary = Recording(id="a", name="a", files=(wide, held)), graphics_ffmpeg(tmp_path)
    on_gpu = reel_of(binary, [recording], tmp_path / "gpu" / "reel.mp4", starts=(0, 2, 4))
    assert ["pad_cuda=320:240:" in call for call in sorted(graphs_in(tmp_path))].count(True) == 1
    plain = reel_of(binary, [recording], tmp_path / "plain" / "reel.mp4", starts=(0, 2, 4), filters=False)
    ours = pictures_in(on_gpu.path)
    assert np.abs(ours - pictures_in(plain.path)).mean() < 1
    assert ours[-1][:, :40].mean() < 5


def test_recordings_that_meet_are_brought_to_one_palette_by_the_processor(tmp_path: Path) -> None:
    recordings = [recording_of(tmp_path / f"{name}.mp4", LARGE) for name in ("a", "b")]
    reel = reel_of(graphics_ffmpeg(tmp_path), recordings, tmp_path / "out" / "reel.mp4")
    assert not any("_cuda" in call for call in graphs_in(tmp_path))
    assert reel.remarks == ()


@pytest.mark.parametrize(
    ("refuses", "why"),
    [
        ("scale_cuda", "Impossible to convert between the formats supported by the filter 'graph 0 input from stream 0:0'"),
        ("hwaccel_output_format", "No device available for decoder: device type cuda needed for codec h264."),
        ("hwaccel", "[hevc @ 0x1] No decoder surfaces left"),
    ],
)
def test_what_the_gpu_does_not_filter_the_processor_does_and_that_is_said(tmp_path: Path, refuses: str, why: str) -> None:
    recording = recording_of(tmp_path / "a.mp4", LARGE)
    reel = reel_of(graphics_ffmpeg(tmp_path, refuses=refuses, why=why), [recording], tmp_path / "out" / "reel.mp4")
    assert reel.encoder == "h264_nvenc"
    assert len(reel.remarks) == 1
    assert "with filters on the GPU; the processor filtered" in reel.remarks[0]
    assert len(pictures_in(reel.path)) == 50


def test_a_driver_that_is_gone_is_not_asked_again_without_filters(tmp_path: Path) -> None:
    binary = graphics_ffmpeg(tmp_path, refuses="h264_nvenc", why="[h264_nvenc @ 0x1] Cannot load libcuda.so.1")
    reel = reel_of(binary, [recording_of(tmp_path / "a.mp4", LARGE)], tmp_path / "out" / "reel.mp4")
    assert reel.encoder == "libx264"
    assert len(reel.remarks) == 1
