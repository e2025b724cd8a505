from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.compensating import CameraMotion, align_to_now, carry_point, estimate_camera

from ...moving_pictures import HEIGHT_PX, WIDTH_PX, Matrix, World, panned_by, turned_by, with_noise, with_patch

WORLD = World()
CORNERS = ((0, 0), (WIDTH_PX, 0), (0, HEIGHT_PX), (WIDTH_PX, HEIGHT_PX), (WIDTH_PX / 2, HEIGHT_PX / 2))

MOTIONS = {
    "none": turned_by(),
    "half a pixel": turned_by(shift_px=(0.5, -0.25)),
    "pan": turned_by(shift_px=(17.3, 0.0)),
    "fast pan": turned_by(shift_px=(-41.5, 6.25)),
    "tilt": turned_by(shift_px=(0.0, 11.7)),
    "zoom": turned_by(zoom=1.04),
    "roll": turned_by(angle_deg=2.0),
    "all at once": turned_by(angle_deg=-1.5, zoom=0.98, shift_px=(7.3, -4.6)),
    "turn on the spot": panned_by(3.0),
}


def error_px(found: CameraMotion, truth: Matrix) -> float:
    """How far the found motion is off where it is off most, in pixels."""
    exact = CameraMotion(matrix=truth, confidence=1.0)
    return max(float(np.hypot(*np.subtract(carry_point(found, at), carry_point(exact, at)))) for at in CORNERS)


@pytest.mark.parametrize("name", MOTIONS)
def test_a_cameras_motion_is_found_to_a_fraction_of_a_pixel(name: str) -> None:
    found = estimate_camera(WORLD.seen(), WORLD.seen(MOTIONS[name]), None)
    assert error_px(found, MOTIONS[name]) < 0.3
    assert found.confidence > 0.85


def test_sensor_noise_does_not_hide_it() -> None:
    before, now = with_noise(WORLD.seen(), 4.0, seed=1), with_noise(WORLD.seen(MOTIONS["pan"]), 4.0, seed=2)
    found = estimate_camera(before, now, None)
    assert error_px(found, MOTIONS["pan"]) < 0.3
    assert found.confidence > 0.7


def test_people_who_move_do_not_pull_the_camera_along() -> None:
    before = with_patch(WORLD.seen(), 60, 40, 80)
    now = with_patch(WORLD.seen(MOTIONS["pan"]), 30, 55, 80)
    assert error_px(estimate_camera(before, now, None), MOTIONS["pan"]) < 0.3


def test_a_body_that_fills_most_of_the_picture_is_overlooked_when_it_is_masked() -> None:
    before = with_patch(WORLD.seen(), 70, 10, 160)
    now = with_patch(WORLD.seen(MOTIONS["pan"]), 60, 10, 160)
    background = np.full(before.shape, 255, np.uint8)
    background[:, 55:245] = 0
    assert error_px(estimate_camera(before, now, background), MOTIONS["pan"]) < 0.3


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_without_texture_says_nothing_about_the_camera(level: int) -> None:
    flat = np.full((HEIGHT_PX, WIDTH_PX), level, np.uint8)
    assert estimate_camera(flat, flat, None).confidence == 0.0
    assert estimate_camera(flat, WORLD.seen(), None).confidence == 0.0


def test_a_background_that_is_masked_away_says_nothing_either() -> None:
    nothing = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    assert estimate_camera(WORLD.seen(), WORLD.seen(), nothing).confidence == 0.0


def test_another_scene_is_not_mistaken_for_a_camera_that_moved() -> None:
    other = World(seed=2).seen()
    assert estimate_camera(WORLD.seen(), other, None).confidence < 0.3


def test_few_corners_are_trusted_less_than_many() -> None:
    corner = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    corner[:50, :50] = 255
    few, many = (estimate_camera(WORLD.seen(), WORLD.seen(), mask) for mask in (corner, None))
    assert 0 < few.confidence < many.confidence


@pytest.mark.parametrize("name", MOTIONS)
def test_an_aligned_picture_looks_as_the_later_one_wherever_it_is_known(name: str) -> None:
    now = WORLD.seen(MOTIONS[name])
    aligned, known = align_to_now(WORLD.seen(), CameraMotion(matrix=MOTIONS[name], confidence=1.0))
    difference = np.abs(aligned.astype(np.float32) - now)[known > 0]
    assert difference.mean() < 4
    assert (known > 0).mean() > 0.75


def test_what_came_in_from_outside_is_not_known() -> None:
    _, known = align_to_now(WORLD.seen(), CameraMotion(matrix=turned_by(shift_px=(30, 0)), confidence=1.0))
    assert not known[:, :30].any()
    assert (known[10:-10, 40:-10] == 255).all()


@given(st.floats(0, WIDTH_PX), st.floats(0, HEIGHT_PX), st.sampled_from(sorted(MOTIONS)))
def test_a_point_of_the_background_is_carried_to_where_it_is_seen_later(x: float, y: float, name: str) -> None:
    carried = carry_point(CameraMotion(matrix=MOTIONS[name], confidence=1.0), (x, y))
    placed = MOTIONS[name] @ (x, y, 1.0)
    assert carried == pytest.approx((placed[0] / placed[2], placed[1] / placed[2]), abs=1e-3)


def test_a_picture_of_odd_size_with_a_background_is_looked_at_too() -> None:
    big = np.asarray(cv2.resize(WORLD.seen(), (641, 293)), np.uint8)
    found = estimate_camera(big, big, np.full(big.shape, 255, np.uint8))
    assert found.confidence > 0.9
