"""What was seen to move: per sample the camera and every mover, and the signal they are reduced to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appliance.domain.pose import Box
from appliance.domain.timespan import Seconds

Signal = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoverSample:
    """One mover in one sample.

    track: number that follows the mover through a chunk. box: analysis pixels, upright picture.
    travel_hps, limb_hps: body heights per second relative to the ice, of the body as a whole and of its parts against it.
    sighting: how surely a pose model saw a person there (0..1, 0: nobody), None when it was not asked in this sample.
    """

    track: int
    box: Box
    travel_hps: float
    limb_hps: float
    sighting: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MotionSample:
    """What one sampled frame showed against the one before it.

    time: on the recording's clock. camera_confidence: share of background points that agree on the camera's motion, 0..1.
    """

    time: Seconds
    camera_confidence: float
    movers: tuple[MoverSample, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MotionSignal:
    """A recording's motion over time, one value per sample.

    times_s: float64 (n) — seconds on the recording's clock, rising. speed_hps: float32 (n) — the fastest person, smoothed.
    travel_hps, limb_hps: float32 (n) — its two parts. people: int32 (n) — persons in motion. camera: float32 (n) — confidence.
    """

    times_s: npt.NDArray[np.float64]
    speed_hps: Signal
    travel_hps: Signal
    limb_hps: Signal
    people: npt.NDArray[np.int32]
    camera: Signal
