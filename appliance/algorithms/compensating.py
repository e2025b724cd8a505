"""Takes the camera's own motion out: what moved because somebody panned, and what moved by itself."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Luma = npt.NDArray[np.uint8]
#: uint8 (height, width) — 255 where a pixel counts, 0 where it does not.
Mask = npt.NDArray[np.uint8]
#: float32 (n, 2) or (n, 1, 2) — x, y in pixels.
Points = npt.NDArray[np.float32]

_CORNERS = 200
_CORNER_GAP_PX = 8
_WINDOW = (15, 15)
#: The background is looked at in half size from here on: hundreds of corners make up for it, at a third of the price.
_HALVED_FROM_PX = 480
#: Fewer corners than this say nothing about the camera.
_MIN_CORNERS = 12
#: With this many corners the share of inliers is trusted fully. Source: bench/RESULTS.md, camera confidence.
_ENOUGH_CORNERS = 60
_RANSAC_PX = 1.5
#: Misfits are judged by this percentile: movers' corners are fewer than the rest.
_TYPICAL = 75
#: A camera whose typical misfit is smaller is left alone.
_VISIBLE_PX = 0.25
#: A homography may differ from turn, zoom and shift by this much around the corners it was fitted to. Fast pans reach 20.
_MOST_BEND_PX = 30.0
_GOOD_FIT = 0.6


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CameraMotion:
    """How the background moved between two samples.

    matrix: float64 (3, 3) — homography that takes a pixel of the earlier picture to the later one.
    confidence: share of background corners that agree, 0..1, lowered where there are few.
    """

    matrix: npt.NDArray[np.float64]
    confidence: float


_UNKNOWN_CAMERA = CameraMotion(matrix=np.eye(3), confidence=0.0)


def estimate_camera(before: Luma, now: Luma, background: Mask | None) -> CameraMotion:
    """Camera motion from sparse optical flow with a robust model; corners are taken from `background` only.

    Confidence is 0 where there is too little texture to tell. Zoom, turn and shift first; a pan's perspective where it shows.
    Source: Shi & Tomasi 1994 (corners), Bouguet 2001 (pyramidal Lucas-Kanade), Fischler & Bolles 1981 (RANSAC).
    """
    shrink = 2 if max(before.shape) >= _HALVED_FROM_PX else 1
    small_before, small_now = _shrunk(before, shrink), _shrunk(now, shrink)
    mask = background if background is None or shrink == 1 else _fitted(background, small_before.shape)
    corners = cv2.goodFeaturesToTrack(small_before, _CORNERS, 0.01, _CORNER_GAP_PX / shrink, mask=mask)
    if corners is None or len(corners) < _MIN_CORNERS:
        return _UNKNOWN_CAMERA
    guess = np.empty_like(corners)
    moved, status, _ = cv2.calcOpticalFlowPyrLK(small_before, small_now, corners, guess, winSize=_WINDOW, maxLevel=4)
    found = status[:, 0] == 1
    if int(found.sum()) < _MIN_CORNERS:
        return _UNKNOWN_CAMERA
    return _fit_camera(_grown(corners[found], shrink), _grown(moved[found], shrink))


def _shrunk(luma: Luma, times: int) -> Luma:
    if times == 1:
        return luma
    return np.asarray(cv2.resize(luma, None, fx=1 / times, fy=1 / times, interpolation=cv2.INTER_AREA), np.uint8)


def _fitted(mask: Mask, shape: tuple[int, ...]) -> Mask:
    return np.asarray(cv2.resize(mask, (shape[1], shape[0]), interpolation=cv2.INTER_NEAREST), np.uint8)


def _grown(points: Points, times: int) -> Points:
    """Points of a shrunk picture in the whole one; pixel centres lie half a pixel in."""
    return np.asarray((points + 0.5) * times - 0.5, np.float32)


def _fit_camera(before: Points, now: Points) -> CameraMotion:
    """Fit turn, zoom and shift tightly, then with some play; a pan's perspective on top where it explains more."""
    best = _UNKNOWN_CAMERA
    trust = min(1.0, len(before) / _ENOUGH_CORNERS)
    for play_px in (_RANSAC_PX, 2 * _RANSAC_PX):
        affine, inliers = cv2.estimateAffinePartial2D(before, now, ransacReprojThreshold=play_px)
        if affine is not None:
            best = CameraMotion(matrix=np.vstack([affine, [0.0, 0.0, 1.0]]), confidence=float(inliers.mean()) * trust)
        if best.confidence >= _GOOD_FIT:
            break
    return _with_perspective(best, before, now)


def _with_perspective(camera: CameraMotion, before: Points, now: Points) -> CameraMotion:
    """The homography that explains the corners much better, or the camera as it is.

    A camera that turns on the spot moves its picture by a homography (Hartley & Zisserman 2004, 8.4); but eight numbers from
    corners in one strip of the picture go wild elsewhere, so one that bends the picture's frame is not believed.
    """
    misfit_px = float(np.percentile(_misfits(camera.matrix, before, now), _TYPICAL))
    if misfit_px < _VISIBLE_PX or len(before) < _ENOUGH_CORNERS:
        return camera
    found, inliers = cv2.findHomography(before, now, cv2.RANSAC, _RANSAC_PX)
    if found is None:
        return camera
    matrix = np.asarray(found, np.float64)
    if float(np.percentile(_misfits(matrix, before, now), _TYPICAL)) > 0.5 * misfit_px:
        return camera
    frame = _frame_around(before)
    if float(_misfits(matrix, frame, _moved(camera.matrix, frame)).max()) > _MOST_BEND_PX:
        return camera
    trust = min(1.0, len(before) / _ENOUGH_CORNERS)
    return CameraMotion(matrix=matrix, confidence=max(camera.confidence, float(inliers.mean()) * trust))


def _misfits(matrix: npt.NDArray[np.float64], before: Points, now: Points) -> npt.NDArray[np.float64]:
    """float64 (n): pixels between where the matrix takes the points and where they are."""
    return np.asarray(np.linalg.norm(_moved(matrix, before) - now.reshape(-1, 2), axis=1))


def _moved(matrix: npt.NDArray[np.float64], points: Points) -> Points:
    return np.asarray(cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float32), matrix).reshape(-1, 2), np.float32)


def _frame_around(points: Points) -> Points:
    """The corners of a frame half as large again as the points' own."""
    low, high = points.reshape(-1, 2).min(axis=0), points.reshape(-1, 2).max(axis=0)
    middle, reach = (low + high) / 2, 0.75 * (high - low)
    return np.array([middle + reach * sign for sign in ((-1, -1), (1, -1), (-1, 1), (1, 1))], np.float32)


def carry_point(camera: CameraMotion, point: tuple[float, float]) -> tuple[float, float]:
    """Where a background point of the earlier picture lies in the later one."""
    x, y = _moved(camera.matrix, np.array([point], np.float32))[0]
    return float(x), float(y)


def align_to_now(before: Luma, camera: CameraMotion) -> tuple[Luma, Mask]:
    """The earlier picture as the camera would show it now, and where that is known (255)."""
    height, width = before.shape
    aligned = cv2.warpPerspective(before, camera.matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    everywhere = np.full(before.shape, 255, np.uint8)
    known = cv2.warpPerspective(everywhere, camera.matrix, (width, height), flags=cv2.INTER_NEAREST)
    return np.asarray(aligned, np.uint8), np.asarray(cv2.erode(known, np.ones((5, 5), np.uint8)), np.uint8)
