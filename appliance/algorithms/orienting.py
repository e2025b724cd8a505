"""Turning stored pictures upright: from a container's display matrix to quarter turns and a mirror, and onto arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from appliance.domain.media import Orientation

_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


def orientation_from_matrix(matrix: Sequence[int]) -> Orientation:
    """Orientation from the nine numbers of a display matrix, to the nearest quarter turn; upright when it is degenerate.

    A stored point (x, y) is shown at (a·x + c·y, b·x + d·y), rows being (a, b, u), (c, d, v). A negative determinant mirrors.
    Source: ISO/IEC 14496-12, 8.3.2 (track header matrix).
    """
    a, b, _, c, d = matrix[:5]
    determinant = a * d - b * c
    if determinant == 0:
        return Orientation()
    mirrored = determinant < 0
    # Undo the mirror first: what is left is a turn of atan2(b, a), clockwise as y points down.
    turn_deg = math.degrees(math.atan2(b, -a if mirrored else a))
    return Orientation(turn_deg=round(turn_deg / 90) * 90 % 360, mirrored=mirrored)


def is_quarter_turn(matrix: Sequence[int]) -> bool:
    """Whether a display matrix is a multiple of 90 degrees, so that nothing is lost by treating it as such."""
    a, b, _, c, d = matrix[:5]
    slack = 0.02 * max(abs(a), abs(b), abs(c), abs(d), 1)
    return (abs(a) <= slack and abs(d) <= slack) or (abs(b) <= slack and abs(c) <= slack)


def turn_upright(pixels: npt.NDArray[np.uint8], orientation: Orientation) -> npt.NDArray[np.uint8]:
    """The picture as people see it.

    Args:
        pixels: uint8 (height, width) or (height, width, channels) — as stored.
        orientation: how the stored picture becomes upright.

    Returns:
        uint8, contiguous, sides swapped for quarter turns.
    """
    if orientation.turn_deg in _TURNS:
        pixels = np.asarray(cv2.rotate(pixels, _TURNS[orientation.turn_deg]), np.uint8)
    if orientation.mirrored:
        pixels = np.asarray(cv2.flip(pixels, 1), np.uint8)
    return np.ascontiguousarray(pixels)


def stored_size_for(display_px: tuple[int, int], long_side_px: int, orientation: Orientation) -> tuple[int, int]:
    """Width and height to scale a stored picture to, so that once upright its longer side is `long_side_px`; never enlarged."""
    width, height = display_px
    factor = min(1.0, long_side_px / max(width, height))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return size[::-1] if orientation.swaps_sides else size
