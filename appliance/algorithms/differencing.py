"""Where a picture changed that the camera does not explain: the cheap question that decides whether a dear one is asked."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from appliance.algorithms.compensating import Luma, Mask

#: A change below this many grey levels is never one, whatever the noise.
_LEAST_CHANGE = 6.0
#: Changes stand out from noise by this many standard deviations.
_NOISE_FACTOR = 5.0
#: Median absolute deviation of a normal distribution to its standard deviation. Source: Rousseeuw & Croux 1993.
_MAD_TO_SIGMA = 1.4826
#: Brightness that drifts over regions wider than this (lamps, exposure) is not motion.
_DRIFT_PX = 61
#: No lamp changes a picture's contrast by more than this; a cut to or from black does.
_MOST_CONTRAST = 3.5


def find_changes(aligned: Luma, now: Luma, known: Mask) -> Mask:
    """Mask (255) of pixels that changed, noise and slow brightness changes taken out."""
    difference = cv2.GaussianBlur(now, (5, 5), 0).astype(np.float32) - cv2.GaussianBlur(aligned, (5, 5), 0)
    difference = np.abs(difference - _drift_around(difference, known))
    limit = max(_LEAST_CHANGE, _NOISE_FACTOR * _noise_level(difference, known))
    changed = np.where((difference > limit) & (known > 0), 255, 0).astype(np.uint8)
    return np.asarray(cv2.morphologyEx(changed, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8)), np.uint8)


def largest_cluster_px(changes: Mask) -> int:
    """Changed pixels in the largest cluster of them; gaps of a few pixels are bridged."""
    count, labels = cv2.connectedComponents(cv2.dilate(changes, np.ones((5, 5), np.uint8)))
    return int(np.bincount(labels[changes > 0], minlength=count)[1:].max()) if count > 1 else 0


def _drift_around(difference: npt.NDArray[np.float32], known: Mask) -> npt.NDArray[np.float32]:
    """Mean difference of the known pixels around each: what came in from outside says nothing about the light."""
    size = (_DRIFT_PX, _DRIFT_PX)
    if cv2.countNonZero(known) == known.size:
        return np.asarray(cv2.blur(difference, size), np.float32)
    total = cv2.blur(cv2.copyTo(difference, known), size)
    share = cv2.blur(known, size)
    return np.asarray(cv2.divide(total, np.maximum(share, 1), scale=255.0, dtype=cv2.CV_32F), np.float32)


def _noise_level(difference: npt.NDArray[np.float32], known: Mask) -> float:
    """Standard deviation of the sensor noise, from a thinned-out sample of what is known."""
    sample = difference[::4, ::4][known[::4, ::4] > 0]
    return float(np.median(sample)) * _MAD_TO_SIGMA if sample.size else 0.0


def is_scene_cut(aligned: Luma, now: Luma, confidence: float) -> bool:
    """Whether two samples show different scenes: no common camera motion, and most of the picture differs.

    Twenty grey levels of mean difference on a blurred, thinned picture, brightness and contrast matched, is far above any
    motion of people; a light that is switched on changes those two alone.
    """
    if confidence >= 0.3:
        return False
    small_before, small_now = (
        cv2.resize(picture, (32, 18), interpolation=cv2.INTER_AREA).astype(np.float32) for picture in (aligned, now)
    )
    contrast = (float(small_now.std()) + 2.0) / (float(small_before.std()) + 2.0)
    if not 1 / _MOST_CONTRAST < contrast < _MOST_CONTRAST:
        return True
    matched = (small_before - small_before.mean()) * contrast + small_now.mean()
    return float(np.abs(matched - small_now).mean()) > 20.0
