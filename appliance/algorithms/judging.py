"""How well found motion agrees with the truth. Tallies of several recordings add up; the figures are those of the sum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from appliance.domain.timespan import Seconds, Span, joined, total_length

#: Overlaps (intersection over union) at which segments are matched. Source: Lea et al. 2017, F1@10, 25, 50.
OVERLAPS: Final = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts from one or more recordings.

    hit: seconds both found and true. matched[i]: segments matched at OVERLAPS[i]. edge_errors_s: how far both edges of each
    segment matched at the last overlap lie off, in seconds.
    """

    duration: Seconds
    true: Seconds
    found: Seconds
    hit: Seconds
    true_segments: int
    found_segments: int
    matched: tuple[int, ...]
    edge_errors_s: tuple[float, ...]

    @property
    def recall(self) -> float | None:
        """Share of true seconds that were found; None when nothing is true."""
        return float(self.hit / self.true) if self.true else None

    @property
    def precision(self) -> float | None:
        """Share of found seconds that are true; None when nothing was found."""
        return float(self.hit / self.found) if self.found else None

    @property
    def edge_error_s(self) -> float | None:
        """The middle one of the edge errors; None when no segment matched."""
        return float(np.median(self.edge_errors_s)) if self.edge_errors_s else None

    @property
    def false_share(self) -> float | None:
        """Share of still seconds that were found all the same; None when nothing is still."""
        still = self.duration - self.true
        return float((self.found - self.hit) / still) if still > 0 else None

    def f1(self, overlap: Fraction = OVERLAPS[-1]) -> float | None:
        """Segmental F1 at one of OVERLAPS; None when there is no segment on either side."""
        segments = self.true_segments + self.found_segments
        return 2.0 * self.matched[OVERLAPS.index(overlap)] / segments if segments else None

    def __add__(self, other: Tally) -> Tally:
        """Both recordings together."""
        return Tally(
            duration=self.duration + other.duration, true=self.true + other.true, found=self.found + other.found,
            hit=self.hit + other.hit, true_segments=self.true_segments + other.true_segments,
            found_segments=self.found_segments + other.found_segments,
            matched=tuple(a + b for a, b in zip(self.matched, other.matched, strict=True)),
            edge_errors_s=self.edge_errors_s + other.edge_errors_s,
        )  # fmt: skip


def judge_segments(found: Sequence[Span], truth: Sequence[Span], duration: Seconds) -> Tally:
    """Compare what was found with the truth about one recording; spans that touch or overlap count as one."""
    found, truth = list(joined(found)), list(joined(truth))
    shared = [one.clipped_to(other) for one in found for other in truth]
    pairs = [matched_pairs(found, truth, overlap) for overlap in OVERLAPS]
    edges = [abs(float(edge)) for one, other in pairs[-1] for edge in (one.start - other.start, one.end - other.end)]
    return Tally(
        duration=duration, true=total_length(truth), found=total_length(found),
        hit=total_length(span for span in shared if span is not None), true_segments=len(truth), found_segments=len(found),
        matched=tuple(len(pair) for pair in pairs), edge_errors_s=tuple(edges),
    )  # fmt: skip


def matched_pairs(found: Sequence[Span], truth: Sequence[Span], overlap: Fraction) -> list[tuple[Span, Span]]:
    """Found segments with the true ones they match: in order, each takes the best still free one that overlaps enough."""
    free = list(truth)
    pairs = []
    for segment in sorted(found):
        best = max(free, key=lambda other: _overlap(segment, other), default=None)
        if best is not None and _overlap(segment, best) >= overlap:
            free.remove(best)
            pairs.append((segment, best))
    return pairs


def _overlap(one: Span, other: Span) -> Fraction:
    """Intersection over union."""
    shared = one.clipped_to(other)
    if shared is None:
        return Fraction(0)
    return shared.length / (one.length + other.length - shared.length)
