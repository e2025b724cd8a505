"""Leaps from key frame to key frame over what need not be seen: a person who moves clearly where one group of pictures begins
and where the next one begins moved in between as well. Only where motion begins, ends or is in doubt all frames are watched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, hypot

from appliance.algorithms.scoring import persons_among
from appliance.domain.motion import MotionSample, MoverSample
from appliance.domain.pose import Box
from appliance.domain.timespan import Seconds

#: Watched at most from each key frame on before it is decided whether to leap: four steps at eight samples a second, two
#: questions.
PEEP = Fraction(1, 2)
#: The first two steps may be enough.
_SHORTEST_PEEP = Fraction(1, 4)
#: Key frames further apart are not leapt between. A rest of up to two seconds may go unseen; a reel's padding would cover it.
LONGEST_LEAP = Fraction(5, 2)
#: Whoever does not move clearly yet may do so a little later; a leap over what is left of a group is worth it too.
_ASK_EVERY = Fraction(1, 8)
#: Less than this is not worth finding another place in the file.
SHORTEST_LEAP = Fraction(1, 2)
#: Faster than this many body heights per second somebody moves clearly: half as fast again as what opens a segment.
CLEAR_HPS = 0.12
#: Clear is what two of three samples show; one may be lost to a region that fell apart.
_SAMPLES, _LEAST_CLEAR = 3, 2


def landing_from(keys: Sequence[Seconds], at: Seconds, end: Seconds) -> Seconds | None:
    """The key frame to watch on to or to leap to: the furthest within reach, else the next one; None when `end` is nearer.

    Args:
        keys: rising.
        at: where a peep begins.
        end: of what is watched.
    """
    ahead = [key for key in keys if at + PEEP + SHORTEST_LEAP <= key < end]
    near = [key for key in ahead if key - at <= LONGEST_LEAP]
    return near[-1] if near else next(iter(ahead), None)


def pauses_before(at: Seconds, landing: Seconds) -> Iterator[Seconds]:
    """When to ask whether to leap: soon behind `at`, and again and again as long as a leap is worth it."""
    pause = at + _SHORTEST_PEEP
    while pause + SHORTEST_LEAP <= landing:
        yield pause
        pause += _ASK_EVERY


def pauses_behind(landing: Seconds) -> Iterator[Seconds]:
    """When to ask whether somebody moves where a leap lands: each costs an eighth of a second of pictures."""
    pause = landing + _SHORTEST_PEEP
    while pause <= landing + PEEP:
        yield pause
        pause += _ASK_EVERY


def is_near(at: Seconds, landing: Seconds) -> bool:
    """Whether a leap from the peep at `at` may land there."""
    return landing - at <= LONGEST_LEAP


def move_at_end(samples: Sequence[MotionSample]) -> bool:
    """Whether persons clearly move in the last samples, be it one after the other: from here one may leap."""
    return _are_clear(samples[-_SAMPLES:], persons_among(samples))


def move_at_start(samples: Sequence[MotionSample]) -> bool:
    """Whether persons clearly move in the first samples: a leap may have landed here, whatever follows."""
    return _are_clear(samples[:_SAMPLES], persons_among(samples))


def _are_clear(samples: Sequence[MotionSample], persons: frozenset[int]) -> bool:
    return sum(_speed_in(sample, persons) >= CLEAR_HPS for sample in samples) >= _LEAST_CLEAR


def may_have_begun_before(samples: Sequence[MotionSample]) -> bool:
    """Whether a person moves in the very first sample, so that nobody saw the motion begin."""
    return bool(samples) and _speed_in(samples[0], persons_among(samples)) > 0


def bridge_leap(before: Sequence[MotionSample], after: Sequence[MotionSample], rate_hz: Fraction) -> list[MotionSample]:
    """Samples on the grid k / rate between what was seen before a leap and what was seen behind it: the persons who moved when
    it began go on, and the fastest one's speed changes evenly to that of the fastest one behind it."""
    ends, begins = _moving_persons(before[::-1]), _moving_persons(after)
    if not ends or not begins:
        return []
    (start, end), step = (before[-1].time, after[0].time), 1 / rate_hz
    confidence = min(before[-1].camera_confidence, after[0].camera_confidence)
    shares = ((time, (time - start) / (end - start)) for time in _ticks_between(start, end, step))
    return [
        MotionSample(time=time, camera_confidence=confidence, movers=tuple(_between(ends, begins[0], share)))
        for time, share in shares
    ]


def _moving_persons(samples: Sequence[MotionSample]) -> list[MoverSample]:
    """Persons in the first of the samples that has any, the fastest first."""
    persons = persons_among(samples)
    for sample in samples:
        if movers := [mover for mover in sample.movers if mover.track in persons]:
            return sorted(movers, key=lambda mover: -hypot(mover.travel_hps, mover.limb_hps))
    return []


def _between(ends: Sequence[MoverSample], begins: MoverSample, share: Fraction) -> Iterator[MoverSample]:
    part = float(share)
    fastest = ends[0]
    yield replace(
        fastest, sighting=None, box=_mixed(fastest.box, begins.box, part),
        travel_hps=fastest.travel_hps + part * (begins.travel_hps - fastest.travel_hps),
        limb_hps=fastest.limb_hps + part * (begins.limb_hps - fastest.limb_hps),
    )  # fmt: skip
    yield from (replace(mover, sighting=None) for mover in ends[1:])


def _mixed(one: Box, other: Box, part: float) -> Box:
    return Box(
        left=one.left + part * (other.left - one.left), top=one.top + part * (other.top - one.top),
        right=one.right + part * (other.right - one.right), bottom=one.bottom + part * (other.bottom - one.bottom),
    )  # fmt: skip


def _ticks_between(start: Seconds, end: Seconds, step: Seconds) -> list[Seconds]:
    """Moments of the grid between two samples, none nearer than half a step to either."""
    first, last = ceil((start + step / 2) / step), ceil((end - step / 2) / step)
    return [k * step for k in range(first, last)]


def _speed_in(sample: MotionSample, persons: frozenset[int]) -> float:
    return max((hypot(mover.travel_hps, mover.limb_hps) for mover in sample.movers if mover.track in persons), default=0.0)
