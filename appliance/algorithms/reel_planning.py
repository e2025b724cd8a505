"""Turns segments into an edit list: padded, merged where they touch, within the budget, in time order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from appliance.algorithms.ranking import best_of, choose_within
from appliance.domain.media import Recording
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.rules import ReelRule
from appliance.domain.segment import Segment
from appliance.domain.timespan import Seconds, Span

#: Slower than this a speed reads as none.
_WORTH_SAYING_HPS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    """A segment with its place: which recording, and the padded span that would be cut."""

    recording: int
    segment: Segment
    span: Span


def plan_reel(recordings: Sequence[Recording], segments: Sequence[Sequence[Segment]], rule: ReelRule) -> ReelPlan:
    """The edit list of a reel; segments[i] belong to recordings[i]. Empty when nothing moves. Segments that were chosen by hand
    are cut as they are."""
    moments = [
        _Moment(recording=index, segment=segment, span=pad_span(segment.span, recording.span, rule))
        for index, (recording, found) in enumerate(zip(recordings, segments, strict=True))
        for segment in found
    ]
    if rule.budget is not None and rule.parts is None and moments:
        moments = _within_budget(moments, rule.budget)
    cuts = [
        cut for index, recording in enumerate(recordings) for cut in _cuts_of(recording, _of(moments, index), len(recordings) > 1)
    ]
    return ReelPlan(cuts=tuple(cuts))


def pad_span(span: Span, bounds: Span, rule: ReelRule) -> Span:
    """The span with its padding, inside the recording; without padding where it was chosen by hand."""
    if rule.parts is not None:
        return span
    padded = span.widened(rule.pad_before, rule.pad_after).clipped_to(bounds)
    return padded if padded is not None else span


def _of(moments: Sequence[_Moment], recording: int) -> list[_Moment]:
    return [moment for moment in moments if moment.recording == recording]


def _within_budget(moments: Sequence[_Moment], budget: Seconds) -> list[_Moment]:
    """The best moments that fit; when not even one does, the best one cut down around its peak."""
    chosen = choose_within(moments, budget, lambda moment: moment.segment.score, _Covering(moments))
    if chosen:
        return chosen
    best = best_of([moment.segment for moment in moments])
    moment = next(moment for moment in moments if moment.segment is best)
    start = min(max(moment.span.start, best.peak_at - budget / 2), moment.span.end - budget)
    return [_Moment(recording=moment.recording, segment=best, span=Span(start, start + budget))]


class _Covering:
    """Seconds that some of these moments cover together, overlaps counted once. Reckons in whole ticks that all of them are
    made of: exact as fractions are, and a hundred times as fast."""

    def __init__(self, moments: Sequence[_Moment]) -> None:
        edges = (edge for moment in moments for edge in (moment.span.start, moment.span.end))
        self._ticks = math.lcm(*(edge.denominator for edge in edges))

    def __call__(self, moments: Sequence[_Moment]) -> Seconds:
        covered, last = 0, (-1, 0)
        for recording, start, end in sorted(map(self._in_ticks, moments)):
            begin = max(start, last[1]) if recording == last[0] else start
            covered += max(0, end - begin)
            last = (recording, max(begin, end))
        return Fraction(covered, self._ticks)

    def _in_ticks(self, moment: _Moment) -> tuple[int, int, int]:
        span = moment.span
        return moment.recording, self._whole(span.start), self._whole(span.end)

    def _whole(self, edge: Seconds) -> int:
        return edge.numerator * (self._ticks // edge.denominator)


def _cuts_of(recording: Recording, moments: Sequence[_Moment], named: bool) -> list[Cut]:
    cuts = []
    for span, together in _joined(moments):
        best = best_of([moment.segment for moment in together])
        clock = clock_from_seconds(span.start)
        title = f"{clock} · {best.peak_hps:.1f} body heights/s" if best.peak_hps >= _WORTH_SAYING_HPS else clock
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


def _joined(moments: Sequence[_Moment]) -> Iterator[tuple[Span, list[_Moment]]]:
    """Sorted, disjoint spans, each with the moments that lie in it."""
    span, together = None, list[_Moment]()
    for moment in sorted(moments, key=lambda each: each.span):
        if span is not None and moment.span.start <= span.end:
            span = Span(span.start, max(span.end, moment.span.end))
            together.append(moment)
            continue
        if span is not None:
            yield span, together
        span, together = moment.span, [moment]
    if span is not None:
        yield span, together


def clock_from_seconds(moment: Seconds) -> str:
    """A moment as people say it: 1:02:03, or 2:03 below an hour."""
    hours, rest = divmod(int(moment), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
