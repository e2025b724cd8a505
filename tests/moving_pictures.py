"""Small grey pictures with known motion: a textured world, a camera that looks at part of it, a patch that moves by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
#: float64 (3, 3) — homography that takes pixels of one picture to those of another.
Matrix = npt.NDArray[np.float64]

WIDTH_PX, HEIGHT_PX = 320, 180
#: The camera sees the middle of a world that reaches this far beyond the picture on every side.
MARGIN_PX = 160


@cache
def textured(height_px: int, width_px: int, seed: int = 1) -> Luma:
    """Noise on every scale, as nature has it: corners everywhere, nothing that repeats. Read only."""
    rng = np.random.default_rng(seed)
    sum_of_scales = np.zeros((height_px, width_px), np.float32)
    for deviation_px, contrast in ((1.5, 18), (4.0, 18), (10.0, 24), (24.0, 24)):
        soft = cv2.GaussianBlur(rng.standard_normal((height_px, width_px)).astype(np.float32), (0, 0), deviation_px)
        sum_of_scales += contrast * soft / soft.std()
    texture = np.clip(128 + sum_of_scales, 0, 255).astype(np.uint8)
    texture.flags.writeable = False
    return texture


def turned_by(angle_deg: float = 0.0, zoom: float = 1.0, shift_px: tuple[float, float] = (0.0, 0.0)) -> Matrix:
    """How picture pixels move when the camera rolls about the middle, zooms and shifts."""
    affine = np.asarray(cv2.getRotationMatrix2D((WIDTH_PX / 2, HEIGHT_PX / 2), angle_deg, zoom), np.float64)
    affine[:, 2] += shift_px
    return np.vstack([affine, [0.0, 0.0, 1.0]])


def panned_by(angle_deg: float, *, focal_px: float = 300.0) -> Matrix:
    """How picture pixels move when a camera turns on the spot: near the edges faster than in the middle."""
    lens = np.array([[focal_px, 0, WIDTH_PX / 2], [0, focal_px, HEIGHT_PX / 2], [0, 0, 1]])
    turn, _ = cv2.Rodrigues(np.array([0.0, np.deg2rad(angle_deg), 0.0]))
    matrix = lens @ turn @ np.linalg.inv(lens)
    return np.asarray(matrix / matrix[2, 2], np.float64)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class World:
    """What a camera looks at: float world coordinates are picture coordinates of the camera at rest."""

    seed: int = 1
    scenery: Luma = field(init=False)

    def __post_init__(self) -> None:
        size = (HEIGHT_PX + 2 * MARGIN_PX, WIDTH_PX + 2 * MARGIN_PX)
        object.__setattr__(self, "scenery", textured(*size, seed=self.seed))

    def seen(self, motion: Matrix | None = None) -> Luma:
        """The picture whose pixels lie where `motion` takes those of the camera at rest."""
        place = (np.eye(3) if motion is None else motion) @ np.array([[1, 0, -MARGIN_PX], [0, 1, -MARGIN_PX], [0, 0, 1.0]])
        return np.asarray(cv2.warpPerspective(self.scenery, place, (WIDTH_PX, HEIGHT_PX), flags=cv2.INTER_CUBIC), np.uint8)


def with_patch(picture: Luma, left: float, top: float, size_px: int = 40, *, seed: int = 99) -> Luma:
    """The picture with a textured square laid over it, at a place to a fraction of a pixel."""
    patch = np.clip(textured(size_px, size_px, seed=seed).astype(np.int16) + 60, 0, 255).astype(np.uint8)
    place = np.array([[1.0, 0.0, left], [0.0, 1.0, top]])
    size = picture.shape[1::-1]
    laid = cv2.warpAffine(patch, place, size).astype(np.float32)
    share = cv2.warpAffine(np.ones_like(patch, np.float32), place, size)
    return np.asarray(np.clip(picture * (1 - share) + laid * share, 0, 255), np.uint8)


def with_noise(picture: Luma, deviation: float, seed: int) -> Luma:
    """The picture as a sensor sees it."""
    noise = np.random.default_rng(seed).normal(0.0, deviation, picture.shape)
    return np.asarray(np.clip(np.round(picture + noise), 0, 255), np.uint8)


def behind_bars(picture: Luma, *, bar_px: int, level: int = 16) -> Luma:
    """The picture with black bars above and below, a little noisy as coding leaves them."""
    barred = with_noise(np.full_like(picture, level), 1.0, seed=5)
    barred[bar_px : len(picture) - bar_px] = picture[bar_px : len(picture) - bar_px]
    return barred
