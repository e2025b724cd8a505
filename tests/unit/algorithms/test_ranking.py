from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.ranking import best_of, choose_within
from appliance.domain.segment import Segment
from appliance.domain.timespan import Span

Item = tuple[float, Fraction]
items_strategy = st.lists(
    st.tuples(st.sampled_from([0.1, 0.5, 0.9, 1.3]), st.fractions(Fraction(1, 2), 20, max_denominator=8)), max_size=10
)


def chosen(items: Sequence[Item], budget: Fraction) -> list[Item]:
    return choose_within(items, budget, lambda item: item[0], lambda some: sum((item[1] for item in some), Fraction(0)))


def segment(start: int, score: float) -> Segment:
    span = Span(Fraction(start), Fraction(start + 1))
    return Segment(span=span, score=score, peak_hps=1.0, peak_at=span.start, reason="")


@settings(max_examples=30)
@given(items_strategy, st.fractions(0, 60, max_denominator=8))
def test_what_is_chosen_fits_and_stays_in_order(items: list[Item], budget: Fraction) -> None:
    best = chosen(items, budget)
    assert sum((length for _, length in best), Fraction(0)) <= budget
    rest = iter(items)
    assert all(any(item is each for each in rest) for item in best)


@settings(max_examples=30)
@given(items_strategy, st.fractions(0, 60, max_denominator=8))
def test_nothing_that_was_left_out_would_still_fit(items: list[Item], budget: Fraction) -> None:
    best = chosen(items, budget)
    left = budget - sum((length for _, length in best), Fraction(0))
    out = list(items)
    for item in best:
        out.remove(item)
    assert all(length > left for _, length in out)


@settings(max_examples=30)
@given(items_strategy.filter(len), st.fractions(0, 60, max_denominator=8))
def test_the_best_that_fits_alone_is_always_among_them(items: list[Item], budget: Fraction) -> None:
    fitting = [item for item in items if item[1] <= budget]
    if fitting:
        assert max(score for score, _ in chosen(items, budget)) == max(score for score, _ in fitting)


def test_the_earlier_wins_a_tie() -> None:
    first, second = (0.5, Fraction(3)), (0.5, Fraction(2))
    assert chosen([first, second], Fraction(3)) == [first]


def test_all_are_chosen_when_all_fit() -> None:
    items = [(0.1, Fraction(1)), (0.9, Fraction(2)), (0.5, Fraction(3))]
    assert chosen(items, Fraction(6)) == items


def test_the_best_segment_is_the_one_with_the_highest_score_and_the_earliest_of_several() -> None:
    segments = [segment(0, 0.2), segment(5, 0.8), segment(9, 0.8)]
    assert best_of(segments) is segments[1]


def test_there_is_no_best_of_none() -> None:
    with pytest.raises(ValueError, match="empty"):
        best_of([])
