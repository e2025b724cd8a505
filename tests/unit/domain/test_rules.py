from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import Misconfigured
from appliance.domain.rules import MOST_PARTS, MotionRule, ReelRule, WatchingRule
from appliance.domain.timespan import Span


@pytest.mark.parametrize(("height_px", "width_px"), [(360, 640), (720, 1280), (1080, 1920)])
def test_the_long_side_is_that_of_a_wide_picture_of_the_height(height_px: int, width_px: int) -> None:
    assert WatchingRule(target_height_px=height_px).long_side_px == width_px


@given(st.floats(0.001, 10), st.floats(0.001, 10))
def test_motion_is_released_no_higher_than_it_is_opened(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert MotionRule(movement_threshold_hps=high, release_hps=low).release_hps == low
    if low < high:
        with pytest.raises(Misconfigured, match="body heights") as caught:
            MotionRule(movement_threshold_hps=low, release_hps=high)
        assert caught.value.remedy


@pytest.mark.parametrize("level", [0.0, -0.1])
def test_motion_cannot_be_released_at_nothing(level: float) -> None:
    with pytest.raises(Misconfigured):
        MotionRule(release_hps=level)


def test_the_usual_rules_can_be_made_and_have_no_budget() -> None:
    assert MotionRule().release_hps <= MotionRule().movement_threshold_hps
    assert ReelRule().budget is None
    assert ReelRule().pad_before >= 0 <= ReelRule().pad_after


def spans(*edges: tuple[int, int]) -> tuple[Span, ...]:
    return tuple(Span(Fraction(start), Fraction(end)) for start, end in edges)


def test_a_reel_whose_length_was_promised_is_cut_exactly() -> None:
    assert not ReelRule().is_exact
    assert ReelRule(budget=Fraction(9)).is_exact
    assert ReelRule(parts=spans((1, 2))).is_exact


@pytest.mark.parametrize("parts", [(), spans((3, 4), (1, 2)), spans((1, 2), (2, 3)), spans((1, 5), (2, 3))])
def test_stretches_chosen_by_hand_are_sorted_and_apart(parts: tuple[Span, ...]) -> None:
    with pytest.raises(Misconfigured) as caught:
        ReelRule(parts=parts)
    assert caught.value.remedy


def test_as_many_stretches_may_be_chosen_by_hand_as_anybody_would() -> None:
    most = spans(*((2 * n, 2 * n + 1) for n in range(MOST_PARTS)))
    assert ReelRule(parts=most).parts == most
    with pytest.raises(Misconfigured, match="2001 stretches"):
        ReelRule(parts=(*most, *spans((10_000, 10_001))))
