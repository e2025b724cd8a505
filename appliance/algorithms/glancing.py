"""Glances at key frames only and says which stretches deserve to be watched: between two key frames that look alike, once the
camera is taken out, nobody moved. A glance costs a hundredth of watching."""

from __future__ import annotations

from fractions import Fraction

import cv2
import numpy as np

from appliance.algorithms.barring import find_picture
from appliance.algorithms.compensating import Luma, align_to_now, estimate_camera
from appliance.algorithms.differencing import find_changes, largest_cluster_px
from appliance.algorithms.proposing import FlowEstimator, propose_regions
from appliance.domain.media import VideoTrack
from appliance.domain.timespan import Seconds, Span, joined, total_length

#: Key frames further apart say nothing about what happened between them.
LONGEST_GAP = Fraction(5)
#: … unless the file spends less than this on the pictures between them: a person who moves for a second costs any encoder more
#: than a minute of unchanged pictures. Source: static recordings in bench/RESULTS.md, 46 to 75 bytes a picture at 1080p.
SILENCE_BITS_PER_PIXEL = 0.0004
#: Where fewer corners agree on the camera's motion, the two cannot be compared. Source: bench/RESULTS.md, glancing.
_LEAST_CONFIDENCE = 0.5
#: What stirs less than this many pixels of a 640 px picture is not looked into.
_LEAST_STIR_PX = 24
#: Somebody small who was only in one of the two leaves no flow between them, but a cluster of changes. What is left of noise and
#: of compression reaches 71 pixels on the labelled sessions, a far skater 232 and more (the drawn session "far skaters").
_LEAST_CLUSTER_PX = 100
#: Grey levels by which the mean of 64 pixels differs only where something moved: six times what strong sensor noise does.
_PATCH_CHANGE = 5.0
#: Watched behind every stretch that stirs: motion may go on a little behind a key frame without showing in the next one.
_MARGIN = Fraction(1, 2)
#: Still stretches shorter than this are watched with their neighbours: seeking costs as much.
_SHORTEST_SKIP = Fraction(1)
#: When no more than this share could be left out, nothing is.
_LEAST_GAIN = 0.15


class Glancer:
    """A small machine: feed key frames in time order, read off at the end what has to be watched."""

    def __init__(self, video: VideoTrack) -> None:
        self._pixels_per_s = float(video.width_px * video.height_px * video.frame_rate_hz)
        self._flow = FlowEstimator()
        self._before: tuple[Seconds, Luma] | None = None
        self._still: list[Span] = []

    def feed(self, time: Seconds, luma: Luma, spent_bytes: int) -> bool:
        """Take the next key frame and the bytes spent since the one before; returns whether that time is known to be still."""
        before, self._before = self._before, (time, luma)
        if before is None or time <= before[0] or before[1].shape != luma.shape:
            return False
        if time - before[0] > LONGEST_GAP and not self._is_silent(float(time - before[0]), spent_bytes):
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

    def _is_silent(self, gap_s: float, spent_bytes: int) -> bool:
        """Whether the encoder spent so little that nothing can have changed in between."""
        return 8 * spent_bytes < SILENCE_BITS_PER_PIXEL * self._pixels_per_s * gap_s

    def _stirs(self, before: Luma, now: Luma) -> bool:
        picture = find_picture(now)
        camera = estimate_camera(before, now, picture)
        if camera.confidence < _LEAST_CONFIDENCE:
            # Bare ice or a dark hall give no corners; there, what looks the same without any help has not moved.
            return _differ(before, now)
        aligned, known = align_to_now(before, camera)
        changes = find_changes(aligned, now, np.asarray(cv2.bitwise_and(known, picture), np.uint8))
        if largest_cluster_px(changes) >= _LEAST_CLUSTER_PX:
            return True
        regions = propose_regions(changes, self._flow.flow_between(aligned, now, changes))
        return any(region.changed_px >= _LEAST_STIR_PX for region in regions)


def _differ(before: Luma, now: Luma) -> bool:
    """Whether any patch of eight by eight pixels changed its mean by more than noise can."""
    size = (max(1, now.shape[1] // 8), max(1, now.shape[0] // 8))
    patches = [cv2.resize(luma, size, interpolation=cv2.INTER_AREA).astype(np.float32) for luma in (before, now)]
    return float(np.abs(patches[1] - patches[0]).max()) > _PATCH_CHANGE


def _shrunk(still: Span, span: Span) -> Span | None:
    """What may be left out of a still stretch: less a margin at its start unless that is the span's own, and not too little.

    None at its end: what lies before a key frame costs a whole group of pictures, and is watched when motion turns out to have
    begun there.
    """
    start = span.start if still.start <= span.start else still.start + _MARGIN
    end = min(still.end, span.end)
    return Span(start, end) if end - start >= _SHORTEST_SKIP else None
