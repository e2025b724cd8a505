from __future__ import annotations

from fractions import Fraction

import pytest

from appliance.domain.scene import Activity, Scene, Skater, Step


def test_a_step_that_takes_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="takes time"):
        Step(activity=Activity.GLIDE, length=Fraction(0))


def test_who_stands_cannot_travel() -> None:
    with pytest.raises(ValueError, match="neither travels"):
        Step(activity=Activity.STAND, length=Fraction(1), speed_mps=1.0)


def test_only_standing_is_still() -> None:
    still = {activity for activity in Activity if Step(activity=activity, length=Fraction(1)).still}
    assert still == {Activity.STAND}


def test_frames_are_spaced_by_the_rate_and_fill_the_session() -> None:
    scene = Scene(name="x", length=Fraction(2), fps=Fraction(30000, 1001))
    moments = scene.moments_s()
    assert len(moments) == scene.frames == 59
    assert moments[1] - moments[0] == pytest.approx(1001 / 30000)
    assert moments[-1] < 2.0


def test_people_are_skaters_before_bystanders() -> None:
    one, two = Skater(place_m=(1.0, 1.0)), Skater(place_m=(2.0, 2.0))
    assert Scene(name="x", length=Fraction(1), skaters=(one,), bystanders=(two,)).people == (one, two)
