"""Twin of adapters/onnx/darkroom.py, beside the CPU; what it makes of real frames is held to FFmpeg's in test_far_frame.py."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from appliance.adapters.onnx.darkroom import Darkroom, Planes
from appliance.algorithms.orienting import turn_upright
from appliance.domain.errors import Transient
from appliance.domain.media import Orientation

WIDTH, HEIGHT, ROW = 70, 48, 96
LUMA = np.random.default_rng(3).integers(16, 236, (HEIGHT, ROW), dtype=np.uint8)
CHROMA = np.full((HEIGHT // 2, ROW // 2, 2), 128, np.uint8)


def planes(*, full: bool = True) -> Planes:
    return Planes(
        size_px=(WIDTH, HEIGHT),
        luma=LUMA.ctypes.data,
        chroma=CHROMA.ctypes.data,
        rows_px=(ROW, ROW // 2),
        deep=False,
        matrix="bt709",
        full=full,
    )


def darkroom() -> Darkroom:
    return Darkroom(device="cpu", settle=lambda: None)


def test_what_pads_a_row_is_never_seen() -> None:
    wanted = cv2.resize(LUMA[:, :WIDTH], (35, 24), interpolation=cv2.INTER_AREA)
    assert np.abs(darkroom().luma(planes(), (35, 24)).astype(int) - wanted).max() <= 1


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_picture_without_colour_is_its_luma_upright(turn_deg: int, mirrored: bool) -> None:
    orientation = Orientation(turn_deg=turn_deg, mirrored=mirrored)
    picture = darkroom().picture(planes(), (WIDTH, HEIGHT), orientation).near()
    wanted = turn_upright(np.ascontiguousarray(LUMA[:, :WIDTH]), orientation)
    assert picture.shape == (*wanted.shape, 3)
    assert np.abs(picture.astype(int) - wanted[..., None]).max() <= 1


def test_light_in_videos_range_is_stretched_to_all_of_a_byte() -> None:
    picture = darkroom().picture(planes(full=False), (WIDTH, HEIGHT), Orientation()).near()
    wanted = np.clip((LUMA[:, :WIDTH].astype(float) - 16) * 255 / 219, 0, 255)
    assert np.abs(picture[..., 1] - wanted).max() <= 1


def test_the_decoder_is_waited_for_before_its_planes_are_read() -> None:
    def unfinished() -> None:
        raise Transient("the GPU did not finish its work, status 700")

    room = Darkroom(device="cpu", settle=unfinished)
    with pytest.raises(Transient, match="status 700"):
        room.luma(planes(), (10, 10))
    with pytest.raises(Transient, match="status 700"):
        room.picture(planes(), (10, 10), Orientation())


def test_a_gpu_that_this_runtime_does_not_have_is_not_replaced() -> None:
    with pytest.raises((Transient, RuntimeError)):
        Darkroom(device="cuda", settle=lambda: None).luma(planes(), (10, 10))
