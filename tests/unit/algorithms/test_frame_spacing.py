from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.frame_spacing import spacing_from_stamps

NTSC = Fraction(30_000, 1001)
MS = Fraction(1, 1000)


def test_a_header_that_agrees_with_the_stamps_states_the_rate() -> None:
    stamps = [round(number * 1001 / 30) for number in range(100)]
    spacing = spacing_from_stamps(stamps, MS, [NTSC])
    assert (spacing.rate_hz, spacing.even) == (NTSC, True)


@pytest.mark.parametrize("lie", [Fraction(1000), Fraction(90_000), Fraction(60), None])
def test_a_header_that_disagrees_does_not(lie: Fraction | None) -> None:
    spacing = spacing_from_stamps(range(0, 4000, 40), MS, [lie])
    assert (spacing.rate_hz, spacing.even, spacing.interval) == (Fraction(25), True, Fraction(1, 25))


def test_uneven_stamps_are_noticed_and_averaged() -> None:
    spacing = spacing_from_stamps([0, 33, 66, 400, 433, 900, 933], MS, [Fraction(30)])
    assert not spacing.even
    assert spacing.rate_hz == Fraction(6000, 933)
    assert spacing.interval == Fraction(33, 1000)


def test_stamps_of_60_hz_in_milliseconds_are_even() -> None:
    assert spacing_from_stamps([round(number * 1000 / 60) for number in range(60)], MS, [Fraction(60)]).even


def test_one_picture_has_the_rate_that_its_header_states_or_a_usual_one() -> None:
    assert spacing_from_stamps([7], MS, [Fraction(50)]).rate_hz == 50
    assert spacing_from_stamps([], MS, [None]).rate_hz == 25


@given(st.lists(st.integers(-(10**9), 10**9), max_size=50), st.integers(1, 10**6))
def test_any_stamps_give_a_positive_rate_and_interval(stamps: list[int], ticks_per_s: int) -> None:
    spacing = spacing_from_stamps(stamps, Fraction(1, ticks_per_s), [None, Fraction(0), Fraction(30)])
    assert spacing.rate_hz > 0
    assert spacing.interval > 0
