"""The video engines show the same pictures at the same times as the processor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from appliance.adapters.pyav.cuda_reader import PyavCudaReader
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.adapters.system.graphics import wait_for_graphics
from appliance.bootstrap.reader_wiring import open_reader
from appliance.domain.graphics import GraphicsReport
from appliance.domain.media import MediaFile
from appliance.domain.timespan import Span
from appliance.ports import FrameReader

from ..media_files import TURN_90, Clip, corners_of, cut_short, write_clip

pytestmark = pytest.mark.gpu
RATE = Fraction(8)
LARGE = Clip(seconds=5, size_px=(640, 360), options={"preset": "veryfast", "bf": "3", "g": "45"})
CLIPS = {
    "h264.mp4": LARGE,
    "h264.ts": LARGE,
    "h264-vfr.mkv": replace(LARGE, stamps=[0, 30, 70, 500, 520, 541, 1800, 1830, 2400]),
    "hevc.mp4": replace(LARGE, codec="libx265", options={"preset": "ultrafast"}),
    "hevc10.mp4": replace(LARGE, codec="libx265", pixel_format="yuv420p10le", options={"preset": "ultrafast"}),
    "vp9.webm": replace(LARGE, codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8", "g": "45"}),
}
LUMA_APART, COLOURS_APART = 3.0, 5.0


@pytest.fixture(params=["dali", "dali on all engines", "cuda", "kept"])
def reader(request: pytest.FixtureRequest, gpu: GraphicsReport) -> Iterator[FrameReader]:
    if request.param == "cuda":
        yield PyavCudaReader()
        return
    if request.param == "kept":
        request.getfixturevalue("cuda_networks")
        yield keeping()
        return
    request.getfixturevalue("dali")
    from appliance.adapters.dali.reader import DaliReader

    engines = (gpu.devices[0].engines.decoders or 1) if "all" in request.param else 1
    made = DaliReader(glances=PyavReader(), engines=engines)
    yield made
    made.close()


def keeping() -> PyavCudaReader:
    """The reader whose frames stay on the GPU."""
    from appliance.adapters.onnx.darkroom import Darkroom
    from appliance.adapters.pyav.far_frame import FarRoom

    return PyavCudaReader(room=FarRoom(darkroom=Darkroom(device="cuda", settle=wait_for_graphics)))


def opened(path: Path) -> MediaFile:
    return PyavProber().probe(path)


@pytest.mark.parametrize("name", CLIPS)
def test_the_same_pictures_come_at_the_same_times(reader: FrameReader, tmp_path: Path, name: str) -> None:
    file = opened(write_clip(tmp_path / name, CLIPS[name]))
    for span in (file.span, Span(Fraction(11, 10), Fraction(23, 10))):
        found, wanted = list(reader.frames(file, span, RATE)), list(PyavReader().frames(file, span, RATE))
        assert [frame.time for frame in found] == [frame.time for frame in wanted]
        for one, other in zip(found, wanted, strict=True):
            assert np.abs(one.luma(320).astype(int) - other.luma(320)).mean() < LUMA_APART


def test_pictures_come_upright(reader: FrameReader, tmp_path: Path) -> None:
    file = opened(write_clip(tmp_path / "a.mp4", replace(LARGE, seconds=0.5, matrix=TURN_90)))
    found, wanted = (next(iter(each.frames(file, file.span, RATE))) for each in (reader, PyavReader()))
    assert corners_of(found.picture(320)) == corners_of(wanted.picture(320))


@pytest.mark.parametrize("name", ["h264.mp4", "hevc10.mp4"])
def test_frames_stay_on_the_gpu_and_look_like_the_processors(
    gpu: GraphicsReport, cuda_networks: None, tmp_path: Path, name: str
) -> None:
    from appliance.adapters.onnx.device_picture import DevicePicture

    file, made = opened(write_clip(tmp_path / name, CLIPS[name])), keeping()
    for one, other in zip(made.frames(file, file.span, RATE), PyavReader().frames(file, file.span, RATE), strict=True):
        assert np.abs(one.luma(320).astype(int) - other.luma(320)).mean() < LUMA_APART
        view = one.view(320)
        assert isinstance(view, DevicePicture)
        assert np.abs(view.near().astype(int) - other.picture(320)).mean() < COLOURS_APART
    assert made.remarks() == ()


@pytest.mark.parametrize("decode", ["auto", "kept", "cuda"])
def test_a_file_that_ends_early_loses_nothing_that_is_there(gpu: GraphicsReport, tmp_path: Path, decode: str) -> None:
    whole = write_clip(tmp_path / "a.ts", replace(LARGE, seconds=8))
    file = opened(whole)
    cut_short(whole, tmp_path / "b.ts", 0.5).replace(whole)
    wanted = [frame.time for frame in PyavReader().frames(file, file.span, RATE)]
    assert [frame.time for frame in open_reader(decode, graphics=True).frames(file, file.span, RATE)] == wanted
