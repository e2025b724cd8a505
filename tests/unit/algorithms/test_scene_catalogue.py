from __future__ import annotations

from fractions import Fraction

import pytest

from appliance.algorithms.scene_catalogue import CATALOGUE, demo, scene_named
from appliance.domain.errors import Misconfigured


def test_scenes_are_found_by_their_name() -> None:
    assert all(scene_named(name).name == name for name in CATALOGUE)


def test_an_unknown_name_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(Misconfigured) as refused:
        scene_named("curling")
    assert "curling" in refused.value.why
    assert "empty_ice" in refused.value.remedy


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - {"demo"}))
def test_scenes_for_tests_are_small(name: str) -> None:
    scene = scene_named(name)
    assert scene.length <= 12
    assert (scene.width_px, scene.height_px) == (640, 360)
    assert 15 <= scene.fps <= 30


def test_the_demo_shows_what_it_promises() -> None:
    scene = demo()
    assert 75 <= scene.length <= 90
    assert (scene.width_px, scene.height_px, scene.fps) == (1280, 720, Fraction(30))
    assert len(scene.bystanders) >= 3
    assert scene.flickers
    assert scene.exposure
    assert any(key.follows is not None for key in scene.camera.keys)
    assert len({key.pan_deg for key in scene.camera.keys}) > 2
