"""The knobs people may turn, in units they can reason about. Frozen; settings builds them, algorithms obey them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from appliance.domain.errors import Misconfigured
from appliance.domain.timespan import Seconds, Span

#: More stretches than this nobody chooses by hand.
MOST_PARTS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchingRule:
    """How footage is looked at. target_fps: samples per second. target_height_px: height of the picture that
    motion is measured in, for a 16:9 picture; others get as many pixels on their long side. chunk: seconds analysed in one go.
    leaps: whether long motion is watched at its key frames only (ADR 0017)."""

    target_fps: Fraction = Fraction(8)
    target_height_px: int = 360
    chunk: Seconds = Fraction(120)
    leaps: bool = True

    @property
    def long_side_px(self) -> int:
        """Longer side of the picture that motion is measured in."""
        return round(self.target_height_px * 16 / 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionRule:
    """When motion counts. Speeds are body heights per second relative to the ice (hps).

    movement_threshold_hps opens a segment once exceeded for `min_moving`; it closes after `max_stationary` below
    `release_hps`. Segments closer than `merge_gap` become one.
    """

    movement_threshold_hps: float = 0.08
    release_hps: float = 0.025
    min_moving: Seconds = Fraction(1, 2)
    max_stationary: Seconds = Fraction(1)
    merge_gap: Seconds = Fraction(1)

    def __post_init__(self) -> None:
        if not 0 < self.release_hps <= self.movement_threshold_hps:
            raise Misconfigured(
                f"motion is released at {self.release_hps} and opened at {self.movement_threshold_hps} body heights per second",
                remedy="Give a threshold above zero, and a release level no higher than the threshold.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReelRule:
    """How a reel is put together: seconds kept before and after each segment, and how long the whole may be (None: all).

    parts: stretches of one recording that somebody chose by hand, sorted and apart from each other. They are the reel, exactly;
    what was detected, the padding and the budget do not count then.
    """

    pad_before: Seconds = Fraction(2)
    pad_after: Seconds = Fraction(3)
    budget: Seconds | None = None
    parts: tuple[Span, ...] | None = None

    def __post_init__(self) -> None:
        if self.parts is None:
            return
        if not 1 <= len(self.parts) <= MOST_PARTS:
            raise Misconfigured(
                f"{len(self.parts)} stretches were chosen by hand", remedy=f"Choose at least one, and at most {MOST_PARTS}."
            )
        if any(before.end >= after.start for before, after in pairwise(self.parts)):
            raise Misconfigured(
                "stretches that were chosen by hand are out of order", remedy="Sort them, and join those that touch."
            )

    @property
    def is_exact(self) -> bool:
        """Whether the reel's length was promised, so that cuts may not grow to where copying is cheap."""
        return self.budget is not None or self.parts is not None
