from __future__ import annotations

import numpy as np
import pytest

from appliance.algorithms.compensating import align_to_now, estimate_camera
from appliance.algorithms.differencing import find_changes, is_scene_cut, largest_cluster_px

from ...moving_pictures import Luma, World, turned_by, with_noise, with_patch

WORLD = World()
STILL = WORLD.seen()
KNOWN = np.full_like(STILL, 255)


def test_nothing_changes_between_two_equal_pictures() -> None:
    assert not find_changes(STILL, STILL, KNOWN).any()


def test_what_moved_is_a_change_where_it_was_and_where_it_is() -> None:
    changes = find_changes(with_patch(STILL, 100, 60), with_patch(STILL, 112, 60), KNOWN)
    assert set(np.unique(changes)) == {0, 255}
    assert (changes[60:100, 100:152] > 0).mean() > 0.5
    changes[20:140, 60:192] = 0
    assert not changes.any()


@pytest.mark.parametrize("deviation", [1.0, 3.0, 6.0, 10.0])
def test_sensor_noise_is_no_change_however_strong(deviation: float) -> None:
    before, now = with_noise(STILL, deviation, seed=1), with_noise(STILL, deviation, seed=2)
    assert (find_changes(before, now, KNOWN) > 0).mean() < 0.0005


def test_a_body_stands_out_from_noise() -> None:
    before, now = with_noise(with_patch(STILL, 100, 60), 3.0, seed=1), with_noise(with_patch(STILL, 112, 60), 3.0, seed=2)
    assert (find_changes(before, now, KNOWN)[60:100, 100:152] > 0).mean() > 0.3


@pytest.mark.parametrize("gain", [0.9, 1.1])
@pytest.mark.parametrize("offset", [-12.0, 0.0, 12.0])
def test_light_that_changes_everywhere_is_no_change(gain: float, offset: float) -> None:
    now = np.clip(STILL * gain + offset, 0, 255).astype(np.uint8)
    assert (find_changes(STILL, now, KNOWN) > 0).mean() < 0.005


def test_a_wide_shadow_that_drifts_is_no_change() -> None:
    shade = 18 * np.sin(np.linspace(0, np.pi, STILL.shape[1]))[None, :]
    now = np.clip(STILL - shade, 0, 255).astype(np.uint8)
    assert (find_changes(STILL, now, KNOWN) > 0).mean() < 0.005


def test_the_largest_cluster_is_counted_over_small_gaps_and_not_over_wide_ones() -> None:
    changes = np.zeros((60, 80), np.uint8)
    assert largest_cluster_px(changes) == 0
    changes[10:20, 10:14] = changes[10:20, 17:20] = 255
    changes[40:45, 60:65] = 255
    assert largest_cluster_px(changes) == 70


def test_what_was_not_known_before_cannot_have_changed() -> None:
    known = KNOWN.copy()
    known[50:110, 90:162] = 0
    assert not find_changes(with_patch(STILL, 100, 60), with_patch(STILL, 112, 60), known).any()
    assert not find_changes(STILL, with_patch(STILL, 100, 60), np.zeros_like(STILL)).any()


@pytest.mark.parametrize("pan_px", [5.2, 13.4, -30.0])
def test_a_pan_changes_nothing_once_the_camera_is_taken_out_not_even_where_new_scenery_came_in(pan_px: float) -> None:
    now = WORLD.seen(turned_by(shift_px=(pan_px, 2.7)))
    aligned, known = align_to_now(STILL, estimate_camera(STILL, now, None))
    assert (find_changes(aligned, now, known) > 0).mean() < 0.001


def test_a_turning_camera_changes_next_to_nothing() -> None:
    now = WORLD.seen(turned_by(angle_deg=0.5, shift_px=(13.4, 2.7)))
    aligned, known = align_to_now(STILL, estimate_camera(STILL, now, None))
    assert (find_changes(aligned, now, known) > 0).mean() < 0.003


def scene_cut_between(before: Luma, now: Luma) -> bool:
    camera = estimate_camera(before, now, None)
    return is_scene_cut(align_to_now(before, camera)[0], now, camera.confidence)


def test_a_scene_cut_is_noticed() -> None:
    bright = np.clip(World(seed=2).seen().astype(np.int16) + 60, 0, 255).astype(np.uint8)
    assert scene_cut_between(STILL, bright)
    assert scene_cut_between(bright, np.zeros_like(STILL))


def test_a_pan_a_zoom_and_a_light_that_is_switched_on_are_no_scene_cuts() -> None:
    assert not scene_cut_between(STILL, WORLD.seen(turned_by(shift_px=(38, 5))))
    assert not scene_cut_between(STILL, WORLD.seen(turned_by(zoom=1.06)))
    assert not scene_cut_between((STILL * 0.6).astype(np.uint8), STILL)


def test_an_unknown_camera_alone_is_no_scene_cut() -> None:
    flat = np.full_like(STILL, 200)
    assert not scene_cut_between(flat, with_noise(flat, 3.0, seed=1))
