"""How tall a mover is at every moment, from the sightings of its body, and with it how fast it really moves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from appliance.algorithms.measuring import SpeedCurve
from appliance.algorithms.tracking import Mover, Observation
from appliance.domain.motion import MoverSample

#: A body's box is at least this much of its height wide. Source: standing people in bench/RESULTS.md.
_LEAST_WIDTH = 0.3
_WANDER_S = 1.0
#: Within that time a swaying body stays inside this share of its height, a travelling one covers that. Source: bench/RESULTS.md.
_SWAY, _TRAVEL = 0.035, 0.09


def samples_of_mover(mover: Mover, rates_hz: Sequence[float]) -> list[tuple[int, MoverSample]]:
    """The mover's samples as (sample number, what it did), speeds in body heights per second.

    Args:
        mover: all that was observed of it.
        rates_hz: for every sample of the watch, one over the seconds since the sample before.
    """
    sizes = body_sizes(mover)
    shares = travel_share(mover, sizes[:, 0])
    rows = zip(mover.observations, sizes, shares, strict=True)
    return [
        (o.sample, _sample(mover.track, o, _parts(o, (height, width), share), rates_hz[o.sample]))
        for o, (height, width), share in rows
    ]


def travel_share(mover: Mover, heights_px: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """float64 (n), 0..1: how far the mover's common motion counts as travel.

    Within a second a skater gets somewhere, even one who turns on the spot; a body that sways, and what is left of a shaking
    camera, stays within a few hundredths of its height however often it comes and goes.
    """
    times = np.array([observation.time_s for observation in mover.observations])
    path = np.cumsum([observation.curve.drift_px for observation in mover.observations], axis=0)
    path = np.vstack([np.zeros((1, 2)), path])
    extent = np.array([np.hypot(*np.ptp(path[first : last + 1], axis=0)) for first, last in _windows(times)])
    return np.asarray(np.clip((extent / np.maximum(heights_px, 1.0) - _SWAY) / (_TRAVEL - _SWAY), 0.0, 1.0))


def _windows(times: npt.NDArray[np.float64]) -> list[tuple[int, int]]:
    """For each observation the first and last path point within half a second of it."""
    first = np.searchsorted(times, times - _WANDER_S / 2)
    last = np.searchsorted(times, times + _WANDER_S / 2, side="right")
    return [(int(a), int(b)) for a, b in zip(first, last, strict=True)]


def body_sizes(mover: Mover) -> npt.NDArray[np.float64]:
    """float64 (n, 2): height and width in pixels of the body at each observation.

    Between sightings the size is interpolated, outside it is held; a mover never seen is as large as its region. The height
    is the running median of five sightings, because single boxes jump.
    """
    times = np.array([observation.time_s for observation in mover.observations])
    known = [
        (o.time_s, o.sighting.pose.box) for o in mover.observations if o.sighting is not None and o.sighting.pose is not None
    ]
    if not known:
        known = [
            (o.time_s, max((body.box for body in o.bodies), key=lambda box: box.area)) for o in mover.observations if o.bodies
        ]
    if not known:
        return np.array([[o.box.height, o.box.width] for o in mover.observations])
    known_s = [time for time, _ in known]
    heights = _running_median(np.array([box.height for _, box in known]))
    widths = _running_median(np.array([max(box.width, _LEAST_WIDTH * box.height) for _, box in known]))
    return np.stack([np.interp(times, known_s, heights), np.interp(times, known_s, widths)], axis=1)


def _running_median(values: npt.NDArray[np.float64], reach: int = 2) -> npt.NDArray[np.float64]:
    padded = np.pad(values, reach, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1))


def _parts(observation: Observation, size_px: tuple[float, float], share: float) -> tuple[float, float]:
    """Travel and limb speed in body heights per sample: the fastest of the known bodies, or of the region as one body."""
    height, width = size_px
    if not observation.bodies:
        return _speed_parts(observation.curve, height, height * width, share)
    # A box much smaller than the mover's usual height is a part of a body, not a small one.
    parts = [
        _speed_parts(b.curve, max(b.box.height, height / 2), max(b.box.area, height * width / 4), share)
        for b in observation.bodies
    ]
    return max(parts, key=lambda part: part[0] ** 2 + part[1] ** 2)


def _speed_parts(curve: SpeedCurve, height_px: float, area_px: float, share: float) -> tuple[float, float]:
    speed = curve.speed_of_body(area_px) / max(height_px, 1.0)
    return speed * curve.unity * share, speed * float(np.sqrt(max(0.0, 1.0 - curve.unity**2)))


def _sample(track: int, observation: Observation, parts: tuple[float, float], rate_hz: float) -> MoverSample:
    sighting = None if observation.sighting is None else observation.sighting.evidence
    travel, limb = parts
    return MoverSample(track=track, box=observation.box, sighting=sighting, travel_hps=travel * rate_hz, limb_hps=limb * rate_hz)
