"""Measures how much of a region moves how fast, so that a body's speed can be read off once its size is known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from appliance.algorithms.compensating import Mask
from appliance.algorithms.proposing import Flow
from appliance.domain.pose import Box

#: A body moves when this share of its box does: a hand is not enough, a leg's stride is. Source: bench/RESULTS.md.
BODY_SHARE = 0.08
#: A body larger than this is measured on every second, third … pixel.
_ENOUGH_VECTORS = 4096
#: Pixel counts at which the speed curve is kept: four to half a million in steps of two, more than any analysis picture has.
_COUNTS = 2 ** np.arange(2, 20)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SpeedCurve:
    """How fast a region's pixels move between two samples.

    fastest_px: float32 (18) — speed, in pixels per sample, that at least 4, 8, 16 … pixels reach; 0 beyond the region's size.
    drift_px: the region's common motion (x, y) in pixels per sample. unity: 0..1, how far its pixels share that motion.
    """

    fastest_px: npt.NDArray[np.float32]
    drift_px: tuple[float, float]
    unity: float

    def speed_of_body(self, body_area_px: float) -> float:
        """Pixels per sample that the moving share of a body of this area reaches."""
        return float(np.interp(max(1.0, BODY_SHARE * body_area_px), _COUNTS, self.fastest_px))


def measure_region(box: Box, flow: Flow, changes: Mask) -> SpeedCurve:
    """The speed curve of the changed pixels inside `box`, from the residual flow."""
    rows, columns = _slices(box, flow.shape[:2])
    patch, changed = flow[rows, columns], changes[rows, columns] > 0
    if not changed.any():
        return SpeedCurve(fastest_px=np.zeros(len(_COUNTS), np.float32), drift_px=(0.0, 0.0), unity=0.0)
    vectors = patch[cv2.dilate(changed.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0]
    each = max(1, len(vectors) // _ENOUGH_VECTORS)
    vectors = vectors[::each]
    speeds = np.sort(np.hypot(vectors[:, 0], vectors[:, 1]))[::-1]
    ranks = -(-_COUNTS // each)
    curve = np.where(ranks <= len(speeds), speeds[np.minimum(ranks, len(speeds)) - 1], 0.0).astype(np.float32)
    drift_px, unity = _common_motion(vectors, speeds)
    return SpeedCurve(fastest_px=curve, drift_px=drift_px, unity=unity)


def _common_motion(vectors: Flow, speeds: npt.NDArray[np.float32]) -> tuple[tuple[float, float], float]:
    """What the quicker half of the pixels share, and how far they share it."""
    quick = vectors[np.hypot(vectors[:, 0], vectors[:, 1]) >= np.median(speeds)]
    drift = np.median(quick, axis=0)
    typical = float(np.median(np.hypot(quick[:, 0], quick[:, 1])))
    unity = min(1.0, float(np.hypot(*drift)) / typical) if typical > 0 else 0.0
    return (float(drift[0]), float(drift[1])), unity


def _slices(box: Box, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of the box inside the picture; empty ones where it lies outside."""
    height, width = shape[:2]
    rows = slice(max(0, int(box.top)), max(0, min(height, int(np.ceil(box.bottom)))))
    return rows, slice(max(0, int(box.left)), max(0, min(width, int(np.ceil(box.right)))))
