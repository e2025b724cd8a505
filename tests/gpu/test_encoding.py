"""Reels come out whether this GPU encodes or not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.ffmpeg.encoders import choose_encoder, try_encoders
from appliance.adapters.ffmpeg.reel_encoder import EncodingRule, FfmpegReelEncoder
from appliance.adapters.ffmpeg.session_slots import SessionSlots
from appliance.adapters.pyav.prober import PyavProber
from appliance.domain.graphics import GraphicsReport
from appliance.domain.media import Recording
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span

from ..fakes import HeardProgress
from ..media_files import TURN_90, TURN_180, Clip, write_clip

pytestmark = pytest.mark.gpu
LARGE = Clip(seconds=6, size_px=(640, 360))
HLG = {"preset": "ultrafast", "x265-params": "log-level=none:transfer=arib-std-b67:colorprim=bt2020:colormatrix=bt2020nc"}
#: Of 255, on average: another scaler, another compressor; and another tone curve's rounding.
APART, TONED_APART = 4.0, 12.0


def test_an_encoder_works_if_and_only_if_the_chip_has_one(gpu: GraphicsReport) -> None:
    trial = next(trial for trial in try_encoders(find_ffmpeg()) if trial.name == "h264_nvenc")
    if gpu.devices[0].engines.encoders == 0:
        assert not trial.works
        assert choose_encoder(find_ffmpeg()) != "h264_nvenc"
    assert trial.works or trial.why


@pytest.mark.parametrize("wanted", ["auto", "h264_nvenc"])
def test_a_reel_is_made_and_says_by_what(gpu: GraphicsReport, tmp_path: Path, wanted: str) -> None:
    file = PyavProber().probe(write_clip(tmp_path / "a.mp4", Clip(seconds=6, size_px=(640, 360))))
    cuts = tuple(
        Cut(recording_id="a", span=Span(Fraction(start), Fraction(start + 1)), title="", poster_at=Fraction(start))
        for start in (0, 2, 4)
    )
    name = choose_encoder(find_ffmpeg()) if wanted == "auto" else wanted
    rule = EncodingRule(slots=SessionSlots(folder=tmp_path / "slots", count=2))
    encoder = FfmpegReelEncoder(find_ffmpeg(), name, prober=PyavProber(), rule=rule)
    recording = Recording(id="a", name="a", files=(file,))
    reel = encoder.assemble(ReelPlan(cuts=cuts), [recording], tmp_path / "out" / "reel.mp4", HeardProgress())
    assert reel.duration == pytest.approx(3, abs=0.1)
    assert reel.encoder == name or any("refused" in remark for remark in reel.remarks)


@pytest.mark.parametrize(
    ("clip", "apart"),
    [
        (LARGE, APART),
        (replace(LARGE, matrix=TURN_90), APART),
        (replace(LARGE, matrix=TURN_180), APART),
        (replace(LARGE, codec="libx265", pixel_format="yuv420p10le", options=HLG), TONED_APART),
    ],
)
def test_pictures_that_the_gpu_filters_look_like_the_processors(
    gpu: GraphicsReport, tmp_path: Path, clip: Clip, apart: float
) -> None:
    if not next(trial.works for trial in try_encoders(find_ffmpeg()) if trial.name == "h264_nvenc"):
        pytest.skip("this GPU does not encode with this ffmpeg")
    file = PyavProber().probe(write_clip(tmp_path / "a.mp4", clip))
    cut = Cut(recording_id="a", span=Span(Fraction(1), Fraction(3)), title="", poster_at=Fraction(1))
    shown = []
    for encoder, filters in (("h264_nvenc", True), ("libx264", False)):
        made = FfmpegReelEncoder(find_ffmpeg(), encoder, prober=PyavProber(), rule=EncodingRule(filters=filters))
        recording, target = Recording(id="a", name="a", files=(file,)), tmp_path / encoder / "reel.mp4"
        reel = made.assemble(ReelPlan(cuts=(cut,)), [recording], target, HeardProgress())
        assert (reel.encoder, reel.remarks) == (encoder, ())
        with av.open(str(reel.path)) as container:
            shown.append([frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)])
    ours, theirs = shown
    assert len(ours) == len(theirs)
    assert np.mean([np.abs(one - other).mean() for one, other in zip(ours, theirs, strict=True)]) < apart
