"""What goes into a reel, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from appliance.domain.timespan import Seconds, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A stretch of one recording that goes into the reel: padded, merged, within the recording. Title names its chapter.

    score: how worth watching it is, as its best segment's; the poster comes from the highest.
    """

    recording_id: str
    span: Span
    title: str
    poster_at: Seconds
    score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReelPlan:
    """The edit list: cuts in the order they play, never empty when a reel is made."""

    cuts: tuple[Cut, ...]

    @property
    def duration(self) -> Seconds:
        """Seconds the reel will play."""
        return sum((cut.span.length for cut in self.cuts), Fraction(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A stretch as it really came into a reel, whose cuts may have grown to key frames. source: on the recording's clock.
    played: on the reel's."""

    recording_id: str
    source: Span
    played: Span
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """A finished reel that was probed and agreed with its plan. chapters: what it holds; empty in older books."""

    path: Path
    poster: Path | None
    duration: Seconds
    width_px: int
    height_px: int
    frame_rate_hz: Fraction
    encoder: str
    size_bytes: int
    remarks: tuple[str, ...] = ()
    chapters: tuple[Chapter, ...] = ()
