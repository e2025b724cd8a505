"""Reduces what was watched to one signal: how fast the fastest person moves, in body heights per second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from appliance.domain.motion import MotionSample, MotionSignal

#: Sightings that make a mover a person: this much evidence in all, and this much in one look. Source: bench/RESULTS.md, cars.
_ENOUGH_EVIDENCE = 0.8
_ENOUGH_IN_ONE = 0.5
#: A look that saw nobody takes this much back, so that a car is not believed after a hundred looks.
_DOUBT = 0.03
#: One sighting alone counts only where there was hardly a chance for a second one: every model takes a car for a person once.
_FEW_LOOKS = 2
#: Whoever was looked at this often has to be seen in this share of the looks: people who stand behind a machine that passes, and
#: reflections in glass, are found now and then. Source: bench/RESULTS.md, who is believed.
_MANY_LOOKS, _LEAST_SHARE = 8, 0.3
#: Below this share of agreeing corners the camera's motion is unknown, and with it everybody's.
_LEAST_CONFIDENCE = 0.15

Values = npt.NDArray[np.float64]


def persons_among(samples: Sequence[MotionSample]) -> frozenset[int]:
    """Tracks that pose models saw to be persons, judged over all looks at them."""
    looks: dict[int, list[float]] = defaultdict(list)
    for sample in samples:
        for mover in sample.movers:
            if mover.sighting is not None:
                looks[mover.track].append(mover.sighting)
    return frozenset(track for track, evidence in looks.items() if _is_person(evidence))


def _is_person(evidence: list[float]) -> bool:
    seen = sum(look > 0 for look in evidence)
    if len(evidence) >= _MANY_LOOKS and seen < _LEAST_SHARE * len(evidence):
        return False
    believed = sum(evidence) - _DOUBT * (len(evidence) - seen)
    confirmed = seen > 1 or len(evidence) <= _FEW_LOOKS
    return confirmed and believed >= _ENOUGH_EVIDENCE and max(evidence) >= _ENOUGH_IN_ONE


def signal_from_samples(samples: Sequence[MotionSample]) -> MotionSignal:
    """The recording's motion: per sample the fastest person, smoothed; samples whose camera is unknown are filled in."""
    persons = persons_among(samples)
    rows = np.array([_fastest_person(sample, persons) for sample in samples], np.float64).reshape(len(samples), 3)
    times_s = np.array([float(sample.time) for sample in samples], np.float64)
    camera = np.array([sample.camera_confidence for sample in samples], np.float32)
    travel, limb = (smooth(fill_unknown(times_s, column, camera < _LEAST_CONFIDENCE)) for column in (rows[:, 0], rows[:, 1]))
    return MotionSignal(
        times_s=times_s, speed_hps=np.hypot(travel, limb).astype(np.float32), travel_hps=travel.astype(np.float32),
        limb_hps=limb.astype(np.float32), people=rows[:, 2].astype(np.int32), camera=camera,
    )  # fmt: skip


def _fastest_person(sample: MotionSample, persons: frozenset[int]) -> tuple[float, float, float]:
    """Travel and limb speed of the fastest person, and how many persons move."""
    moving = [(mover.travel_hps, mover.limb_hps) for mover in sample.movers if mover.track in persons]
    travel, limb = max(moving, key=lambda parts: parts[0] ** 2 + parts[1] ** 2, default=(0.0, 0.0))
    return travel, limb, float(len(moving))


def fill_unknown(times_s: Values, values: Values, unknown: npt.NDArray[np.bool_]) -> Values:
    """Values with unknown ones taken from their neighbours in time; unchanged when nothing, or everything, is unknown."""
    if not unknown.any() or unknown.all():
        return values
    return np.where(unknown, np.interp(times_s, times_s[~unknown], values[~unknown]), values)


def smooth(values: Values) -> Values:
    """Median of three against single outliers. No mean: it would blur where motion begins and ends."""
    return np.asarray(np.median(_neighbours(values), axis=0))


def _neighbours(values: Values) -> Values:
    """float64 (3, n): each value with the one before and the one after it; the ends repeat."""
    if not len(values):
        return np.zeros((3, 0))
    padded = np.pad(values, 1, mode="edge")
    return np.stack([padded[:-2], padded[1:-1], padded[2:]])
