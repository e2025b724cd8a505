"""Turns segments into an edit list: padded, merged where they touch, within the budget, in time order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from appliance.algorithms.ranking import best_of, choose_within
from appliance.domain.media import Recording
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.rules import ReelRule
from appliance.domain.segment import Segment
from appliance.domain.timespan import Seconds, Span, joined, total_length


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """A segment with its place: which recording, and the padded span that would be cut."""

    recording: int
    segment: Segment
    span: Span


def plan_reel(recordings: Sequence[Recording], segments: Sequence[Sequence[Segment]], rule: ReelRule) -> ReelPlan:
    """The edit list of a reel; segments[i] belong to recordings[i]. Empty when nothing moves."""
    moments = [
        _Moment(recording=index, segment=segment, span=pad_span(segment.span, recording.span, rule))
        for index, (recording, found) in enumerate(zip(recordings, segments, strict=True))
        for segment in found
    ]
    if rule.budget is not None and moments:
        moments = _within_budget(moments, rule.budget)
    cuts = [
        cut for index, recording in enumerate(recordings) for cut in _cuts_of(recording, _of(moments, index), len(recordings) > 1)
    ]
    return ReelPlan(cuts=tuple(cuts))


def pad_span(span: Span, bounds: Span, rule: ReelRule) -> Span:
    """The span with its padding, inside the recording."""
    padded = span.widened(rule.pad_before, rule.pad_after).clipped_to(bounds)
    return padded if padded is not None else span


def _of(moments: Sequence[_Moment], recording: int) -> list[_Moment]:
    return [moment for moment in moments if moment.recording == recording]


def _within_budget(moments: Sequence[_Moment], budget: Seconds) -> list[_Moment]:
    """The best moments that fit; when not even one does, the best one cut down around its peak."""
    chosen = choose_within(moments, budget, lambda moment: moment.segment.score, _covered)
    if chosen:
        return chosen
    best = best_of([moment.segment for moment in moments])
    moment = next(moment for moment in moments if moment.segment is best)
    start = min(max(moment.span.start, best.peak_at - budget / 2), moment.span.end - budget)
    return [_Moment(recording=moment.recording, segment=best, span=Span(start, start + budget))]


def _covered(moments: Sequence[_Moment]) -> Seconds:
    recordings = {moment.recording for moment in moments}
    return sum((total_length(joined(moment.span for moment in _of(moments, index))) for index in recordings), Seconds(0))


def _cuts_of(recording: Recording, moments: Sequence[_Moment], named: bool) -> list[Cut]:
    cuts = []
    for span in joined(moment.span for moment in moments):
        best = best_of([moment.segment for moment in moments if span.overlaps(moment.span)])
        title = f"{clock_from_seconds(span.start)} · {best.peak_hps:.1f} body heights/s"
        poster_at = min(max(best.peak_at, span.start), span.end)
        cuts.append(
            Cut(
                recording_id=recording.id,
                span=span,
                title=f"{recording.name} {title}" if named else title,
                poster_at=poster_at,
                score=best.score,
            )
        )
    return cuts


def clock_from_seconds(moment: Seconds) -> str:
    """A moment as people say it: 1:02:03, or 2:03 below an hour."""
    hours, rest = divmod(int(moment), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
