"""Fills stretches that were not watched, because nothing moves in them, with samples that say so."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from appliance.domain.motion import MotionSample
from appliance.domain.timespan import Seconds, Span


def fill_still(samples: Sequence[MotionSample], span: Span, rate_hz: Fraction) -> list[MotionSample]:
    """The samples inside `span`, and still ones on the grid k / rate wherever none lies within two steps, in time order."""
    inside = [sample for sample in samples if span.contains(sample.time)]
    step = 1 / rate_hz
    filled: list[MotionSample] = []
    last = span.start - step
    for sample in inside:
        filled += _still_between(last, sample.time, step)
        filled.append(sample)
        last = sample.time
    filled += _still_between(last, span.end, step)
    return [sample for sample in filled if span.contains(sample.time)]


def _still_between(start: Seconds, end: Seconds, step: Seconds) -> list[MotionSample]:
    """Still samples strictly between two moments more than two steps apart, none nearer than half a step to either."""
    if end - start <= 2 * step:
        return []
    first, last = ceil((start + step / 2) / step), ceil((end - step / 2) / step)
    return [MotionSample(time=k * step, camera_confidence=1.0) for k in range(first, last) if k * step > start]
