from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.choreographing import choreograph
from appliance.algorithms.filming import film, view_of
from appliance.algorithms.scene_catalogue import follow_glide
from appliance.domain.scene import Camera, CameraKey, Scene

ANGLES = st.tuples(st.floats(-30.0, 30.0), st.floats(-15.0, 10.0), st.floats(-3.0, 3.0))


def test_what_lies_ahead_is_in_the_middle_and_right_is_right_and_up_is_up() -> None:
    view = view_of((0.0, 0.0, 2.0), (0.0, 0.0, 0.0), 1000.0, (640.0, 360.0))
    pixels, depths = view.project(np.array([[0.0, 10.0, 2.0], [1.0, 10.0, 2.0], [0.0, 10.0, 3.0], [0.0, -1.0, 2.0]]))
    assert pixels[:3] == pytest.approx(np.array([[640.0, 360.0], [740.0, 360.0], [640.0, 260.0]]))
    assert depths == pytest.approx([10.0, 10.0, 10.0, -1.0])


def test_panning_right_moves_the_world_left() -> None:
    view = view_of((0.0, 0.0, 2.0), (5.0, 0.0, 0.0), 1000.0, (640.0, 360.0))
    assert view.project(np.array([[0.0, 10.0, 2.0]]))[0][0, 0] < 640.0


@settings(deadline=None)
@given(ANGLES, ANGLES, st.floats(-3.0, 3.0), st.floats(5.0, 30.0), st.floats(0.0, 3.0))
def test_a_homography_carries_every_point_from_view_to_view(
    one: tuple[float, float, float], other: tuple[float, float, float], x: float, y: float, z: float
) -> None:
    first = view_of((0.0, 0.0, 2.0), one, 900.0, (320.0, 180.0))
    second = view_of((0.0, 0.0, 2.0), other, 1200.0, (640.0, 360.0))
    point = np.array([[x, y, z]])
    carried = second.homography_from(first) @ np.append(first.project(point)[0][0], 1.0)
    assert carried[:2] / carried[2] == pytest.approx(second.project(point)[0][0], abs=1e-3)


def test_a_fixed_camera_does_not_move() -> None:
    scene = Scene(name="x", length=Fraction(1), camera=Camera(keys=(CameraKey(pan_deg=7.0),)))
    views = film(scene, np.linspace(0.0, 1.0, 5), [])
    assert all(view.looks_as(views[0]) for view in views)


def test_a_pan_rests_at_its_keys_and_moves_between() -> None:
    keys = (CameraKey(pan_deg=-10.0), CameraKey(at=Fraction(2), pan_deg=10.0))
    views = film(Scene(name="x", length=Fraction(3), camera=Camera(keys=keys)), np.array([0.0, 1.0, 2.0, 3.0]), [])
    pans = [float(np.degrees(np.arctan2(view.turn[2, 0], view.turn[2, 1]))) for view in views]
    assert pans == pytest.approx([-10.0, 0.0, 10.0, 10.0], abs=1e-9)


def test_a_following_camera_keeps_its_skater_near_the_middle() -> None:
    scene = follow_glide()
    times = np.asarray(scene.moments_s())
    tracks = [choreograph(person, times) for person in scene.people]
    for index, view in enumerate(film(scene, times, tracks)):
        pixel = view.project(tracks[0].joints_m[index, :1].astype(np.float64))[0][0]
        assert abs(pixel[0] - scene.width_px / 2) < 0.12 * scene.width_px
        assert abs(pixel[1] - scene.height_px / 2) < 0.15 * scene.height_px


def test_a_hand_shakes_as_much_as_it_is_told() -> None:
    scene = Scene(name="x", length=Fraction(4), camera=Camera(keys=(CameraKey(shake_deg=0.5),)))
    pans = [np.degrees(np.arctan2(view.turn[2, 0], view.turn[2, 1])) for view in film(scene, np.linspace(0.0, 4.0, 60), [])]
    assert 0.1 < np.ptp(pans) < 3.0
    assert not film(scene, np.array([0.0, 0.1]), [])[0].looks_as(film(scene, np.array([0.1]), [])[0])
