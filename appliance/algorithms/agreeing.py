"""Whether two ways to run a model say the same of a picture: what a GPU or half precision finds is held to what the CPU finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from appliance.algorithms.scene_drawing import draw_scene
from appliance.domain.pose import Pose
from appliance.domain.scene import Activity, Camera, CameraKey, Scene, Skater, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far two ways may be apart. joints: mean distance, in heights of the body."""

    iou: float = 0.95
    score: float = 0.05
    joints: float = 0.02


#: Half precision keeps three decimal digits, a GPU's sums are made in another order: neither moves a box by a twentieth.
TOLERANCE = Tolerance()


def draw_proof() -> npt.NDArray[np.uint8]:
    """One near skater on drawn ice: a picture in which every model sees the same person. uint8 (360, 640, 3), RGB."""
    step = Step(activity=Activity.STRIDE, length=Fraction(1), speed_mps=1.0)
    skater = Skater(place_m=(30.0, 4.5), heading_deg=-60, steps=(step,))
    camera = Camera(keys=(CameraKey(width_deg=45, tilt_deg=-12),))
    scene = Scene(name="proof", length=Fraction(1, 10), width_px=640, height_px=360, skaters=(skater,), camera=camera)
    return next(draw_scene(scene))


def tell_disagreement(found: Sequence[Pose], reference: Sequence[Pose], tolerance: Tolerance = TOLERANCE) -> str:
    """What differs more than is tolerated, in words; empty when they agree. Both best first."""
    if len(found) != len(reference):
        return f"{len(found)} people instead of {len(reference)}"
    for one, other in zip(found, reference, strict=True):
        if (iou := one.box.iou(other.box)) < tolerance.iou:
            return f"a box that covers its reference by {iou:.3f}"
        if (apart := abs(one.score - other.score)) > tolerance.score:
            return f"a score {apart:.3f} away from its reference"
        if (distance := _joints_apart(one, other)) > tolerance.joints:
            return f"joints {distance:.3f} heights of the body away from their reference"
    return ""


def _joints_apart(one: Pose, other: Pose) -> float:
    """Joints that the reference is sure of."""
    if one.joints is None or other.joints is None:
        return 0.0 if one.joints is other.joints else float("inf")
    sure = other.joints[:, 2] > 0.5
    if not sure.any():
        return 0.0
    offsets = (one.joints - other.joints)[sure, :2]
    return float(np.hypot(offsets[:, 0], offsets[:, 1]).mean() / max(1.0, other.box.height))
