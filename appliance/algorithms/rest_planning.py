"""Plans a fast film of what a reel left out, so that nobody has to trust the machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import accumulate, pairwise

from appliance.domain.extra import FastFilm
from appliance.domain.reel import ReelPlan
from appliance.domain.timespan import Seconds, Span, total_length

#: As fast as one can follow; faster only where the film would be longer than anybody watches.
SLOWEST = Fraction(8)
LONGEST = Fraction(120)
RATE_HZ = 15
LONG_SIDE_PX = 640
#: Shorter stretches are over before one sees them, and more of them take too long to find.
SHORTEST = Fraction(1)
MOST_PIECES = 400
#: Longer than this, key frames are looked at alone: they show the same, and cost a tenth.
ALL_FRAMES = Fraction(300)


def plan_rest(bounds: Span, plan: ReelPlan | None, size_px: tuple[int, int]) -> FastFilm | None:
    """The film of all within `bounds` that is not in the reel; None when the reel holds everything. size_px: of the pictures."""
    pieces = _longest(left_out(bounds, (cut.span for cut in plan.cuts) if plan is not None else ()))
    whole = total_length(pieces)
    if not pieces:
        return None
    speed = max(SLOWEST, whole / LONGEST)
    width, height = fitted(size_px)
    return FastFilm(
        pieces=pieces,
        frames=_frames_of(pieces, speed),
        speed=speed,
        rate_hz=RATE_HZ,
        width_px=width,
        height_px=height,
        key_frames=whole > ALL_FRAMES,
    )


def left_out(bounds: Span, kept: Iterable[Span]) -> Iterator[Span]:
    """What lies between sorted, disjoint spans, and before and behind them."""
    at = bounds.start
    for span in kept:
        if span.start > at:
            yield Span(at, span.start)
        at = max(at, span.end)
    if bounds.end > at:
        yield Span(at, bounds.end)


def fitted(size_px: tuple[int, int]) -> tuple[int, int]:
    """Even sides of the same shape, the longer one no longer than the film's."""
    shrink = min(Fraction(1), Fraction(LONG_SIDE_PX, max(size_px)))
    width, height = (max(2, round(side * shrink / 2) * 2) for side in size_px)
    return width, height


def _longest(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The longest ones, in time order."""
    worth = (span for span in spans if span.length >= SHORTEST)
    return tuple(sorted(sorted(worth, key=lambda span: -span.length)[:MOST_PIECES]))


def _frames_of(pieces: Iterable[Span], speed: Seconds) -> tuple[int, ...]:
    """Rounded on the film's clock, so that nothing adds up; at least one picture each."""
    bounds = (round(played / speed * RATE_HZ) for played in accumulate((span.length for span in pieces), initial=Fraction(0)))
    return tuple(max(1, end - begin) for begin, end in pairwise(bounds))
