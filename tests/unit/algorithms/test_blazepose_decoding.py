from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.blazepose_decoding import (
    COCO_LANDMARKS,
    Landmarks,
    anchor_centers,
    body_points,
    decode_detections,
    decode_landmarks,
    joints_from_landmarks,
    region_from_alignment,
    region_from_box,
    region_from_landmarks,
)
from appliance.algorithms.cropping import CropRegion
from appliance.domain.pose import JOINTS, Box

WHOLE = CropRegion(center_x=128, center_y=128, width=256, height=256)


def quiet_logits() -> npt.NDArray[np.float32]:
    return np.full(2254, -20, np.float32)


def raw_landmarks(x: float = 128, y: float = 128, logit: float = 10) -> npt.NDArray[np.float32]:
    raw = np.zeros((39, 5), np.float32)
    raw[:, :2] = (x, y)
    raw[:, 3:] = logit
    return raw.reshape(-1)


def cold_heatmap() -> npt.NDArray[np.float32]:
    return np.full((64, 64, 39), -20, np.float32)


def test_there_are_as_many_anchors_as_the_network_has_boxes() -> None:
    anchors = anchor_centers()
    assert anchors.shape == (2254, 2)
    np.testing.assert_array_equal(anchors[:3], [[4, 4], [4, 4], [12, 4]])
    np.testing.assert_array_equal(anchors[-1], [208, 208])
    np.testing.assert_array_equal(anchors[1568], [8, 8])


def test_nobody_is_detected_where_every_score_is_low() -> None:
    detections = decode_detections(np.zeros((2254, 12), np.float32), quiet_logits(), min_score=0.4)
    assert detections.points.shape == (0, 4, 2)
    assert detections.scores.shape == (0,)


def test_a_detection_is_placed_from_its_anchor() -> None:
    regressors, logits = np.zeros((2254, 12), np.float32), quiet_logits()
    logits[1000] = 3
    regressors[1000] = [0, 0, 50, 60, 1, 2, 3, -40, 0, 0, 0, 0]
    detections = decode_detections(regressors, logits, min_score=0.4)
    anchor = anchor_centers()[1000]
    np.testing.assert_allclose(detections.points[0, :2], anchor + np.array([[1, 2], [3, -40]]))
    assert detections.scores[0] == pytest.approx(1 / (1 + math.exp(-3)))


def test_boxes_of_one_person_are_blended_by_their_scores() -> None:
    regressors, logits = np.zeros((2254, 12), np.float32), quiet_logits()
    # Two anchors of the same cell see the same person a little differently.
    regressors[[1000, 1001], 2:4] = 80
    regressors[1000, 4:6], regressors[1001, 4:6] = (0, 0), (6, 0)
    logits[1000], logits[1001] = 2, 0
    detections = decode_detections(regressors, logits, min_score=0.4)
    weights = 1 / (1 + np.exp(-np.array([2.0, 0.0])))
    assert len(detections.scores) == 1
    assert detections.points[0, 0, 0] == pytest.approx(anchor_centers()[1000, 0] + 6 * weights[1] / weights.sum(), rel=1e-5)


@given(
    hips=st.tuples(st.floats(0, 1000), st.floats(0, 1000)),
    reach_px=st.floats(1, 500),
    lean=st.floats(-math.pi, math.pi),
)
def test_the_region_sets_the_body_upright_whatever_its_lean(hips: tuple[float, float], reach_px: float, lean: float) -> None:
    head = (hips[0] + reach_px * math.sin(lean), hips[1] - reach_px * math.cos(lean))
    region = region_from_alignment(np.array(hips, np.float32), np.array(head, np.float32))
    assert region.width == pytest.approx(2.5 * reach_px, rel=0.01, abs=0.01)
    # Straight above the region's middle, at 1 / 1.25 of the way to its edge, is the point that the body reaches to.
    np.testing.assert_allclose(region.to_picture(np.array([0.5, 0.1], np.float32)), head, atol=0.01 * reach_px + 0.01)


def test_a_standing_body_of_known_box_is_looked_at_around_its_hips() -> None:
    region = region_from_box(Box(left=40, top=100, right=90, bottom=300))
    assert region.turn_rad == 0
    assert region.center_x == 65
    assert 195 < region.center_y < 220
    assert region.height > 200 * 1.25


def test_a_box_without_size_still_gives_a_region() -> None:
    assert region_from_box(Box(left=1, top=1, right=1, bottom=1)).width > 0


def test_landmarks_are_shares_of_the_crop_and_confident_only_when_visible_and_present() -> None:
    raw = raw_landmarks(64, 32).reshape(39, 5)
    raw[7, 3] = -10
    raw[8, 4] = 0
    found = decode_landmarks(raw.reshape(-1), cold_heatmap())
    np.testing.assert_allclose(found.points[0], [0.25, 0.125])
    assert found.confidence[0] > 0.99
    assert found.confidence[7] < 0.01
    assert found.confidence[8] == pytest.approx(0.5)


def test_a_hot_spot_near_the_landmark_moves_it_there() -> None:
    heatmap = cold_heatmap()
    heatmap[33, 34, 5] = 8
    found = decode_landmarks(raw_landmarks(), heatmap)
    np.testing.assert_allclose(found.points[5], [34 / 64, 33 / 64], atol=1e-3)
    np.testing.assert_allclose(found.points[6], [0.5, 0.5])


def test_a_lukewarm_spot_moves_nothing() -> None:
    heatmap = cold_heatmap()
    heatmap[33, 34, 5] = -0.5
    np.testing.assert_allclose(decode_landmarks(raw_landmarks(), heatmap).points[5], [0.5, 0.5])


def test_landmarks_outside_the_crop_stay_where_they_are() -> None:
    np.testing.assert_allclose(
        decode_landmarks(raw_landmarks(-20, 300), np.full((64, 64, 39), 9, np.float32)).points[0], [-20 / 256, 300 / 256]
    )


def test_joints_are_picked_in_the_order_of_the_product() -> None:
    points = np.stack([np.arange(39), np.zeros(39)], axis=1).astype(np.float32) / np.float32(256)
    joints = joints_from_landmarks(Landmarks(points=points, confidence=np.ones(39, np.float32)), WHOLE)
    assert joints.shape == (17, 3)
    np.testing.assert_allclose(joints[:, 0], COCO_LANDMARKS, atol=1e-4)
    assert dict(zip(JOINTS, COCO_LANDMARKS, strict=True))["left_wrist"] == 15
    assert dict(zip(JOINTS, COCO_LANDMARKS, strict=True))["right_ankle"] == 28


def test_the_body_has_every_landmark_but_the_two_that_only_align() -> None:
    assert body_points(decode_landmarks(raw_landmarks(), cold_heatmap()), WHOLE).shape == (33, 3)


def test_the_next_region_follows_from_the_aligning_landmarks() -> None:
    raw = raw_landmarks().reshape(39, 5)
    raw[33, :2], raw[34, :2] = (100, 150), (100, 70)
    region = region_from_landmarks(decode_landmarks(raw.reshape(-1), cold_heatmap()), WHOLE)
    assert (region.center_x, region.center_y, region.width) == pytest.approx((100, 150, 200), abs=0.01)
    assert region.turn_rad == pytest.approx(0, abs=1e-5)
