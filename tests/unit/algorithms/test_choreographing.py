from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.choreographing import choreograph, moving_spans
from appliance.algorithms.posing import JOINT
from appliance.algorithms.scene_catalogue import CATALOGUE
from appliance.domain.scene import Activity, Posture, Skater, Step
from appliance.domain.timespan import Span

RATE_HZ = 30
#: The product opens a segment at 0.18 body heights a second; a drawn person who stands must stay far below it.
STILL_HPS = 0.06


def travelling(activity: Activity) -> bool:
    return activity in (Activity.STRIDE, Activity.GLIDE, Activity.SPIRAL, Activity.JUMP)


STEPS = st.lists(
    st.builds(
        lambda activity, length, speed, turn, turns: Step(
            activity=activity,
            length=length,
            speed_mps=speed if travelling(activity) else 0.0,
            turn_dps=turn if travelling(activity) else 0.0,
            turns=turns,
        ),
        st.sampled_from(list(Activity)),
        st.fractions(Fraction(2), Fraction(4), max_denominator=10),
        st.floats(1.0, 5.0),
        st.floats(-60.0, 60.0),
        st.integers(1, 2),
    ),
    max_size=4,
)
SKATERS = st.builds(
    Skater, place_m=st.just((30.0, 15.0)), steps=STEPS.map(tuple), posture=st.sampled_from(list(Posture)), seed=st.integers(0, 99)
)  # fmt: skip


def fastest_joint_hps(skater: Skater, times: np.ndarray) -> np.ndarray:
    """The fastest joint between neighbouring moments, in body heights a second."""
    joints = choreograph(skater, times).joints_m.astype(np.float64)
    steps = np.linalg.norm(np.diff(joints, axis=0), axis=2) / np.diff(times)[:, None]
    return np.asarray(steps.max(axis=1) / skater.height_m)


@settings(max_examples=20, deadline=None)
@given(SKATERS)
def test_joints_rest_when_a_skater_is_said_to_be_still_and_move_when_not(skater: Skater) -> None:
    total = sum((step.length for step in skater.steps), Fraction(0)) + 2
    times = np.arange(0.0, float(total), 1 / RATE_HZ)
    speed = fastest_joint_hps(skater, times)
    moving = np.zeros(len(speed), bool)
    for span in moving_spans(skater):
        moving |= (times[1:] > float(span.start)) & (times[:-1] < float(span.end))
    assert speed[~moving].max(initial=0.0) < STILL_HPS
    for span in moving_spans(skater):
        # Wherever one looks for half a second within a moving span, something moves.
        for start in np.arange(float(span.start), float(span.end) - 0.5, 0.25):
            window = (times[:-1] >= start) & (times[1:] <= start + 0.5)
            assert speed[window].max() > 2 * STILL_HPS


@settings(max_examples=12, deadline=None)
@given(SKATERS)
def test_no_body_leaps_from_one_frame_to_the_next(skater: Skater) -> None:
    total = sum((step.length for step in skater.steps), Fraction(0)) + 1
    speed = fastest_joint_hps(skater, np.arange(0.0, float(total), 1 / 90))
    # A hand at arm's length in a spin of two turns a second, on a body that travels, stays below this.
    assert speed.max(initial=0.0) < 14.0


def test_travelled_distance_is_speed_times_time() -> None:
    step = Step(activity=Activity.GLIDE, length=Fraction(5), speed_mps=3.0)
    skater = Skater(place_m=(0.0, 0.0), heading_deg=90.0, steps=(step,))
    track = choreograph(skater, np.array([0.0, 2.0, 3.0]))
    assert track.place_m[2] - track.place_m[1] == pytest.approx([0.0, 3.0], abs=1e-6)


def test_a_body_is_looked_up_alike_whatever_other_moments_are_asked_for() -> None:
    skater = CATALOGUE["demo"]().skaters[0]
    dense = choreograph(skater, np.linspace(0.0, 40.0, 401))
    sparse = choreograph(skater, np.linspace(0.0, 40.0, 41))
    assert dense.joints_m[::10] == pytest.approx(sparse.joints_m, abs=1e-5)


def test_a_jump_lifts_both_skates_off_the_ice() -> None:
    step = Step(activity=Activity.JUMP, length=Fraction(2), speed_mps=2.0, backward=True)
    track = choreograph(Skater(place_m=(0.0, 0.0), steps=(step,)), np.arange(0.0, 2.0, 0.02))
    feet = track.joints_m[:, [JOINT[name] for name in ("left_toe", "left_heel", "right_toe", "right_heel")], 2].min(axis=1)
    assert feet.max() > 0.35
    assert feet[0] < 0.1


def test_neighbouring_moving_steps_are_one_span() -> None:
    steps = (
        Step(activity=Activity.STAND, length=Fraction(1)),
        Step(activity=Activity.STRIDE, length=Fraction(2), speed_mps=2.0),
        Step(activity=Activity.SPIN, length=Fraction(3)),
        Step(activity=Activity.STAND, length=Fraction(4)),
    )
    assert moving_spans(Skater(place_m=(0.0, 0.0), steps=steps)) == (Span(Fraction(1), Fraction(6)),)


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_catalogue_skaters_stay_within_the_boards(name: str) -> None:
    scene = CATALOGUE[name]()
    for skater in scene.skaters:
        place = choreograph(skater, np.asarray(scene.moments_s())).place_m
        assert (place > 0.5).all()
        assert (place < (scene.rink.length_m - 0.5, scene.rink.width_m - 0.5)).all()
