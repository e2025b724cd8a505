from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.judging import OVERLAPS, judge_segments, matched_pairs
from appliance.domain.timespan import Span, joined

LENGTH = Fraction(100)
SPANS = st.lists(
    st.builds(lambda start, length: Span(Fraction(start), Fraction(start + length)), st.integers(0, 80), st.integers(1, 20)),
    max_size=6,
).map(lambda found: list(joined(found)))


def span(start: float, end: float) -> Span:
    return Span(Fraction(start), Fraction(end))


@settings(deadline=None)
@given(SPANS)
def test_the_truth_judged_against_itself_is_perfect(truth: list[Span]) -> None:
    tally = judge_segments(truth, truth, LENGTH)
    assert tally.recall == tally.precision == tally.f1() == (1.0 if truth else None)
    assert set(tally.edge_errors_s) <= {0.0}
    assert tally.false_share in (0.0, None)


@settings(deadline=None)
@given(SPANS, SPANS)
def test_figures_are_shares_and_swapping_sides_swaps_recall_and_precision(found: list[Span], truth: list[Span]) -> None:
    tally, swapped = judge_segments(found, truth, LENGTH), judge_segments(truth, found, LENGTH)
    assert tally.recall == swapped.precision
    assert all(
        figure is None or 0.0 <= figure <= 1.0 for figure in (tally.recall, tally.precision, tally.f1(), tally.false_share)
    )
    assert sorted(tally.matched, reverse=True) == list(tally.matched)


@settings(deadline=None)
@given(SPANS, SPANS, SPANS, SPANS)
def test_tallies_of_several_recordings_add_up(a: list[Span], b: list[Span], c: list[Span], d: list[Span]) -> None:
    one, other = judge_segments(a, b, LENGTH), judge_segments(c, d, LENGTH)
    both = one + other
    assert (both.hit, both.true, both.found) == (one.hit + other.hit, one.true + other.true, one.found + other.found)
    assert both.duration == 2 * LENGTH
    assert both.f1(OVERLAPS[0]) is None or 0.0 <= both.f1(OVERLAPS[0]) <= 1.0  # type: ignore[operator]


def test_recall_and_precision_count_seconds() -> None:
    tally = judge_segments([span(0, 10), span(50, 60)], [span(5, 15)], LENGTH)
    assert tally.recall == pytest.approx(0.5)
    assert tally.precision == pytest.approx(0.25)
    assert tally.false_share == pytest.approx(15 / 90)


def test_segments_match_at_the_overlap_asked_for_and_edges_are_measured() -> None:
    tally = judge_segments([span(0, 9), span(40, 41)], [span(1, 10), span(40, 45)], LENGTH)
    assert tally.matched == (2, 1, 1)
    assert tally.f1() == pytest.approx(0.5)
    assert tally.f1(OVERLAPS[0]) == pytest.approx(1.0)
    assert tally.edge_errors_s == (1.0, 1.0)
    assert tally.edge_error_s == 1.0


def test_each_true_segment_is_matched_at_most_once() -> None:
    pairs = matched_pairs([span(0, 4), span(5, 9)], [span(0, 9)], Fraction(1, 10))
    assert pairs == [(span(0, 4), span(0, 9))]


def test_finding_nothing_where_nothing_is_true_has_no_figures() -> None:
    tally = judge_segments([], [], LENGTH)
    assert (tally.recall, tally.precision, tally.f1(), tally.edge_error_s) == (None, None, None, None)
    assert tally.false_share == 0.0
