"""Turns the motion signal into segments: hysteresis, a least length, neighbours joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from appliance.domain.motion import MotionSignal
from appliance.domain.rules import MotionRule, ReelRule
from appliance.domain.segment import Segment
from appliance.domain.timespan import Seconds, Span, joined, seconds_from_float

#: Spans are exact to a microsecond (see seconds_from_float), the signal's times are not rounded.
_TICK_S = 1e-6
#: Motion that is slower than this share of what it is a sample later still gathers speed.
_STEADY = 0.7
#: Why a stretch was kept that nobody detected.
BY_HAND = "chosen by hand"
Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


class Segmenter:
    """A small machine: opens a span when the signal exceeds the threshold, closes it once it stayed below the release level."""

    def __init__(self, rule: MotionRule, bounds: Span) -> None:
        self._rule = rule
        self._bounds = bounds
        self._before = bounds.start
        self._opened: Seconds | None = None
        self._last_moving = bounds.start

    def feed(self, time: Seconds, speed_hps: float) -> list[Span]:
        """Take one sample; returns the span that it closed, if any. A sample speaks for the time since the one before it."""
        closed: list[Span] = []
        if self._opened is None and speed_hps > self._rule.movement_threshold_hps:
            self._opened, self._last_moving = self._before, time
        elif self._opened is not None:
            if speed_hps > self._rule.release_hps:
                self._last_moving = time
            elif time - self._last_moving > self._rule.max_stationary:
                closed = self._close()
        self._before = time
        return closed

    def finish(self) -> list[Span]:
        """The span still open, if any."""
        return self._close() if self._opened is not None else []

    def _close(self) -> list[Span]:
        start, self._opened = self._opened, None
        if start is None or self._last_moving <= start:
            return []
        clipped = Span(start, self._last_moving).clipped_to(self._bounds)
        return [clipped] if clipped is not None else []


def moving_spans(signal: MotionSignal, rule: MotionRule, bounds: Span) -> list[Span]:
    """Sorted, disjoint spans of motion inside `bounds`, at least `min_moving` long, none closer than `merge_gap`."""
    segmenter, found = Segmenter(rule, bounds), list[Span]()
    telling = _telling_samples(signal, rule)
    for time_s, speed in zip(signal.times_s[telling].tolist(), signal.speed_hps[telling].tolist(), strict=True):
        found += segmenter.feed(seconds_from_float(time_s), speed)
    found += segmenter.finish()
    sharp = [sharpened(span, signal) for span in found]
    return [span for span in joined(sharp, gap=rule.merge_gap) if span.length >= rule.min_moving]


def sharpened(span: Span, signal: MotionSignal) -> Span:
    """The span with its edges inside the first and the last sample's time.

    A sample speaks for the time since the one before it. Where motion began within that time, only a part of it shows: the sample
    is as much slower than its neighbour inside the span as it moved for less time. Whoever still gathers speed there says nothing
    about that, and all of the sample's time counts.
    """
    first = int(np.searchsorted(signal.times_s, float(span.start) + _TICK_S))
    last = int(np.searchsorted(signal.times_s, float(span.end) - _TICK_S))
    if last <= first or last >= len(signal.times_s):
        return span
    early, late = (float(signal.times_s[index]) for index in (first, last))
    start_s = early - (early - float(span.start)) * _part(signal, first, 1)
    end_s = late - (late - float(signal.times_s[last - 1])) * (1.0 - _part(signal, last, -1))
    return Span(max(span.start, seconds_from_float(start_s)), min(span.end, seconds_from_float(end_s)))


def _part(signal: MotionSignal, edge: int, inwards: int) -> float:
    """How much of the edge sample's time moved. inwards: 1 or -1, to its neighbour inside the span."""
    speed, behind = float(signal.speed_hps[edge + inwards]), edge + 2 * inwards
    further = float(signal.speed_hps[behind]) if 0 <= behind < len(signal.speed_hps) else speed
    return min(1.0, float(signal.speed_hps[edge]) / speed) if speed > 0 and speed >= _STEADY * further else 1.0


def _telling_samples(signal: MotionSignal, rule: MotionRule) -> Numbers:
    """Numbers of the samples that decide where spans begin and end: the last of each run that moves or rests, each that first
    exceeds the threshold, and the one before it. All others change nothing, and there are a hundred thousand in three hours."""
    count = len(signal.speed_hps)
    if count < 2:
        return np.arange(count)
    # As numbers are compared one by one: the signal's single precision against the rule's double.
    speeds = signal.speed_hps.astype(np.float64)
    moving, above = speeds > rule.release_hps, speeds > rule.movement_threshold_hps
    openers = np.flatnonzero(above & ~np.concatenate(([False], above[:-1])))
    ends = np.flatnonzero(moving[1:] != moving[:-1])
    return np.unique(np.concatenate((openers, np.maximum(openers - 1, 0), ends, [count - 1])))


def choose_segments(signal: MotionSignal, motion: MotionRule, reel: ReelRule, bounds: Span) -> tuple[Segment, ...]:
    """What is worth watching: what somebody chose by hand, or else what moves."""
    if reel.parts is None:
        return segments_from_signal(signal, motion, bounds)
    return segments_by_hand(signal, reel.parts, bounds)


def segments_by_hand(signal: MotionSignal, parts: Sequence[Span], bounds: Span) -> tuple[Segment, ...]:
    """Stretches that somebody chose, as far as they lie inside `bounds`, each with the motion that is in it."""
    inside = (part.clipped_to(bounds) for part in parts)
    return tuple(_describe_chosen(span, signal) for span in inside if span is not None)


def _describe_chosen(span: Span, signal: MotionSignal) -> Segment:
    samples = _samples_in(span, signal)
    samples = samples[samples < len(signal.times_s)]
    if not len(samples):
        return Segment(span=span, score=0.0, peak_hps=0.0, peak_at=span.start + span.length / 2, reason=BY_HAND)
    found = _describe(span, signal, samples)
    return replace(found, reason=f"{BY_HAND}: {found.reason}") if found.peak_hps > 0 else replace(found, reason=BY_HAND)


def segments_from_signal(signal: MotionSignal, rule: MotionRule, bounds: Span) -> tuple[Segment, ...]:
    """Segments with score and reason, in time order."""
    return tuple(_describe(span, signal, _samples_in(span, signal)) for span in moving_spans(signal, rule, bounds))


def _describe(span: Span, signal: MotionSignal, inside: Numbers) -> Segment:
    peak = int(inside[np.argmax(signal.speed_hps[inside])])
    speeds = signal.speed_hps[inside].astype(np.float64)
    peak_at = max(min(seconds_from_float(float(signal.times_s[peak])), span.end - Fraction(1, 1000)), span.start)
    return Segment(
        span=span, score=round(score_motion(speeds), 4), peak_hps=round(float(signal.speed_hps[peak]), 3), peak_at=peak_at,
        reason=_reason(signal, inside),
    )  # fmt: skip


def _samples_in(span: Span, signal: MotionSignal) -> Numbers:
    """Numbers of the samples in a span; where none lies in it, the one after it, which speaks for it."""
    first = int(np.searchsorted(signal.times_s, float(span.start) - _TICK_S, side="left"))
    last = int(np.searchsorted(signal.times_s, float(span.end) + _TICK_S, side="right"))
    return np.arange(first, max(last, first + 1))


def score_motion(speeds_hps: Iterable[float]) -> float:
    """How worth watching a stretch is: its mean speed and its best moments in equal parts, nothing gained beyond 3 hps,
    which nobody skates and only a misjudged camera reaches."""
    capped = np.minimum(np.fromiter(speeds_hps, np.float64), 3.0)
    return float(0.5 * capped.mean() + 0.5 * np.percentile(capped, 90)) if len(capped) else 0.0


def _reason(signal: MotionSignal, inside: Numbers) -> str:
    travel, limb = float(signal.travel_hps[inside].mean()), float(signal.limb_hps[inside].mean())
    how = "travels over the ice" if travel >= limb else "moves on the spot"
    people = int(np.percentile(signal.people[inside], 90))
    who = f"{people} skaters move, the fastest" if people > 1 else "a skater"
    return f"{who} {how}, up to {float(signal.speed_hps[inside].max()):.1f} body heights per second"
