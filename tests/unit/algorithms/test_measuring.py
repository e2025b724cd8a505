from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.measuring import measure_region
from appliance.algorithms.proposing import Flow
from appliance.domain.pose import Box

SHAPE = (180, 320)
BODY = Box(left=100, top=40, right=140, bottom=140)


def changed(*boxes: Box) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    mask = np.zeros(SHAPE, np.uint8)
    for box in boxes:
        mask[int(box.top) : int(box.bottom), int(box.left) : int(box.right)] = 255
    return mask


def flowing(x_px: float, y_px: float) -> Flow:
    return np.broadcast_to(np.array([x_px, y_px], np.float32), (*SHAPE, 2)).copy()


@settings(max_examples=30)
@given(st.floats(-20, 20, width=32), st.floats(-20, 20, width=32))
def test_a_body_that_moves_as_one_has_its_speed_its_drift_and_all_its_unity(x_px: float, y_px: float) -> None:
    curve = measure_region(BODY, flowing(x_px, y_px), changed(BODY))
    speed_px = float(np.hypot(x_px, y_px))
    assert curve.speed_of_body(BODY.area) == pytest.approx(speed_px, abs=1e-3)
    assert curve.drift_px == pytest.approx((x_px, y_px), abs=1e-3)
    assert 0 <= curve.unity <= 1
    if speed_px > 0.01:
        assert curve.unity == pytest.approx(1.0, abs=1e-3)


def test_limbs_that_fly_every_way_are_fast_and_go_nowhere() -> None:
    ways = np.random.default_rng(1).uniform(0, 2 * np.pi, SHAPE)
    flow = (6 * np.stack([np.cos(ways), np.sin(ways)], axis=2)).astype(np.float32)
    curve = measure_region(BODY, flow, changed(BODY))
    assert curve.speed_of_body(BODY.area) == pytest.approx(6, abs=0.1)
    assert np.hypot(*curve.drift_px) < 1
    assert curve.unity < 0.2


def test_a_hand_does_not_make_a_body_move_a_leg_does() -> None:
    hand = Box(left=100, top=80, right=107, bottom=87)
    leg = Box(left=105, top=95, right=120, bottom=140)
    assert measure_region(BODY, flowing(6, 0), changed(hand)).speed_of_body(BODY.area) < 1.5
    assert measure_region(BODY, flowing(6, 0), changed(leg)).speed_of_body(BODY.area) == pytest.approx(6)


def test_the_larger_a_body_is_taken_for_the_slower_it_is() -> None:
    flow = flowing(0, 0)
    flow[40:140, 100:140, 0] = np.linspace(0, 8, 100)[:, None]
    curve = measure_region(BODY, flow, changed(BODY))
    speeds = [curve.speed_of_body(area_px) for area_px in (100, 1000, 4000, 16000, 10**6)]
    assert speeds == sorted(speeds, reverse=True)
    assert speeds[0] > speeds[-1] == 0


def test_nothing_that_changed_is_nothing_that_moves() -> None:
    curve = measure_region(BODY, flowing(5, 5), changed())
    assert curve.speed_of_body(BODY.area) == 0
    assert curve.drift_px == (0.0, 0.0)
    assert curve.unity == 0


def test_what_moves_outside_the_box_does_not_count() -> None:
    flow = flowing(0, 0)
    flow[:, 200:] = (9, 0)
    assert measure_region(BODY, flow, changed(BODY, Box(left=200, top=0, right=320, bottom=180))).speed_of_body(4000) == 0


@pytest.mark.parametrize(
    "box",
    [
        Box(left=-60, top=10, right=-20, bottom=110),
        Box(left=10, top=-120, right=50, bottom=-20),
        Box(left=400, top=10, right=440, bottom=110),
        Box(left=10, top=190, right=50, bottom=290),
        Box(left=50, top=50, right=50, bottom=50),
    ],
)
def test_a_body_that_has_left_the_picture_does_not_move(box: Box) -> None:
    everything = Box(left=0, top=0, right=320, bottom=180)
    assert measure_region(box, flowing(5, 0), changed(everything)).speed_of_body(4000) == 0


def test_a_body_cut_by_the_pictures_edge_is_measured_by_what_is_seen_of_it() -> None:
    half_out = Box(left=-20, top=40, right=20, bottom=140)
    everything = Box(left=0, top=0, right=320, bottom=180)
    assert measure_region(half_out, flowing(5, 0), changed(everything)).speed_of_body(half_out.area) == pytest.approx(5)
