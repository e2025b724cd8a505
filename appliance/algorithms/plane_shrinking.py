"""Luma at the size that motion is measured at, straight from the plane a decoder leaves behind."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

#: uint8 or uint16 (height, width) — luma as coded; limited-range video keeps its 16 to 235.
Plane = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


def shrink_plane(plane: Plane, size_px: tuple[int, int], used_bits: int = 8) -> npt.NDArray[np.uint8]:
    """A luma plane at another size, every stored pixel counted (area average).

    Args:
        plane: uint8 or uint16 (height, width).
        size_px: width and height to come out with.
        used_bits: how many low bits of a uint16 are in use; what is above eight is dropped.

    Returns:
        uint8 (height, width).
    """
    small = plane if plane.shape[::-1] == size_px else cv2.resize(plane, size_px, interpolation=cv2.INTER_AREA)
    if small.dtype == np.uint8:
        return np.asarray(small, np.uint8)
    deep = np.asarray(small, np.uint16) >> np.uint16(used_bits - 8)
    return np.asarray(np.minimum(deep, 255), np.uint8)
