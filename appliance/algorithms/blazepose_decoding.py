"""What BlazePose's two networks mean: anchors, detections, the turned region around a person, landmarks.

Source throughout: google-ai-edge/mediapipe, mediapipe/tasks/cc/vision/pose_detector/pose_detector_graph.cc,
pose_landmarker/pose_landmarks_detector_graph.cc and the calculators that they name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from appliance.algorithms.cropping import CropRegion
from appliance.algorithms.suppressing import group_boxes
from appliance.domain.pose import Box, Joints

Numbers = npt.NDArray[np.float32]

DETECTOR_PX = 224
LANDMARK_PX = 256
#: Source: SsdAnchorsCalculator options — strides 8, 16, 32, 32, 32, two anchors of fixed size per place and layer.
_ANCHORS_PER_CELL = ((8, 2), (16, 2), (32, 6))
#: Source: pose_detector_graph_options.proto, min_suppression_threshold; algorithm WEIGHTED.
_SAME_PERSON_OVERLAP = 0.5
#: Source: TensorsToDetectionsCalculator options — score_clipping_thresh 100.
_LOGIT_LIMIT = 100.0
#: Source: RectTransformationCalculator options — scale_x, scale_y 1.25.
_REGION_MARGIN = 1.25
#: Source: RefineLandmarksFromHeatmapCalculator options — kernel_size 7, min_confidence_to_refine 0.5.
_HEATMAP_REACH = 3
_HEATMAP_MIN_CONFIDENCE = 0.5
#: BlazePose landmark of each joint of `domain.pose.JOINTS`. Source: BlazePose GHUM topology, 33 landmarks.
COCO_LANDMARKS = (0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)
_BODY_LANDMARKS = 33
#: The two landmarks behind the body's that span the next region: middle of the hips, and a point as far off as the body reaches.
_ALIGNMENT_LANDMARKS = (33, 34)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Detections:
    """What the detector saw, best first, in canvas pixels.

    points: float32 (n, 4, 2) — middle of the hips, full-body scale point, middle of the shoulders, upper-body scale point.
    scores: float32 (n,) — 0..1.
    """

    points: Numbers
    scores: Numbers


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Landmarks:
    """One person's landmarks.

    points: float32 (39, 2) — x, y as shares of the region. confidence: float32 (39,) — visible and present, 0..1.
    """

    points: Numbers
    confidence: Numbers


@cache
def anchor_centers() -> Numbers:
    """anchors: float32 (2254, 2) — x, y in canvas pixels; sizes are fixed, so that only centres matter."""
    layers = []
    for stride, repeats in _ANCHORS_PER_CELL:
        steps = (np.arange(DETECTOR_PX // stride, dtype=np.float32) + 0.5) * stride
        cells = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
        layers.append(np.repeat(cells, repeats, axis=0))
    anchors = np.concatenate(layers)
    anchors.flags.writeable = False
    return anchors


def decode_detections(regressors: Numbers, logits: Numbers, *, min_score: float) -> Detections:
    """People in one canvas; boxes of one person are blended by their scores (weighted non-maximum suppression).

    Args:
        regressors: float32 (2254, 12) — box centre and size, then four points, in canvas pixels from the anchor.
        logits: float32 (2254,) — before the logistic function.
        min_score: what scores less is left out.
    """
    scores = _logistic(np.clip(logits, -_LOGIT_LIMIT, _LOGIT_LIMIT))
    kept = np.flatnonzero(scores >= min_score)
    scores, raw, anchors = scores[kept], regressors[kept], anchor_centers()[kept]
    centers, sizes = raw[:, :2] + anchors, raw[:, 2:4]
    boxes = np.concatenate([centers - sizes / 2, centers + sizes / 2], axis=1)
    points = raw[:, 4:].reshape(-1, 4, 2) + anchors[:, None]
    groups = group_boxes(boxes, scores, overlap=_SAME_PERSON_OVERLAP)
    blended = [np.average(points[group], axis=0, weights=scores[group]) for group in groups]
    return Detections(
        points=np.array(blended, np.float32).reshape(-1, 4, 2),
        scores=np.array([scores[group[0]] for group in groups], np.float32),
    )


def region_from_alignment(hips: Numbers, reach: Numbers) -> CropRegion:
    """The square around a person, turned so that the body's axis is upright.

    Args:
        hips: float32 (2,) — middle of the hips, px.
        reach: float32 (2,) — a point on the body's axis, towards the head, as far off as the body reaches, px.
    """
    dx, dy = float(reach[0] - hips[0]), float(reach[1] - hips[1])
    side = max(1.0, 2 * math.hypot(dx, dy) * _REGION_MARGIN)
    turn = math.pi / 2 - math.atan2(-dy, dx)
    return CropRegion(center_x=float(hips[0]), center_y=float(hips[1]), width=side, height=side, turn_rad=turn)


def region_from_box(box: Box) -> CropRegion:
    """The region for a person of whom only the box around the body is known, taken to stand upright in it.

    Measured on 22 people whom the detector and RTMDet-nano both see: the hips lie at 0.55 of the box's height (median), and
    twice the reach is 1.10 times its height.
    """
    side = max(1.0, box.height, box.width) * 1.10 * _REGION_MARGIN
    return CropRegion(center_x=box.center[0], center_y=box.top + 0.55 * box.height, width=side, height=side)


def decode_landmarks(raw: Numbers, heatmap: Numbers) -> Landmarks:
    """Landmarks of one crop, refined where the heat map is sure.

    Args:
        raw: float32 (195,) — 39 × x, y, z in crop pixels, visibility and presence before the logistic function.
        heatmap: float32 (64, 64, 39) — before the logistic function.
    """
    values = raw.reshape(39, 5)
    points = values[:, :2] / np.float32(LANDMARK_PX)
    confidence = _logistic(values[:, 3:5]).min(axis=1)
    return Landmarks(points=_refine_points(points, heatmap), confidence=confidence)


def region_from_landmarks(landmarks: Landmarks, region: CropRegion) -> CropRegion:
    """The region that the landmarks themselves would have been cut from: a better one when the first was a guess."""
    hips, reach = region.to_picture(landmarks.points[list(_ALIGNMENT_LANDMARKS)])
    return region_from_alignment(hips, reach)


def joints_from_landmarks(landmarks: Landmarks, region: CropRegion) -> Joints:
    """The product's 17 joints, in picture pixels."""
    chosen = list(COCO_LANDMARKS)
    points = region.to_picture(landmarks.points[chosen])
    return np.concatenate([points, landmarks.confidence[chosen, None]], axis=1).astype(np.float32)


def body_points(landmarks: Landmarks, region: CropRegion) -> Joints:
    """points: float32 (33, 3) — every landmark of the body: x px, y px, confidence 0..1."""
    points = region.to_picture(landmarks.points[:_BODY_LANDMARKS])
    return np.concatenate([points, landmarks.confidence[:_BODY_LANDMARKS, None]], axis=1).astype(np.float32)


def _refine_points(points: Numbers, heatmap: Numbers) -> Numbers:
    refined = points.copy()
    height, width = heatmap.shape[:2]
    cells = np.floor(points * (width, height)).astype(int)
    for index, (column, row) in enumerate(cells):
        if 0 <= column < width and 0 <= row < height:
            refined[index] = _refine_point(points[index], heatmap[..., index], column, row)
    return refined


def _refine_point(point: Numbers, heat: Numbers, column: int, row: int) -> Numbers:
    """The centre of heat around the point's cell, as a share of the map; the point itself where nothing is hot."""
    top, left = max(0, row - _HEATMAP_REACH), max(0, column - _HEATMAP_REACH)
    near = _logistic(heat[top : row + _HEATMAP_REACH + 1, left : column + _HEATMAP_REACH + 1])
    total = float(near.sum())
    if near.max() < _HEATMAP_MIN_CONFIDENCE or total <= 0:
        return point
    x = left + float((near.sum(axis=0) * np.arange(near.shape[1])).sum()) / total
    y = top + float((near.sum(axis=1) * np.arange(near.shape[0])).sum()) / total
    return np.array([x / heat.shape[1], y / heat.shape[0]], np.float32)


def _logistic(values: Numbers) -> Numbers:
    return (1 / (1 + np.exp(-np.clip(values, -80, 80)))).astype(np.float32)
