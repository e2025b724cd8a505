from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from appliance.algorithms.scene_catalogue import empty_ice, flicker_only, spin, still_people
from appliance.algorithms.scene_drawing import draw_scene
from appliance.domain.scene import ExposureJump, Flicker, Scene
from appliance.domain.timespan import Span


def shortened(scene: Scene, frames: int = 4) -> Scene:
    return replace(scene, length=frames / scene.fps)


def test_frames_have_the_scenes_number_size_and_type() -> None:
    frames = list(draw_scene(shortened(spin(), 5)))
    assert len(frames) == 5
    assert {(frame.shape, frame.dtype) for frame in frames} == {((360, 640, 3), np.dtype(np.uint8))}
    assert all(20 < frame.mean() < 235 for frame in frames)


def test_the_same_scene_is_drawn_alike_twice_and_another_seed_differs() -> None:
    scene = shortened(still_people())
    first, second = list(draw_scene(scene)), list(draw_scene(scene))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))
    other = next(draw_scene(replace(scene, seed=scene.seed + 1)))
    assert not np.array_equal(first[0], other)


def test_empty_ice_has_no_person_in_it_and_still_people_have() -> None:
    empty = next(draw_scene(replace(shortened(empty_ice()), noise=0.0)))
    peopled = next(draw_scene(replace(shortened(still_people()), noise=0.0)))
    nobody = next(draw_scene(replace(shortened(still_people()), bystanders=(), noise=0.0)))
    assert np.array_equal(empty, nobody)
    changed = (np.abs(peopled.astype(int) - nobody).max(axis=2) > 60).mean()
    assert 0.005 < changed < 0.2


def test_noise_changes_every_frame_and_has_the_deviation_asked_for() -> None:
    noisy = list(draw_scene(replace(shortened(empty_ice()), noise=3.0)))
    quiet = list(draw_scene(replace(shortened(empty_ice()), noise=0.0)))
    assert np.array_equal(quiet[0], quiet[1])
    assert (noisy[1].astype(int) - noisy[0]).std() == pytest.approx(3.0 * 2**0.5, rel=0.15)


def test_lamps_that_flicker_and_exposure_that_jumps_change_brightness_only_when_told() -> None:
    lit = (Flicker(span=Span(Fraction(1, 5), Fraction(2, 5)), depth=0.3),)
    scene = replace(shortened(empty_ice(), 9), noise=0.0, flickers=lit, exposure=(ExposureJump(at=Fraction(7, 15), gain=0.5),))
    level = np.array([frame.mean() for frame in draw_scene(scene)])
    assert np.ptp(level[:3]) == 0.0
    assert np.ptp(level[3:6]) > 2.0
    assert level[7] == pytest.approx(level[0] / 2, rel=0.02)


def test_the_sync_lamp_is_lit_for_a_tenth_of_a_second_at_each_mark() -> None:
    scene = replace(shortened(empty_ice(), 8), noise=0.0, marks=(Fraction(3, 15),))
    lit = [bool((frame[:12, :12] == 255).all()) for frame in draw_scene(scene)]
    assert lit == [False, False, False, True, True, False, False, False]


def test_a_scene_of_one_frame_can_be_drawn() -> None:
    assert len(list(draw_scene(shortened(flicker_only(), 1)))) == 1
