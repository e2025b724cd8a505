from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.domain.timespan import Instant, Seconds, Span, joined, seconds_from_float, total_length

moments = st.integers(-200, 200).map(lambda eighths: Fraction(eighths, 8))
spans = st.tuples(moments, moments).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Span(min(pair), max(pair)))
gaps = st.integers(0, 40).map(lambda eighths: Fraction(eighths, 8))


def span(start: int, end: int) -> Span:
    return Span(Fraction(start), Fraction(end))


def test_a_time_stamp_is_exact_where_a_float_is_not() -> None:
    assert Instant(pts=3, time_base=Fraction(1001, 30_000)).seconds == Fraction(1001, 10_000)


@pytest.mark.parametrize(("start", "end"), [(1, 1), (2, 1)])
def test_a_span_that_is_empty_or_backwards_cannot_be_made(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        span(start, end)


def test_a_span_holds_its_start_and_not_its_end() -> None:
    assert span(1, 3).contains(Fraction(1))
    assert not span(1, 3).contains(Fraction(3))


def test_spans_that_only_touch_do_not_overlap() -> None:
    assert not span(0, 1).overlaps(span(1, 2))
    assert span(0, 1).clipped_to(span(1, 2)) is None


@given(spans, spans)
def test_overlap_is_mutual_and_what_is_clipped_lies_in_both(one: Span, other: Span) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    clipped = one.clipped_to(other)
    assert clipped == other.clipped_to(one)
    assert (clipped is not None) == one.overlaps(other)
    if clipped is not None:
        assert clipped.clipped_to(one) == clipped == clipped.clipped_to(other)


@given(spans, gaps, gaps)
def test_a_widened_span_gains_just_what_was_asked_for(one: Span, before: Seconds, after: Seconds) -> None:
    widened = one.widened(before, after)
    assert widened.length == one.length + before + after
    assert widened.clipped_to(one) == one


@settings(max_examples=40)
@given(st.lists(spans, max_size=12), gaps)
def test_joined_spans_are_sorted_apart_and_cover_all_that_was_there(given_spans: list[Span], gap: Seconds) -> None:
    whole = list(joined(given_spans, gap=gap))
    assert all(before.end + gap < after.start for before, after in pairwise(whole))
    assert all(any(one.clipped_to(each) == each for one in whole) for each in given_spans)
    assert {one.start for one in whole} <= {each.start for each in given_spans}
    assert {one.end for one in whole} <= {each.end for each in given_spans}
    assert list(joined(whole, gap=gap)) == whole


@settings(max_examples=40)
@given(st.lists(spans, max_size=12))
def test_joining_without_a_gap_adds_no_moment(given_spans: list[Span]) -> None:
    for one in joined(given_spans):
        probes = [one.start + (one.end - one.start) * Fraction(step, 16) for step in range(16)]
        assert all(any(each.contains(probe) for each in given_spans) for probe in probes)


def test_the_length_of_several_is_their_sum() -> None:
    assert total_length([span(0, 2), span(5, 6)]) == 3
    assert total_length([]) == 0


@given(st.floats(0, 1e6))
def test_seconds_that_people_wrote_are_kept_to_the_microsecond(value_s: float) -> None:
    seconds = seconds_from_float(value_s)
    assert abs(float(seconds) - value_s) <= 1e-6
    assert (seconds * 1_000_000).denominator == 1


def test_a_tenth_is_a_tenth() -> None:
    assert seconds_from_float(0.1) == Fraction(1, 10)
