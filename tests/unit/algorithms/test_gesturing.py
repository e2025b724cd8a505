from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from appliance.algorithms.gesturing import stances_of_step, turning_of_step
from appliance.algorithms.posing import column
from appliance.domain.scene import Activity, Posture, Skater, Step

SKATER = Skater(place_m=(0.0, 0.0))


@pytest.mark.parametrize("activity", list(Activity))
def test_every_activity_has_finite_stances_also_outside_of_its_step(activity: Activity) -> None:
    stances = stances_of_step(np.linspace(-1.0, 4.0, 60), SKATER, Step(activity=activity, length=Fraction(3)))
    assert stances.shape[0] == 60
    assert np.isfinite(stances).all()


@pytest.mark.parametrize("activity", list(Activity))
def test_no_activity_jerks_from_one_frame_to_the_next(activity: Activity) -> None:
    stances = stances_of_step(np.arange(0.0, 3.0, 1 / 120), SKATER, Step(activity=activity, length=Fraction(3)))
    assert np.abs(np.diff(stances, axis=0)).max() < 15.0


def test_a_stride_comes_round_with_the_tempo_and_its_legs_take_turns() -> None:
    step = Step(activity=Activity.STRIDE, length=Fraction(9))
    skater = Skater(place_m=(0.0, 0.0), tempo_hz=0.5)
    now, half, full = stances_of_step(np.array([0.3, 1.3, 2.3]), skater, step)
    assert now == pytest.approx(full)
    assert now[column("left_thigh_flex")] == pytest.approx(half[column("right_thigh_flex")])
    assert now[column("left_thigh_flex")] != pytest.approx(now[column("right_thigh_flex")], abs=1.0)


@pytest.mark.parametrize("activity", [Activity.SPIN, Activity.SIT_SPIN, Activity.JUMP])
def test_spins_and_jumps_end_after_whole_turns(activity: Activity) -> None:
    step = Step(activity=activity, length=Fraction(3), turns=4)
    turning = turning_of_step(np.linspace(-1.0, 5.0, 601), step)
    assert turning[0] == 0.0
    assert turning[-1] == pytest.approx(4 * 360.0)
    assert (np.diff(turning) >= -1e-9).all()


def test_who_stands_or_glides_does_not_turn_about() -> None:
    assert not turning_of_step(np.linspace(0, 1, 5), Step(activity=Activity.GLIDE, length=Fraction(1))).any()


def test_postures_differ_and_people_do_not_sway_in_step() -> None:
    times = np.linspace(0.0, 5.0, 20)
    step = Step(activity=Activity.STAND, length=Fraction(5))
    rows = [
        stances_of_step(times, Skater(place_m=(0.0, 0.0), posture=posture, seed=seed), step)
        for posture, seed in ((Posture.RELAXED, 1), (Posture.ARMS_FOLDED, 1), (Posture.RELAXED, 2))
    ]
    assert np.abs(rows[0] - rows[1]).max() > 20.0
    assert np.abs(rows[0] - rows[2]).max() > 0.1
