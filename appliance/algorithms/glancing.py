"""Glances at key frames only and says which stretches deserve to be watched: between two key frames that look alike, once the
camera is taken out, nobody moved. A glance costs a hundredth of watching."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np

from appliance.algorithms.barring import find_picture
from appliance.algorithms.compensating import Luma, align_to_now, estimate_camera
from appliance.algorithms.differencing import find_changes
from appliance.algorithms.proposing import FlowEstimator, propose_regions
from appliance.domain.timespan import Seconds, Span, joined, total_length

#: Key frames further apart say nothing about what happened between them.
LONGEST_GAP = Fraction(5)
#: Where fewer corners agree on the camera's motion, the two cannot be compared. Source: bench/RESULTS.md, glancing.
_LEAST_CONFIDENCE = 0.5
#: What stirs less than this many pixels of a 640 px picture is not looked into.
_LEAST_STIR_PX = 24
#: Watched beside every stretch that stirs: motion may begin a little before it shows in a key frame.
_MARGIN = Fraction(1, 2)
#: Still stretches shorter than this are watched with their neighbours: seeking costs as much.
_SHORTEST_SKIP = Fraction(2)
#: When no more than this share could be left out, nothing is.
_LEAST_GAIN = 0.15


class Glancer:
    """A small machine: feed key frames in time order, read off at the end what has to be watched."""

    def __init__(self) -> None:
        self._flow = FlowEstimator()
        self._before: tuple[Seconds, Luma] | None = None
        self._still: list[Span] = []

    def feed(self, time: Seconds, luma: Luma) -> bool:
        """Take the next key frame; returns whether the time since the one before it is known to be still."""
        before, self._before = self._before, (time, luma)
        if before is None or time <= before[0] or time - before[0] > LONGEST_GAP or before[1].shape != luma.shape:
            return False
        if self._stirs(before[1], luma):
            return False
        self._still.append(Span(before[0], time))
        return True

    def finish(self, span: Span) -> tuple[Span, ...]:
        """The stretches of `span` that have to be watched, sorted and disjoint; all of it when little could be left out."""
        skipped = [inner for still in joined(self._still) if (inner := _shrunk(still, span)) is not None]
        if float(total_length(skipped)) < _LEAST_GAIN * float(span.length):
            return (span,)
        edges = [span.start, *(edge for skip in skipped for edge in (skip.start, skip.end)), span.end]
        return tuple(Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start)

    def _stirs(self, before: Luma, now: Luma) -> bool:
        picture = find_picture(now)
        camera = estimate_camera(before, now, picture)
        if camera.confidence < _LEAST_CONFIDENCE:
            return True
        aligned, known = align_to_now(before, camera)
        changes = find_changes(aligned, now, np.asarray(cv2.bitwise_and(known, picture), np.uint8))
        if not changes.any():
            return False
        return any(
            region.changed_px >= _LEAST_STIR_PX
            for region in propose_regions(changes, self._flow.flow_between(aligned, now, changes))
        )


def _shrunk(still: Span, span: Span) -> Span | None:
    """What may be left out of a still stretch: less a margin at each end that is not the span's own, and not too little."""
    start = span.start if still.start <= span.start else still.start + _MARGIN
    end = span.end if still.end >= span.end else still.end - _MARGIN
    return Span(start, end) if end - start >= _SHORTEST_SKIP else None
