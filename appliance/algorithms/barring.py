"""Finds the black bars of a letterboxed or pillarboxed picture: they stand still while the picture pans, and so would look like
motion to everything that follows."""

from __future__ import annotations

import numpy as np

from appliance.algorithms.compensating import Luma, Mask

#: A bar is darker than this (limited-range black is 16) and varies less than this, sensor noise and coding included.
_BLACK = 30.0
_FLAT = 12.0
#: Pixels beside a bar belong to neither.
_MARGIN_PX = 4


def find_picture(luma: Luma) -> Mask:
    """Mask (255) of the picture between its bars; everything where there are none, or where all is black."""
    rows, columns = _between_bars(luma), _between_bars(luma.T)
    inside = np.full(luma.shape, 255, np.uint8)
    if rows is None or columns is None:
        return inside
    for axis, (first, last), size in ((0, rows, luma.shape[0]), (1, columns, luma.shape[1])):
        edges: list[slice] = []
        if first > 0:
            edges.append(slice(0, first + _MARGIN_PX))
        if last < size:
            edges.append(slice(max(0, last - _MARGIN_PX), size))
        for edge in edges:
            inside[(edge, slice(None)) if axis == 0 else (slice(None), edge)] = 0
    return inside


def _between_bars(luma: Luma) -> tuple[int, int] | None:
    """First and past-the-last row that is no bar; None when every row is black."""
    lines = luma[:, ::4].astype(np.float32)
    picture = np.flatnonzero((lines.mean(axis=1) > _BLACK) | (lines.std(axis=1) > _FLAT))
    return (int(picture[0]), int(picture[-1]) + 1) if len(picture) else None
