"""Proposes where something moves by itself: regions of change with the motion that remains after the camera's is taken out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from appliance.algorithms.compensating import Luma, Mask
from appliance.domain.pose import Box, box_around

#: float32 (height, width, 2) — pixels right and down from the aligned earlier picture to the later one.
Flow = npt.NDArray[np.float32]

#: Residual flow below this many pixels per sample is within the flow's own error. Source: Kroeger et al. 2016 (DIS), table 2.
_LEAST_FLOW_PX = 0.5
_LEAST_REGION_PX = 12
_MOST_REGIONS = 8
#: Flow is computed around the changes only, with this margin for what moved out of them.
_FLOW_MARGIN_PX = 24
_LEAST_PATCH_PX = 160


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MovingRegion:
    """One place that moves: its box, and how many pixels in it changed."""

    box: Box
    changed_px: int


class FlowEstimator:
    """Dense optical flow, only where something changed. Source: Kroeger et al. 2016, 'Fast Optical Flow using DIS'."""

    def __init__(self) -> None:
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)

    def flow_between(self, aligned: Luma, now: Luma, changes: Mask) -> Flow:
        """Residual flow; zero away from the changes."""
        flow = np.zeros((*now.shape, 2), np.float32)
        if not changes.any():
            return flow
        rows, columns = _patch_around(changes)
        patch_before, patch_now = np.ascontiguousarray(aligned[rows, columns]), np.ascontiguousarray(now[rows, columns])
        flow[rows, columns] = self._dis.calc(patch_before, patch_now, None)  # type: ignore[call-overload]
        return flow


def _patch_around(changes: Mask) -> tuple[slice, slice]:
    """Rows and columns that hold all changes and a margin.

    Never below the least patch: handed a smaller picture, DIS quietly changes its own scales, for good and for the slower.
    """
    left, top, width, height = cv2.boundingRect(changes)
    rows, columns = changes.shape
    return _widened(top, height, rows), _widened(left, width, columns)


def _widened(first: int, count: int, limit: int) -> slice:
    wanted = min(limit, max(_LEAST_PATCH_PX, count + 2 * _FLOW_MARGIN_PX))
    start = min(max(0, first + count // 2 - wanted // 2), limit - wanted)
    return slice(start, start + wanted)


def propose_regions(changes: Mask, flow: Flow) -> list[MovingRegion]:
    """Regions that changed and flow by themselves, biggest first, neighbours joined."""
    if not changes.any():
        return []
    rows, columns = _patch_around(changes)
    patch = flow[rows, columns]
    quick = cv2.magnitude(patch[..., 0], patch[..., 1]) > _LEAST_FLOW_PX
    moving = ((changes[rows, columns] > 0) & quick).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(moving, np.ones((9, 9), np.uint8)))
    sizes = np.bincount(labels[moving > 0], minlength=count)
    stats[:, :2] += (columns.start, rows.start)
    regions = [_region_from_stats(stats[i], int(sizes[i])) for i in range(1, count) if sizes[i] >= _LEAST_REGION_PX]
    return join_neighbours(sorted(regions, key=lambda region: -region.changed_px)[: 4 * _MOST_REGIONS])[:_MOST_REGIONS]


def _region_from_stats(stats: npt.NDArray[np.int32], changed_px: int) -> MovingRegion:
    left, top, width, height = (float(value) for value in stats[:4])
    return MovingRegion(box=Box(left=left, top=top, right=left + width, bottom=top + height), changed_px=changed_px)


def join_neighbours(regions: list[MovingRegion], *, reach: float = 0.25) -> list[MovingRegion]:
    """Regions closer than `reach` of the larger one's size become one: an arm and a leg of the same body."""
    waiting, done = list(regions), []
    while waiting:
        region = waiting.pop(0)
        near = [other for other in waiting if _are_near(region.box, other.box, reach)]
        if near:
            waiting = [other for other in waiting if other not in near]
            waiting.insert(0, _merge([region, *near]))
        else:
            done.append(region)
    return sorted(done, key=lambda region: -region.changed_px)


def _are_near(one: Box, other: Box, reach: float) -> bool:
    limit = reach * max(one.width, one.height, other.width, other.height)
    gap_x = max(one.left, other.left) - min(one.right, other.right)
    gap_y = max(one.top, other.top) - min(one.bottom, other.bottom)
    return gap_x < limit and gap_y < limit


def _merge(regions: list[MovingRegion]) -> MovingRegion:
    box = box_around([region.box for region in regions])
    return MovingRegion(box=box, changed_px=sum(region.changed_px for region in regions))
