"""Where people are and how they hold themselves, in pixels of the picture that was looked at: x right, y down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

#: Joint order of every pose in the product (COCO keypoints). Source: Lin et al. 2014, cocodataset.org, keypoint task.
JOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
    "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip

#: joints: float32 (17, 3) — x px, y px, confidence 0..1; a joint that was not found has confidence 0.
Joints = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Axis-aligned box in pixels; may reach over the picture's edge."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Pixels from left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Pixels from top to bottom."""
        return self.bottom - self.top

    @property
    def area(self) -> float:
        """Square pixels; 0 when degenerate."""
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def center(self) -> tuple[float, float]:
        """Middle of the box (x, y)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def intersection(self, other: Box) -> float:
        """Square pixels that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, width) * max(0.0, height)

    def clipped_to(self, bounds: Box) -> Box:
        """The part inside `bounds`; degenerate when they do not overlap."""
        left, top = max(self.left, bounds.left), max(self.top, bounds.top)
        right, bottom = max(left, min(self.right, bounds.right)), max(top, min(self.bottom, bounds.bottom))
        return Box(left=left, top=top, right=right, bottom=bottom)

    def iou(self, other: Box) -> float:
        """Intersection over union, 0..1."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0

    def scaled(self, factor: float) -> Box:
        """The same box in a picture `factor` times as large."""
        return Box(left=self.left * factor, top=self.top * factor, right=self.right * factor, bottom=self.bottom * factor)

    def moved(self, dx: float, dy: float) -> Box:
        """The box shifted by (dx, dy) pixels."""
        return Box(left=self.left + dx, top=self.top + dy, right=self.right + dx, bottom=self.bottom + dy)

    def grown(self, margin: float) -> Box:
        """The box with `margin` pixels more on every side."""
        return Box(left=self.left - margin, top=self.top - margin, right=self.right + margin, bottom=self.bottom + margin)


def box_around(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all of `boxes`. Raises ValueError when there are none."""
    return Box(
        left=min(box.left for box in boxes),
        top=min(box.top for box in boxes),
        right=max(box.right for box in boxes),
        bottom=max(box.bottom for box in boxes),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pose:
    """One person: the box around the whole body, how sure the model is (0..1), and the joints when it gives them."""

    box: Box
    score: float
    joints: Joints | None = None
