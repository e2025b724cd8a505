from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.reel_planning import clock_from_seconds, pad_span, plan_reel
from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.rules import ReelRule
from appliance.domain.segment import Segment
from appliance.domain.timespan import Span, joined

VIDEO = VideoTrack(index=0, codec="h264", width_px=64, height_px=48, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000))
RULE = ReelRule(pad_before=Fraction(2), pad_after=Fraction(3))


def recording(name: str = "a", duration_s: int = 100) -> Recording:
    file = MediaFile(path=Path(f"{name}.mp4"), container="mp4", size_bytes=1, duration=Fraction(duration_s), video=VIDEO)
    return Recording(id=f"id-{name}", name=name, files=(file,))


def segment(start: Fraction | int, end: Fraction | int, *, score: float = 1.0, peak: Fraction | int | None = None) -> Segment:
    span = Span(Fraction(start), Fraction(end))
    return Segment(
        span=span, score=score, peak_hps=score, peak_at=Fraction(peak if peak is not None else start), reason="a skater moves"
    )


def spans(*segments: Segment, rule: ReelRule = RULE) -> list[tuple[float, float]]:
    return [(float(cut.span.start), float(cut.span.end)) for cut in plan_reel([recording()], [segments], rule).cuts]


def test_a_segment_is_padded_on_both_sides() -> None:
    assert spans(segment(20, 30)) == [(18, 33)]


def test_padding_ends_where_the_recording_does() -> None:
    assert spans(segment(1, 5), segment(95, 99)) == [(0, 8), (93, 100)]


def test_cuts_that_touch_or_overlap_become_one() -> None:
    assert spans(segment(10, 20), segment(24, 30)) == [(8, 33)]
    assert spans(segment(10, 20), segment(25, 30)) == [(8, 33)]
    assert spans(segment(10, 20), segment(26, 30)) == [(8, 23), (24, 33)]


def test_nothing_moving_is_an_empty_plan_with_or_without_a_budget() -> None:
    assert plan_reel([recording()], [[]], RULE).cuts == ()
    assert plan_reel([recording()], [[]], replace(RULE, budget=Fraction(10))).cuts == ()


def test_a_merged_cut_is_named_and_pictured_after_its_best_moment() -> None:
    (cut,) = plan_reel([recording()], [[segment(10, 20, score=0.4), segment(22, 30, score=1.5, peak=27)]], RULE).cuts
    assert cut.poster_at == 27
    assert cut.score == 1.5
    assert cut.title == "0:08 · 1.5 body heights/s"


def test_the_best_moments_within_a_budget_play_in_the_order_of_time() -> None:
    segments = [segment(10, 15, score=0.9), segment(40, 45, score=0.1), segment(70, 75, score=1.2)]
    assert spans(*segments, rule=replace(RULE, budget=Fraction(20))) == [(8, 18), (68, 78)]


def test_a_budget_counts_an_overlap_of_paddings_once() -> None:
    segments = [segment(10, 14), segment(16, 20)]
    assert spans(*segments, rule=replace(RULE, budget=Fraction(15))) == [(8, 23)]


def test_a_budget_that_holds_no_moment_holds_the_middle_of_the_best_one() -> None:
    segments = [segment(10, 30, score=0.5), segment(50, 80, score=1.0, peak=70)]
    assert spans(*segments, rule=replace(RULE, budget=Fraction(6))) == [(67, 73)]


@pytest.mark.parametrize(("peak", "expected"), [(50, (48, 54)), (79, (76, 82)), (80, (77, 83))])
def test_a_trimmed_moment_stays_within_its_padding(peak: int, expected: tuple[int, int]) -> None:
    best = segment(50, 80, peak=peak)
    assert spans(best, rule=replace(RULE, budget=Fraction(6))) == [expected]


def test_cuts_of_several_recordings_follow_the_recordings_and_say_which() -> None:
    plan = plan_reel([recording("morning"), recording("evening")], [[segment(70, 75)], [segment(10, 15)]], RULE)
    assert [cut.recording_id for cut in plan.cuts] == ["id-morning", "id-evening"]
    assert [cut.title for cut in plan.cuts] == ["morning 1:08 · 1.0 body heights/s", "evening 0:08 · 1.0 body heights/s"]


def test_one_recording_is_not_named_in_every_title() -> None:
    (cut,) = plan_reel([recording("morning")], [[segment(70, 75)]], RULE).cuts
    assert "morning" not in cut.title


def test_a_budget_is_shared_by_all_recordings() -> None:
    rule = replace(RULE, budget=Fraction(10))
    plan = plan_reel([recording("a"), recording("b")], [[segment(10, 15, score=0.5)], [segment(10, 15, score=0.9)]], rule)
    assert [cut.recording_id for cut in plan.cuts] == ["id-b"]


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (59, "0:59"), (125, "2:05"), (3599, "59:59"), (3723, "1:02:03")])
def test_a_clock_reads_as_people_say_it(seconds: int, words: str) -> None:
    assert clock_from_seconds(Fraction(seconds) + Fraction(1, 3)) == words


@st.composite
def found_in(draw: st.DrawFn, duration_s: int = 100) -> list[Segment]:
    edges = sorted(draw(st.sets(st.integers(0, 8 * duration_s).map(lambda eighths: Fraction(eighths, 8)), max_size=12)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    scores = draw(st.lists(st.sampled_from([0.1, 0.6, 1.1]), min_size=len(pairs), max_size=len(pairs)))
    return [
        segment(start, end, score=score, peak=start + (end - start) / 3)
        for (start, end), score in zip(pairs, scores, strict=True)
    ]


pads = st.integers(0, 20).map(lambda quarters: Fraction(quarters, 4))
rules = st.builds(ReelRule, pad_before=pads, pad_after=pads, budget=st.none() | st.integers(1, 120).map(Fraction))
BOTH = (recording("a"), recording("b"))


@settings(max_examples=30)
@given(found_in(), found_in(), rules)
def test_cuts_lie_inside_their_recording_in_time_order_and_apart(
    first: list[Segment], second: list[Segment], rule: ReelRule
) -> None:
    cuts = plan_reel(BOTH, [first, second], rule).cuts
    assert [cut.recording_id for cut in cuts] == sorted(cut.recording_id for cut in cuts)
    for one in BOTH:
        own = [cut for cut in cuts if cut.recording_id == one.id]
        assert all(before.span.end < after.span.start for before, after in pairwise(own))
        assert all(one.span.start <= cut.span.start and cut.span.end <= one.span.end for cut in own)
        assert all(cut.span.contains(cut.poster_at) for cut in own)


@settings(max_examples=30)
@given(found_in(), found_in(), rules)
def test_a_reel_is_within_its_budget_and_not_empty_where_anything_moves(
    first: list[Segment], second: list[Segment], rule: ReelRule
) -> None:
    plan = plan_reel(BOTH, [first, second], rule)
    assert bool(plan.cuts) == bool(first or second)
    assert rule.budget is None or plan.duration <= rule.budget


@settings(max_examples=30)
@given(found_in(), rules)
def test_without_a_budget_every_segment_is_shown_whole(segments: list[Segment], rule: ReelRule) -> None:
    cuts = plan_reel(BOTH[:1], [segments], replace(rule, budget=None)).cuts
    wanted = [pad_span(each.span, BOTH[0].span, rule) for each in segments]
    assert [cut.span for cut in cuts] == list(joined(wanted))
    assert all(any(cut.span.clipped_to(each.span) == each.span for cut in cuts) for each in segments)


def test_what_was_chosen_by_hand_is_cut_as_it_is_whatever_else_was_asked() -> None:
    parts = (Span(Fraction(10), Fraction(20)), Span(Fraction(21), Fraction(90)))
    rule = replace(RULE, budget=Fraction(5), parts=parts)
    assert spans(segment(10, 20), segment(21, 90), rule=rule) == [(10, 20), (21, 90)]


def test_a_cut_in_which_nothing_moves_is_named_by_its_time_alone() -> None:
    parts = (Span(Fraction(65), Fraction(70)),)
    (cut,) = plan_reel([recording()], [[segment(65, 70, score=0.0)]], replace(RULE, parts=parts)).cuts
    assert cut.title == "1:05"


@given(st.lists(st.tuples(st.fractions(0, 90, max_denominator=97), st.fractions(1, 9, max_denominator=13)), max_size=8))
def test_whole_ticks_cover_what_fractions_do(edges: list[tuple[Fraction, Fraction]]) -> None:
    found = [segment(start, start + length) for start, length in sorted(edges)]
    whole = sum((span.length for span in joined(pad_span(each.span, BOTH[0].span, RULE) for each in found)), Fraction(0))
    plan = plan_reel(BOTH[:1], [found], replace(RULE, budget=whole or Fraction(1)))
    assert plan.duration == whole
