"""Movers as a tracker would have seen them, made from a few numbers."""

from __future__ import annotations

import numpy as np

from appliance.algorithms.compensating import CameraMotion
from appliance.algorithms.measuring import SpeedCurve
from appliance.algorithms.tracking import Body, Moment, Mover, Observation, Sighting
from appliance.domain.pose import Box, Pose

RATE_HZ = 8.0
PICTURE_PX = (180, 320)


def box_at(x: float, y: float, width: float = 30, height: float = 80) -> Box:
    """A box with its middle at (x, y)."""
    return Box(left=x - width / 2, top=y - height / 2, right=x + width / 2, bottom=y + height / 2)


def curve_of(speed_px: float, drift_px: tuple[float, float] = (0.0, 0.0), unity: float = 0.0) -> SpeedCurve:
    """All of a body moves at the same speed."""
    return SpeedCurve(fastest_px=np.full(18, speed_px, np.float32), drift_px=drift_px, unity=unity)


def observed(number: int, box: Box, curve: SpeedCurve, *, seen: Box | None = None, bodies: tuple[Body, ...] = ()) -> Observation:
    """The mover in one sample; `seen`: the body that a model saw then."""
    sighting = None if seen is None else Sighting(pose=Pose(box=seen, score=0.9), evidence=1.0)
    return Observation(sample=number, time_s=number / RATE_HZ, box=box, curve=curve, bodies=bodies, sighting=sighting)


def mover_of(*observations: Observation, track: int = 1) -> Mover:
    return Mover(track=track, place=observations[-1].box, observations=list(observations))


def moment_at(
    number: int,
    *moving: tuple[Box, tuple[float, float]],
    camera_px: tuple[float, float] = (0.0, 0.0),
    time_s: float | None = None,
) -> Moment:
    """A sample in which these boxes changed and flowed by so many pixels, while the camera shifted everything."""
    flow, changes = np.zeros((*PICTURE_PX, 2), np.float32), np.zeros(PICTURE_PX, np.uint8)
    for box, shift_px in moving:
        rows, columns = slice(max(0, int(box.top)), int(box.bottom)), slice(max(0, int(box.left)), int(box.right))
        flow[rows, columns], changes[rows, columns] = shift_px, 255
    shift = np.array([[1, 0, camera_px[0]], [0, 1, camera_px[1]], [0, 0, 1]], np.float64)
    camera = CameraMotion(matrix=shift, confidence=0.9)
    return Moment(sample=number, time_s=number / RATE_HZ if time_s is None else time_s, camera=camera, flow=flow, changes=changes)
