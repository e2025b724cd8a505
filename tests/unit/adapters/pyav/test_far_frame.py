"""Twin of adapters/pyav/far_frame.py: planes in this machine's memory stand for those on a GPU, all else is the same."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from appliance.adapters.onnx.darkroom import Darkroom
from appliance.adapters.onnx.device_picture import DevicePicture
from appliance.adapters.pyav.far_frame import FarFrame, FarRoom, planes_of
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.adapters.pyav.sampled_frame import PyavFrame
from appliance.domain.errors import Transient
from appliance.domain.media import Orientation

from ....media_files import Clip, write_clip

#: swscale rounds colours down, by up to two levels.
COLOURS_APART = 3.0


@pytest.fixture(scope="module")
def frame(tmp_path_factory: pytest.TempPathFactory) -> PyavFrame:
    file = PyavProber().probe(write_clip(tmp_path_factory.mktemp("far") / "a.mp4", Clip(seconds=0.5, size_px=(322, 182))))
    return next(iter(PyavReader().frames(file, file.span, Fraction(8))))


def far(frame: PyavFrame, kind: str = "nv12", *, room: FarRoom | None = None) -> FarFrame:
    here = frame.frame.reformat(format=kind)
    room = room or FarRoom(darkroom=Darkroom(device="cpu", settle=lambda: None))
    return FarFrame(time=frame.time, frame=here, track=frame.track, converter=frame.converter, room=room)


@pytest.mark.parametrize("kind", ["nv12", "p010le"])
@pytest.mark.parametrize("orientation", [Orientation(), Orientation(turn_deg=90), Orientation(turn_deg=270, mirrored=True)])
def test_luma_and_pictures_are_those_of_the_processor(frame: PyavFrame, kind: str, orientation: Orientation) -> None:
    near = replace(frame, track=replace(frame.track, orientation=orientation))
    one = far(near, kind)
    for long_side in (320, 160, 100):
        assert one.luma(long_side).shape == near.luma(long_side).shape
        assert np.abs(one.luma(long_side).astype(int) - near.luma(long_side)).max() <= 1
        view = one.view(long_side)
        assert isinstance(view, DevicePicture)
        assert view.shape == near.picture(long_side).shape
        assert np.abs(view.near().astype(int) - near.picture(long_side)).mean() < COLOURS_APART
    assert one.room.works
    assert one.room.remarks == []


def test_where_the_gpu_fails_frames_are_brought_here_and_that_is_said_once(frame: PyavFrame) -> None:
    def lost() -> None:
        raise Transient("the GPU did not finish its work, status 700")

    one = far(frame, room=FarRoom(darkroom=Darkroom(device="cpu", settle=lost)))
    for _ in range(2):
        np.testing.assert_allclose(one.luma(160).astype(int), frame.luma(160), atol=1)
        assert isinstance(one.view(160), np.ndarray)
    assert one.room.remarks == ["frames did not stay on the GPU: the GPU did not finish its work, status 700"]


def test_luma_that_differs_from_the_processors_closes_the_room(frame: PyavFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Darkroom, "luma", lambda _room, _planes, size_px: np.zeros(size_px[::-1], np.uint8))
    one = far(frame)
    np.testing.assert_allclose(one.luma(160).astype(int), frame.luma(160), atol=1)
    assert not one.room.works
    assert "levels away from the processor's" in one.room.remarks[0]


def test_a_picture_that_differs_from_the_processors_closes_the_room(frame: PyavFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    black = np.zeros((90, 159, 3), np.uint8)
    monkeypatch.setattr(DevicePicture, "near", lambda _picture: black)
    one = far(frame)
    view = one.view(159)
    assert isinstance(view, np.ndarray)
    assert view.mean() > 20
    assert "its picture is" in one.room.remarks[0]


def test_formats_that_no_video_engine_gives_are_refused(frame: PyavFrame) -> None:
    with pytest.raises(ValueError, match="frames are yuv420p"):
        planes_of(frame.frame)
