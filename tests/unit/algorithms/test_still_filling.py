from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.still_filling import fill_still
from appliance.domain.motion import MotionSample
from appliance.domain.timespan import Seconds, Span

RATE_HZ = Fraction(8)
STEP = 1 / RATE_HZ


def sample(time: Seconds) -> MotionSample:
    return MotionSample(time=time, camera_confidence=0.5)


def filled(times: list[Seconds], span: Span) -> list[MotionSample]:
    return fill_still([sample(time) for time in times], span, RATE_HZ)


def test_what_was_not_watched_gets_still_samples_on_the_grid_and_the_rest_none() -> None:
    watched = [Fraction(number, 8) for number in range(1, 17)]
    result = filled(watched, Span(Fraction(0), Fraction(4)))
    assert [each.time for each in result] == [Fraction(number, 8) for number in range(1, 32)]
    assert [each for each in result if each.camera_confidence == 0.5] == [sample(time) for time in watched]
    assert all(each.camera_confidence == 1 and not each.movers for each in result[16:])


def test_a_stretch_of_which_nothing_was_watched_is_still() -> None:
    result = filled([], Span(Fraction(0), Fraction(2)))
    assert len(result) >= 14
    assert not any(each.movers for each in result)


def test_watched_samples_outside_the_stretch_are_left_out() -> None:
    result = filled([Fraction(0), Fraction(1), Fraction(2)], Span(Fraction(1), Fraction(2)))
    assert [each.time for each in result if each.camera_confidence == 0.5] == [1]


stamps = st.sets(st.integers(0, 3000), max_size=40).map(lambda ticks: [Fraction(tick, 300) for tick in sorted(ticks)])


@settings(max_examples=30)
@given(stamps, st.integers(0, 900), st.integers(300, 2100))
def test_samples_rise_lie_inside_and_leave_no_gap(times: list[Seconds], start: int, length: int) -> None:
    span = Span(Fraction(start, 300), Fraction(start + length, 300))
    result = filled(times, span)
    found = [each.time for each in result]
    assert all(span.contains(time) for time in found)
    assert all(before < after <= before + 2 * STEP for before, after in pairwise(found))
    assert found[0] <= span.start + 2 * STEP
    assert found[-1] >= span.end - 2 * STEP


@settings(max_examples=30)
@given(stamps)
def test_no_watched_sample_is_lost_and_none_is_added_beside_it(times: list[Seconds]) -> None:
    span = Span(Fraction(0), Fraction(11))
    result = filled(times, span)
    watched = [each.time for each in result if each.camera_confidence == 0.5]
    assert watched == times
    added = [each.time for each in result if each.camera_confidence != 0.5]
    assert all(abs(one - other) >= STEP / 2 for one in added for other in watched)
