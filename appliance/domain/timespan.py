"""Exact time: integer presentation stamps with a rational base, and half-open spans of rational seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

#: Rational seconds, as everything between decoder and encoder uses. Floats appear only at the edges.
Seconds = Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Instant:
    """A decoder's time stamp: `pts` ticks of `time_base` seconds each."""

    pts: int
    time_base: Fraction

    @property
    def seconds(self) -> Seconds:
        """The stamp as exact seconds."""
        return self.pts * self.time_base


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open interval [start, end) in seconds. Raises ValueError when it would be empty or backwards."""

    start: Seconds
    end: Seconds

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"a span ends after it starts; found [{self.start}, {self.end})")

    @property
    def length(self) -> Seconds:
        """Seconds between start and end."""
        return self.end - self.start

    def contains(self, moment: Seconds) -> bool:
        """Whether the moment lies in [start, end)."""
        return self.start <= moment < self.end

    def overlaps(self, other: Span) -> bool:
        """Whether the two share more than a point."""
        return self.start < other.end and other.start < self.end

    def clipped_to(self, other: Span) -> Span | None:
        """The part inside `other`, or None when they do not overlap."""
        return Span(max(self.start, other.start), min(self.end, other.end)) if self.overlaps(other) else None

    def widened(self, before: Seconds, after: Seconds) -> Span:
        """The span with `before` seconds more at the front and `after` at the back."""
        return Span(self.start - before, self.end + after)


def seconds_from_float(value_s: float) -> Seconds:
    """Exact seconds from a float that people or files wrote, at a resolution of one microsecond."""
    return Fraction(round(value_s * 1_000_000), 1_000_000)


def joined(spans: Iterable[Span], *, gap: Seconds = Fraction(0)) -> Iterator[Span]:
    """Sorted, disjoint spans: neighbours no more than `gap` apart become one."""
    current: Span | None = None
    for span in sorted(spans):
        if current is None:
            current = span
        elif span.start - current.end <= gap:
            current = Span(current.start, max(current.end, span.end))
        else:
            yield current
            current = span
    if current is not None:
        yield current


def total_length(spans: Iterable[Span]) -> Seconds:
    """Seconds covered by disjoint spans."""
    return sum((span.length for span in spans), Fraction(0))
