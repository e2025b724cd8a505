from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.segmenting import (
    BY_HAND,
    Segmenter,
    choose_segments,
    moving_spans,
    score_motion,
    segments_by_hand,
    segments_from_signal,
    sharpened,
)
from appliance.domain.motion import MotionSignal
from appliance.domain.rules import MotionRule, ReelRule
from appliance.domain.timespan import Span, joined, seconds_from_float

RULE = MotionRule(
    movement_threshold_hps=0.2, release_hps=0.1, min_moving=Fraction(1, 2), max_stationary=Fraction(1), merge_gap=Fraction(1)
)
RATE_HZ = 8
ALWAYS = Span(Fraction(0), Fraction(10_000))


def signal_of(
    speeds_hps: Sequence[float], times_s: Sequence[float] | None = None, *, limb: bool = False, people: int = 1
) -> MotionSignal:
    speeds = np.array(speeds_hps, np.float32)
    times = np.arange(len(speeds)) / RATE_HZ if times_s is None else np.array(times_s, np.float64)
    nothing = np.zeros_like(speeds)
    return MotionSignal(
        times_s=times,
        speed_hps=speeds,
        travel_hps=nothing if limb else speeds,
        limb_hps=speeds if limb else nothing,
        people=np.full(len(speeds), people, np.int32),
        camera=np.ones_like(speeds),
    )


def spans_of(*stretches: tuple[float, int], rule: MotionRule = RULE) -> list[tuple[float, float]]:
    """Spans found in a signal given as stretches of (speed, number of samples)."""
    found = moving_spans(signal_of([speed for speed, count in stretches for _ in range(count)]), rule, ALWAYS)
    return [(float(span.start), float(span.end)) for span in found]


def test_motion_is_kept_from_where_it_begins_to_where_it_ends() -> None:
    assert spans_of((0, 16), (1, 16), (0, 16)) == [(15 / 8, 31 / 8)]


def test_motion_that_begins_and_ends_between_two_samples_is_cut_there() -> None:
    # A quarter of the first sample's time and half of the last one's moved.
    assert spans_of((0, 16), (0.25, 1), (1, 14), (0.5, 1), (0, 16)) == [(15 / 8 + 3 / 32, 31 / 8 - 1 / 16)]


def test_who_still_gathers_speed_began_with_the_first_sample_and_who_slows_down_ended_with_the_last() -> None:
    gathering = [(0.2, 1), (0.4, 1), (0.7, 1), (1.0, 8)]
    assert spans_of((0, 16), *gathering, *reversed(gathering), (0, 16)) == [(15 / 8, 37 / 8)]


def test_a_slow_sample_within_motion_moves_no_edge() -> None:
    assert spans_of((0, 16), (1, 8), (0.15, 1), (1, 7), (0, 16)) == [(15 / 8, 31 / 8)]


def test_nothing_moving_is_no_segment() -> None:
    assert spans_of((0, 40)) == []
    assert moving_spans(signal_of([]), RULE, ALWAYS) == []


def test_what_stays_below_the_threshold_opens_nothing_but_keeps_open_what_is() -> None:
    assert spans_of((0, 8), (0.15, 40), (0, 16)) == []
    assert spans_of((0, 8), (1, 8), (0.15, 40), (0, 16)) == [(7 / 8, 55 / 8)]


def test_a_short_rest_does_not_close_a_segment_a_long_one_does() -> None:
    assert len(spans_of((1, 16), (0, 6), (1, 16), (0, 16))) == 1
    assert len(spans_of((1, 16), (0, 40), (1, 16), (0, 16))) == 2


def test_segments_nearer_than_the_merge_gap_become_one() -> None:
    apart = ((1.0, 16), (0.0, 24), (1.0, 16), (0.0, 16))
    assert len(spans_of(*apart)) == 2
    assert len(spans_of(*apart, rule=replace(RULE, merge_gap=Fraction(4)))) == 1


def test_motion_shorter_than_the_least_is_dropped() -> None:
    assert spans_of((0, 8), (1, 2), (0, 16)) == []
    assert len(spans_of((0, 8), (1, 2), (0, 16), rule=replace(RULE, min_moving=Fraction(1, 4)))) == 1


def test_motion_that_lasts_to_the_end_is_closed_there() -> None:
    assert spans_of((0, 8), (1, 16)) == [(7 / 8, 23 / 8)]


def test_motion_from_the_first_sample_on_begins_with_the_recording() -> None:
    assert spans_of((1, 16), (0, 16))[0][0] == 0


def test_nothing_reaches_over_the_recordings_end() -> None:
    bounds = Span(Fraction(0), Fraction(3))
    (span,) = moving_spans(signal_of([1.0] * 40), RULE, bounds)
    assert span == bounds


speeds = st.lists(st.sampled_from([0.0, 0.05, 0.15, 0.25, 1.0]), max_size=60)
steps = st.lists(st.floats(0.01, 1.5), min_size=60, max_size=60)
lengths = st.fractions(Fraction(1, 10), 4, max_denominator=30)
rules = st.builds(replace, st.just(RULE), min_moving=lengths, max_stationary=lengths, merge_gap=lengths)


@settings(max_examples=30)
@given(speeds, steps, rules)
def test_spans_are_sorted_disjoint_inside_long_enough_and_well_apart(
    speeds_hps: list[float], steps_s: list[float], rule: MotionRule
) -> None:
    bounds = Span(Fraction(0), Fraction(20))
    signal = signal_of(speeds_hps, np.cumsum(steps_s[: len(speeds_hps)]).tolist())
    spans = moving_spans(signal, rule, bounds)
    assert all(before.end + rule.merge_gap < after.start for before, after in pairwise(spans))
    assert all(bounds.start <= span.start and span.end <= bounds.end for span in spans)
    assert all(span.length >= rule.min_moving for span in spans)


@settings(max_examples=30)
@given(speeds, steps, rules)
def test_feeding_one_by_one_equals_at_once_and_what_was_told_is_final(
    speeds_hps: list[float], steps_s: list[float], rule: MotionRule
) -> None:
    signal = signal_of(speeds_hps, np.cumsum(steps_s[: len(speeds_hps)]).tolist())
    segmenter, told = Segmenter(rule, ALWAYS), list[Span]()
    for time_s, speed in zip(signal.times_s.tolist(), signal.speed_hps.tolist(), strict=True):
        closed = segmenter.feed(seconds_from_float(time_s), speed)
        assert all(span.end < seconds_from_float(time_s) for span in closed)
        assert not told or not closed or told[-1].end <= closed[0].start
        told += closed
    told += segmenter.finish()
    at_once = moving_spans(signal, rule, ALWAYS)
    sharp = [sharpened(span, signal) for span in told]
    assert [span for span in joined(sharp, gap=rule.merge_gap) if span.length >= rule.min_moving] == at_once
    assert segmenter.finish() == []


@settings(max_examples=30)
@given(speeds, steps, rules)
def test_every_segment_holds_its_peak_and_scores_no_more_than_it(
    speeds_hps: list[float], steps_s: list[float], rule: MotionRule
) -> None:
    signal = signal_of(speeds_hps, np.cumsum(steps_s[: len(speeds_hps)]).tolist())
    segments = segments_from_signal(signal, rule, ALWAYS)
    assert [segment.span for segment in segments] == moving_spans(signal, rule, ALWAYS)
    for segment in segments:
        assert segment.span.contains(segment.peak_at)
        assert 0 <= segment.score <= segment.peak_hps + 1e-3
        assert segment.peak_hps > rule.movement_threshold_hps


def test_sparse_frames_at_thirds_of_a_second_are_found_in_their_own_segment() -> None:
    signal = signal_of([0, 0, 1, 0, 0, 0], [0, 2 / 3, 4 / 3, 6 / 3, 8 / 3, 10 / 3])
    (segment,) = segments_from_signal(signal, RULE, ALWAYS)
    assert segment.peak_hps == 1


def test_a_single_sample_after_the_recordings_end_speaks_for_all_of_it() -> None:
    (segment,) = segments_from_signal(signal_of([1.0], [2.5]), RULE, Span(Fraction(0), Fraction(2)))
    assert segment.span == Span(Fraction(0), Fraction(2))
    assert segment.peak_hps == 1


def test_the_peak_is_where_it_was_fastest() -> None:
    (segment,) = segments_from_signal(signal_of([0] * 8 + [0.5] * 8 + [2.0] + [0.5] * 8 + [0] * 16), RULE, ALWAYS)
    assert segment.peak_at == 2
    assert segment.peak_hps == 2


@pytest.mark.parametrize(("limb", "people", "words"), [(False, 1, "travels"), (True, 1, "on the spot"), (False, 3, "3 skaters")])
def test_the_reason_says_how_and_how_many(limb: bool, people: int, words: str) -> None:
    (segment,) = segments_from_signal(signal_of([0, *[1.0] * 16, *[0] * 16], limb=limb, people=people), RULE, ALWAYS)
    assert words in segment.reason
    assert "1.0 body heights" in segment.reason


def test_a_faster_stretch_is_worth_more_and_a_misjudged_camera_does_not_win() -> None:
    assert score_motion([0.2] * 10) < score_motion([0.2] * 8 + [1.5] * 2) < score_motion([1.5] * 10)
    assert score_motion([50.0] * 10) == score_motion([500.0] * 10)
    assert score_motion([]) == 0


def test_what_was_chosen_by_hand_takes_the_place_of_what_moves() -> None:
    signal = signal_of([0] * 80 + [1.0] * 80 + [0] * 80)
    parts = (Span(Fraction(1), Fraction(2)), Span(Fraction(15), Fraction(25)))
    still, moving = choose_segments(signal, RULE, ReelRule(parts=parts), ALWAYS)
    assert (still.span, moving.span) == parts
    assert (still.reason, still.peak_hps) == (BY_HAND, 0.0)
    assert moving.reason.startswith(f"{BY_HAND}: a skater")
    assert moving.score > 0
    assert parts[1].contains(moving.peak_at)
    assert choose_segments(signal, RULE, ReelRule(), ALWAYS) == segments_from_signal(signal, RULE, ALWAYS)


def test_chosen_stretches_end_where_the_recording_does() -> None:
    parts = (Span(Fraction(8), Fraction(20)), Span(Fraction(30), Fraction(40)))
    (segment,) = segments_by_hand(signal_of([1.0] * 80), parts, Span(Fraction(0), Fraction(10)))
    assert segment.span == Span(Fraction(8), Fraction(10))


@pytest.mark.parametrize("samples", [0, 8])
def test_a_chosen_stretch_without_a_single_sample_is_kept_all_the_same(samples: int) -> None:
    (segment,) = segments_by_hand(signal_of([1.0] * samples), [Span(Fraction(5), Fraction(7))], ALWAYS)
    assert (segment.score, segment.peak_hps, segment.peak_at) == (0.0, 0.0, Fraction(6))


@given(
    st.lists(st.tuples(st.sampled_from([0.0, 0.05, 0.1, 0.15, 0.2, 0.3, float("nan")]), st.integers(1, 12)), max_size=20),
    st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)]),
)
def test_looking_at_the_telling_samples_alone_finds_the_same(runs: list[tuple[float, int]], longest_rest: Fraction) -> None:
    rule = replace(RULE, max_stationary=longest_rest, min_moving=Fraction(0), merge_gap=Fraction(0))
    speeds = [speed for speed, count in runs for _ in range(count)]
    signal = signal_of(speeds)
    segmenter, one_by_one = Segmenter(rule, ALWAYS), list[Span]()
    for time_s, speed in zip(signal.times_s, signal.speed_hps, strict=True):
        one_by_one += segmenter.feed(seconds_from_float(float(time_s)), float(speed))
    one_by_one += segmenter.finish()
    assert moving_spans(signal, rule, ALWAYS) == list(joined(sharpened(span, signal) for span in one_by_one))
