"""What is made of a recording on demand, beside its reel: a sheet of small pictures, and a fast film of what was left out."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.timespan import Seconds, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Small pictures in rows, in time order. moments: when each is to be shown on the recording's clock; one may be taken from
    the key frame before."""

    columns: int
    width_px: int
    height_px: int
    moments: tuple[Seconds, ...]

    @property
    def rows(self) -> int:
        """How many rows it takes; the last one may not be full."""
        return -(-len(self.moments) // self.columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class FastFilm:
    """Stretches of a recording, one after the other, played `speed` times as fast, without sound.

    frames[i]: pictures that pieces[i] gives. key_frames: whether key frames alone are looked at, where all would take too long.
    """

    pieces: tuple[Span, ...]
    frames: tuple[int, ...]
    speed: Seconds
    rate_hz: int
    width_px: int
    height_px: int
    key_frames: bool = False
