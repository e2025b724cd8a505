"""Cuts a turned rectangle out of a picture for a network that wants one upright person, and finds the way back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from appliance.domain.pose import Box

Points = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class CropRegion:
    """A rectangle in a picture: its middle, its size along its own axes, and how far it is turned clockwise (radians)."""

    center_x: float
    center_y: float
    width: float
    height: float
    turn_rad: float = 0.0

    def corners(self) -> Points:
        """corners: float32 (3, 2) — top left, top right, bottom left, in picture pixels."""
        cosine, sine = math.cos(self.turn_rad), math.sin(self.turn_rad)
        right = np.array([cosine, sine]) * (self.width / 2)
        down = np.array([-sine, cosine]) * (self.height / 2)
        center = np.array([self.center_x, self.center_y])
        return np.array([center - right - down, center + right - down, center - right + down], np.float32)

    def matrix(self, crop_px: tuple[int, int]) -> Points:
        """float32 (2, 3) — from a pixel of the crop (column, row, 1) to where it lies in the picture."""
        origin, right, down = self.corners()
        return np.stack([(right - origin) / crop_px[0], (down - origin) / crop_px[1], origin], axis=1).astype(np.float32)

    def to_picture(self, points: Points) -> Points:
        """points: float32 (..., 2) — x, y as shares (0..1) of the region → picture pixels."""
        origin, right, down = self.corners()
        placed: Points = origin + points[..., :1] * (right - origin) + points[..., 1:2] * (down - origin)
        return placed.astype(np.float32, copy=False)


def crop_picture(
    picture: Picture, region: CropRegion, crop_px: tuple[int, int], *, border: int = cv2.BORDER_REPLICATE
) -> Picture:
    """The region, upright, as uint8 (height, width, 3) of `crop_px` (width, height)."""
    width, height = crop_px
    target = np.array([[0, 0], [width, 0], [0, height]], np.float32)
    matrix = cv2.getAffineTransform(region.corners(), target)
    crop = cv2.warpAffine(picture, matrix, crop_px, flags=cv2.INTER_LINEAR, borderMode=border)
    return crop.astype(np.uint8, copy=False)


def region_around(box: Box, *, aspect: float, padding: float) -> CropRegion:
    """The upright region around a box, `padding` times as large and widened or heightened to width / height = `aspect`.

    Source: mmpose, GetBBoxCenterScale (padding 1.25) and TopdownAffine (fixed aspect).
    """
    width, height = max(box.width, 1.0), max(box.height, 1.0)
    width, height = (height * aspect, height) if width < height * aspect else (width, width / aspect)
    return CropRegion(center_x=box.center[0], center_y=box.center[1], width=width * padding, height=height * padding)


def region_of_picture(picture_px: tuple[int, int]) -> CropRegion:
    """The upright square that a whole picture (width, height) fits into, its middle on the picture's middle."""
    width, height = picture_px
    side = max(width, height)
    return CropRegion(center_x=width / 2, center_y=height / 2, width=side, height=side)
