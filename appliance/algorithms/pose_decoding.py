"""From a model's heads to poses: body boxes from joints, person boxes, SimCC joints, one-pass poses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from appliance.algorithms.cropping import CropRegion
from appliance.algorithms.letterboxing import Letterbox
from appliance.algorithms.suppressing import suppress_boxes
from appliance.domain.pose import Box, Joints, Pose

Numbers = npt.NDArray[np.float32]

#: COCO class "person" in the detectors that the manifest names.
_PERSON_LABEL = 0
#: SimCC has two bins per crop pixel. Source: mmpose, rtmpose configs, simcc_split_ratio = 2.0.
_SIMCC_BINS_PER_PX = 2.0
#: A joint below this confidence does not stretch the body's box.
_SEEN_CONFIDENCE = 0.5
_FEWEST_SEEN = 4
#: Joints lie inside the body; skin, hair, skates and clothes reach further. Measured on drawn skaters: share of the longer side.
_FLESH_SHARE = 0.06


def box_from_points(points: Joints) -> Box:
    """The box around the body that joints or landmarks belong to.

    Args:
        points: float32 (n, 3) — x px, y px, confidence 0..1; where fewer than four are sure, all count.
    """
    seen = points[points[:, 2] >= _SEEN_CONFIDENCE]
    counted = seen if len(seen) >= _FEWEST_SEEN else points
    (left, top), (right, bottom) = counted[:, :2].min(axis=0), counted[:, :2].max(axis=0)
    tight = Box(left=float(left), top=float(top), right=float(right), bottom=float(bottom))
    return tight.grown(_FLESH_SHARE * max(tight.width, tight.height))


def decode_boxes(dets: Numbers, labels: npt.NDArray[np.int64], plan: Letterbox, *, min_score: float) -> tuple[Pose, ...]:
    """People in one picture from a detector with boxes at its head (RTMDet, YOLOX), best first, without joints.

    Args:
        dets: float32 (n, 5) — left, top, right, bottom in canvas pixels, score 0..1.
        labels: int64 (n,) — class of each.
        plan: where the picture lay on the canvas.
        min_score: what scores less is left out.
    """
    people = dets[(labels == _PERSON_LABEL) & (dets[:, 4] >= min_score)]
    boxes = plan.boxes_to_picture(people[:, :4])
    kept = suppress_boxes(boxes, people[:, 4], overlap=0.65)
    return tuple(Pose(box=box_from_row(boxes[index]), score=_share(people[index, 4])) for index in kept)


def decode_one_pass(dets: Numbers, keypoints: Numbers, plan: Letterbox, *, min_score: float) -> tuple[Pose, ...]:
    """People in one picture from RTMO, best first.

    Args:
        dets: float32 (n, 5) — left, top, right, bottom in canvas pixels, score 0..1.
        keypoints: float32 (n, 17, 3) — x, y in canvas pixels, confidence.
        plan: where the picture lay on the canvas.
        min_score: what scores less is left out.
    """
    good = dets[:, 4] >= min_score
    people, raw = dets[good], keypoints[good]
    boxes = plan.boxes_to_picture(people[:, :4])
    # Source: mmpose, rtmo configs, nms_thr = 0.65.
    kept = suppress_boxes(boxes, people[:, 4], overlap=0.65)
    joints = np.concatenate([plan.to_picture(raw[..., :2]), np.clip(raw[..., 2:], 0, 1)], axis=-1).astype(np.float32)
    return tuple(Pose(box=box_from_row(boxes[i]), score=_share(people[i, 4]), joints=joints[i]) for i in kept)


def decode_simcc(simcc_x: Numbers, simcc_y: Numbers) -> Joints:
    """Joints of one crop from RTMPose's two heads.

    Args:
        simcc_x: float32 (17, 2 × crop width) — how likely each half pixel is.
        simcc_y: float32 (17, 2 × crop height) — the same, downwards.

    Returns:
        float32 (17, 3) — x, y in crop pixels, confidence 0..1 (mean of the two maxima, as in rtmlib).
    """
    x, y = simcc_x.argmax(axis=1), simcc_y.argmax(axis=1)
    confidence = np.clip((simcc_x.max(axis=1) + simcc_y.max(axis=1)) / 2, 0, 1)
    return np.stack([x / _SIMCC_BINS_PER_PX, y / _SIMCC_BINS_PER_PX, confidence], axis=1).astype(np.float32)


def keep_distinct(poses: list[Pose], *, overlap: float = 0.6) -> tuple[Pose, ...]:
    """Best first, one of each group of poses that lie on the same person."""
    if not poses:
        return ()
    boxes = np.array([[p.box.left, p.box.top, p.box.right, p.box.bottom] for p in poses], np.float32)
    scores = np.array([pose.score for pose in poses], np.float32)
    return tuple(poses[index] for index in suppress_boxes(boxes, scores, overlap=overlap))


def pose_from_crop(pose: Pose, region: CropRegion, crop_px: int) -> Pose:
    """A pose found in an upright square crop of `crop_px`, in the picture that the crop was cut from."""
    scale = region.width / crop_px
    dx, dy = region.center_x - region.width / 2, region.center_y - region.height / 2
    joints = pose.joints
    if joints is not None:
        joints = (joints * np.array([scale, scale, 1], np.float32) + np.array([dx, dy, 0], np.float32)).astype(np.float32)
    return Pose(box=pose.box.scaled(scale).moved(dx, dy), score=pose.score, joints=joints)


def best_in_box(poses: Sequence[Pose], box: Box) -> Pose | None:
    """The pose that fills the box best; None where none touches it."""
    best = max(poses, key=lambda pose: pose.box.iou(box), default=None)
    return best if best is not None and best.box.intersection(box) > 0 else None


def box_from_row(row: Numbers) -> Box:
    """row: float32 (4,) — left, top, right, bottom."""
    left, top, right, bottom = (float(value) for value in row)
    return Box(left=left, top=top, right=right, bottom=bottom)


def _share(value: np.float32) -> float:
    return min(1.0, max(0.0, float(value)))
