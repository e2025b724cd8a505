"""Keeps one of several boxes that mean the same person."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float32]


def overlap_of(box: Numbers, boxes: Numbers) -> Numbers:
    """Intersection over union of one box with many.

    Args:
        box: float32 (4,) — left, top, right, bottom.
        boxes: float32 (n, 4) — the same.
    """
    size = np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2])
    shared = np.prod(np.maximum(size, 0), axis=1)
    union = np.prod(np.maximum(box[2:] - box[:2], 0)) + np.prod(np.maximum(boxes[:, 2:] - boxes[:, :2], 0), axis=1) - shared
    return np.where(union > 0, shared / np.maximum(union, np.finfo(np.float32).tiny), 0).astype(np.float32)


def group_boxes(boxes: Numbers, scores: Numbers, *, overlap: float) -> list[npt.NDArray[np.intp]]:
    """Groups of boxes that overlap their best one by more than `overlap`; best group first, best box first in each."""
    remaining = np.argsort(-scores, kind="stable")
    groups: list[npt.NDArray[np.intp]] = []
    while remaining.size:
        same = overlap_of(boxes[remaining[0]], boxes[remaining]) > overlap
        same[0] = True
        groups.append(remaining[same])
        remaining = remaining[~same]
    return groups


def suppress_boxes(boxes: Numbers, scores: Numbers, *, overlap: float) -> npt.NDArray[np.intp]:
    """Indices of the boxes that stay, best first."""
    return np.array([group[0] for group in group_boxes(boxes, scores, overlap=overlap)], np.intp)
