"""Reading the frame rate off time stamps, because headers round, guess and lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

#: Neighbouring intervals may differ by this factor and still count as even: ms stamps show 60 Hz as 16 and 17 ms, and a muxer
#: rounds either way.
EVEN_WITHIN = 1.5
#: A measured rate this close to the header's is the header's, which states it exactly (30000/1001).
SAME_RATE = 0.01
#: Cameras write 1 to 1000 frames a second; anything else in a header is a tick rate. Source: slow-motion modes end at 960 Hz.
PLAUSIBLE_HZ = (Fraction(1, 60), Fraction(1000))


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSpacing:
    """rate_hz: average frames a second. interval: seconds that a frame is usually shown. even: whether all are alike."""

    rate_hz: Fraction
    interval: Fraction
    even: bool


def spacing_from_stamps(stamps: Iterable[int], time_base: Fraction, stated: Iterable[Fraction | None]) -> FrameSpacing:
    """Spacing of the frames with these stamps (any order), helped by the rates that headers state, best first."""
    ordered = sorted(set(stamps))
    steps = sorted(later - earlier for earlier, later in pairwise(ordered))
    plausible = [rate for rate in stated if rate is not None and PLAUSIBLE_HZ[0] <= rate < PLAUSIBLE_HZ[1]]
    if not steps:
        rate = plausible[0] if plausible else Fraction(25)
        return FrameSpacing(rate_hz=rate, interval=1 / rate, even=True)
    even = steps[-1] <= max(steps[0] * EVEN_WITHIN, steps[0] + 1)
    measured = len(steps) / ((ordered[-1] - ordered[0]) * time_base)
    rate = next((rate for rate in plausible if abs(rate / measured - 1) <= SAME_RATE), measured)
    return FrameSpacing(rate_hz=rate, interval=1 / rate if even else steps[len(steps) // 2] * time_base, even=even)
