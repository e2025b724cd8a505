"""Takes the camera's own motion out: what moved because somebody panned, and what moved by itself."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
#: uint8 (height, width) — 255 where a pixel counts, 0 where it does not.
Mask = npt.NDArray[np.uint8]

_CORNERS = 200
_CORNER_GAP_PX = 8
#: Fewer corners than this say nothing about the camera.
_MIN_CORNERS = 12
#: With this many corners the share of inliers is trusted fully. Source: bench/RESULTS.md, camera confidence.
_ENOUGH_CORNERS = 60
_RANSAC_PX = 1.5
_GOOD_FIT = 0.6


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CameraMotion:
    """How the background moved between two samples.

    affine: float64 (2, 3) — takes a pixel of the earlier picture to the later one (rotation, zoom and shift).
    confidence: share of background corners that agree, 0..1, lowered where there are few.
    """

    affine: npt.NDArray[np.float64]
    confidence: float


STILL_CAMERA = CameraMotion(affine=np.eye(2, 3), confidence=1.0)
_UNKNOWN_CAMERA = CameraMotion(affine=np.eye(2, 3), confidence=0.0)


def estimate_camera(before: Luma, now: Luma, background: Mask | None) -> CameraMotion:
    """Camera motion from sparse optical flow with a robust model; corners are taken from `background` only.

    Confidence is 0 where there is too little texture to tell.
    Source: Shi & Tomasi 1994 (corners), Bouguet 2001 (pyramidal Lucas-Kanade), Fischler & Bolles 1981 (RANSAC).
    """
    corners = cv2.goodFeaturesToTrack(before, _CORNERS, 0.01, _CORNER_GAP_PX, mask=background)
    if corners is None or len(corners) < _MIN_CORNERS:
        return _UNKNOWN_CAMERA
    moved, status, _ = cv2.calcOpticalFlowPyrLK(before, now, corners, np.empty_like(corners), winSize=(17, 17), maxLevel=4)
    found = status[:, 0] == 1
    if int(found.sum()) < _MIN_CORNERS:
        return _UNKNOWN_CAMERA
    return _fit_camera(corners[found], moved[found])


def _fit_camera(before: npt.NDArray[np.float32], now: npt.NDArray[np.float32]) -> CameraMotion:
    """Fit tightly; where that leaves many corners out, as a fast pan's perspective does, fit once more with some play."""
    best = _UNKNOWN_CAMERA
    for play_px in (_RANSAC_PX, 2 * _RANSAC_PX):
        affine, inliers = cv2.estimateAffinePartial2D(before, now, ransacReprojThreshold=play_px)
        if affine is not None:
            confidence = float(inliers.mean()) * min(1.0, len(before) / _ENOUGH_CORNERS)
            best = CameraMotion(affine=np.asarray(affine, np.float64), confidence=confidence)
        if best.confidence >= _GOOD_FIT:
            break
    return best


def align_to_now(before: Luma, camera: CameraMotion) -> tuple[Luma, Mask]:
    """The earlier picture as the camera would show it now, and where that is known (255)."""
    height, width = before.shape
    aligned = cv2.warpAffine(before, camera.affine, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    everywhere = np.full(before.shape, 255, np.uint8)
    known = cv2.warpAffine(everywhere, camera.affine, (width, height), flags=cv2.INTER_NEAREST)
    return np.asarray(aligned, np.uint8), np.asarray(cv2.erode(known, np.ones((5, 5), np.uint8)), np.uint8)


def is_still(camera: CameraMotion, size_px: tuple[int, int]) -> bool:
    """Whether the camera stood: no corner of a (width, height) picture moved by a quarter of a pixel."""
    width, height = size_px
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float64)
    shift = corners @ camera.affine.T - corners[:, :2]
    return bool(np.abs(shift).max() < 0.25)
