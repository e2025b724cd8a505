"""Which frames are looked at: by their time stamps on a grid that every chunk of a recording shares, never by their index."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from appliance.domain.timespan import Seconds, Span


@dataclass(frozen=True, slots=True)
class SamplingGrid:
    """Sampling decisions in integers, as they are made for every packet and frame.

    A frame is sampled when it is the first at or after a tick k / rate of the recording's clock: when its cell differs from
    that of the frame shown before it. Two readers that meet at a seam therefore agree, whichever side a frame falls on.
    """

    scale: int
    shift: int
    per_cell: int
    start_pts: Fraction
    end_pts: Fraction

    def cell_of(self, pts: int) -> int:
        """Number of the grid cell that a stamp falls in."""
        return (pts * self.scale + self.shift) // self.per_cell

    def is_sampled(self, pts: int, shown_before_pts: int | None) -> bool:
        """Whether a frame is the first of its cell."""
        return shown_before_pts is None or self.cell_of(pts) != self.cell_of(shown_before_pts)

    def is_inside(self, pts: int) -> bool:
        """Whether a stamp lies in the span that is read."""
        return self.start_pts <= pts < self.end_pts


def grid_for(span: Span, rate_hz: Fraction, *, time_base: Fraction, zero_at: Seconds) -> SamplingGrid:
    """The grid for reading `span` of the recording's clock from a file whose stamp 0 lies at `zero_at` on that clock.

    cell = floor((pts · time_base + zero_at) · rate), with one common denominator.
    """
    scale, shift = time_base * rate_hz, zero_at * rate_hz
    common = lcm(scale.denominator, shift.denominator)
    return SamplingGrid(
        scale=int(scale * common),
        shift=int(shift * common),
        per_cell=common,
        start_pts=(span.start - zero_at) / time_base,
        end_pts=(span.end - zero_at) / time_base,
    )
