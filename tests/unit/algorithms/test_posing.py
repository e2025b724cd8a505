from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.posing import (
    AIR_S,
    BLADE_M,
    JOINT,
    SHARE,
    STANCE,
    column,
    joints_of_stances,
    lift_of_jump,
    smooth_step,
    stance,
    takeoff_s,
)

ANGLES = st.lists(st.floats(-120.0, 120.0), min_size=len(STANCE), max_size=len(STANCE))


def distance(body: np.ndarray, one: str, other: str) -> float:
    return float(np.linalg.norm(body[JOINT[one]] - body[JOINT[other]]))


@settings(deadline=None)
@given(ANGLES, st.floats(1.2, 2.0))
def test_limbs_keep_their_length_in_every_stance(angles: list[float], height_m: float) -> None:
    body = joints_of_stances(np.array([angles]), height_m)[0]
    for side in ("left", "right"):
        assert distance(body, f"{side}_shoulder", f"{side}_elbow") == pytest.approx(SHARE["upper"] * height_m)
        assert distance(body, f"{side}_elbow", f"{side}_wrist") == pytest.approx(SHARE["fore"] * height_m)
        assert distance(body, f"{side}_hip", f"{side}_knee") == pytest.approx(SHARE["thigh"] * height_m)
        assert distance(body, f"{side}_knee", f"{side}_ankle") == pytest.approx(SHARE["shank"] * height_m)


@settings(deadline=None)
@given(ANGLES)
def test_the_lower_skate_always_stands_on_the_ice(angles: list[float]) -> None:
    body = joints_of_stances(np.array([angles]), 1.7)[0]
    feet = [body[JOINT[f"{side}_{part}"], 2] for side in ("left", "right") for part in ("toe", "heel")]
    assert min(feet) == pytest.approx(BLADE_M)


def test_who_stands_upright_is_about_as_tall_as_said_plus_the_skates() -> None:
    body = joints_of_stances(stance()[None], 1.7)[0]
    assert 1.6 < body[JOINT["crown"], 2] < 1.85
    assert body[JOINT["left_shoulder"], 1] > 0 > body[JOINT["right_shoulder"], 1]
    assert body[JOINT["nose"], 0] > body[JOINT["head"], 0]


def test_both_sets_the_entries_of_either_side() -> None:
    row = stance({"thigh_flex": 30.0}, torso_pitch=10.0)
    assert row[column("left_thigh_flex")] == row[column("right_thigh_flex")] == 30.0
    assert row[column("torso_pitch")] == 10.0
    assert np.count_nonzero(row) == 3


def test_a_jump_leaves_the_ice_for_its_time_in_the_air_and_no_longer() -> None:
    times = np.linspace(0.0, 2.4, 2401)
    lift = lift_of_jump(times, 2.4)
    assert lift.min() == 0.0
    assert (lift > 0).sum() * 0.001 == pytest.approx(AIR_S, abs=0.005)
    assert times[lift.argmax()] == pytest.approx(takeoff_s(2.4) + AIR_S / 2, abs=0.002)
    # Free fall from the peak takes half the time in the air.
    assert lift.max() == pytest.approx(9.81 * (AIR_S / 2) ** 2 / 2, rel=1e-3)


@settings(deadline=None)
@given(st.floats(-3.0, 3.0), st.floats(0.0, 1.0))
def test_a_smooth_step_never_falls_and_stays_between_zero_and_one(start: float, more: float) -> None:
    low, high = smooth_step(np.array([start, start + more]))
    assert 0.0 <= low <= high <= 1.0
