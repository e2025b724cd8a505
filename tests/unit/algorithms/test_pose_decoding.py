from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.cropping import CropRegion
from appliance.algorithms.letterboxing import plan_letterbox
from appliance.algorithms.pose_decoding import (
    best_in_box,
    box_from_points,
    decode_boxes,
    decode_one_pass,
    decode_simcc,
    keep_distinct,
    pose_from_crop,
)
from appliance.domain.pose import Box, Pose

PLAN = plan_letterbox((640, 360), (320, 320), centred=False)


def pose(left: float, score: float = 0.5, width: float = 20) -> Pose:
    return Pose(box=Box(left=left, top=0, right=left + width, bottom=40), score=score)


def test_the_body_reaches_a_little_further_than_its_joints() -> None:
    points = np.array([[10, 0, 0.9], [20, 100, 0.9], [15, 50, 0.9], [12, 60, 0.9]], np.float32)
    box = box_from_points(points)
    assert box.left < 10
    assert box.top < 0
    assert box.right > 20
    assert 100 < box.bottom < 110


def test_joints_that_are_not_seen_do_not_stretch_the_body() -> None:
    seen = np.array([[x, x, 0.9] for x in range(10, 20)], np.float32)
    unseen = np.array([[500, 500, 0.1]], np.float32)
    assert box_from_points(np.concatenate([seen, unseen])) == box_from_points(seen)


def test_where_hardly_a_joint_is_sure_all_of_them_count() -> None:
    points = np.array([[0, 0, 0.9], [100, 100, 0.2], [50, 10, 0.1], [60, 20, 0.1]], np.float32)
    assert box_from_points(points).right >= 100


def test_person_boxes_come_back_in_picture_pixels_best_first_and_only_people() -> None:
    dets = np.array([[10, 10, 20, 40, 0.4], [100, 10, 120, 60, 0.9], [50, 50, 60, 60, 0.8], [5, 5, 9, 9, 0.1]], np.float32)
    people = decode_boxes(dets, np.array([0, 0, 7, 0], np.int64), PLAN, min_score=0.3)
    assert [round(person.score, 2) for person in people] == [0.9, 0.4]
    assert people[0].box == Box(left=200, top=20, right=240, bottom=120)
    assert people[0].joints is None


def test_two_boxes_on_one_person_are_one_person() -> None:
    dets = np.array([[10, 10, 20, 40, 0.4], [10, 10, 20, 41, 0.5]], np.float32)
    assert len(decode_boxes(dets, np.zeros(2, np.int64), PLAN, min_score=0.3)) == 1


def test_no_rows_are_no_people() -> None:
    assert decode_boxes(np.zeros((0, 5), np.float32), np.zeros(0, np.int64), PLAN, min_score=0.3) == ()
    assert decode_one_pass(np.zeros((0, 5), np.float32), np.zeros((0, 17, 3), np.float32), PLAN, min_score=0.3) == ()


def test_one_pass_gives_people_with_joints_in_picture_pixels() -> None:
    dets = np.array([[10, 10, 30, 60, 0.8], [10, 10, 30, 60, 0.2]], np.float32)
    keypoints = np.full((2, 17, 3), 20, np.float32)
    keypoints[..., 2] = 1.5
    (person,) = decode_one_pass(dets, keypoints, PLAN, min_score=0.3)
    assert person.joints is not None
    np.testing.assert_allclose(person.joints[0], [40, 40, 1])


@given(x=st.integers(0, 383), y=st.integers(0, 511), height=st.floats(0.1, 1))
def test_a_simcc_joint_lies_at_the_peaks_of_both_heads(x: int, y: int, height: float) -> None:
    simcc_x, simcc_y = np.zeros((17, 384), np.float32), np.zeros((17, 512), np.float32)
    simcc_x[:, x], simcc_y[:, y] = height, height
    joints = decode_simcc(simcc_x, simcc_y)
    np.testing.assert_allclose(joints[3], [x / 2, y / 2, height], rtol=1e-5)


def test_confidence_stays_between_nothing_and_certain() -> None:
    assert (decode_simcc(np.full((17, 384), 5, np.float32), np.full((17, 512), 5, np.float32))[:, 2] == 1).all()
    assert (decode_simcc(np.full((17, 384), -5, np.float32), np.full((17, 512), -5, np.float32))[:, 2] == 0).all()


def test_of_poses_on_one_body_the_best_stays() -> None:
    assert [p.score for p in keep_distinct([pose(0, 0.4), pose(1, 0.9), pose(100, 0.5)])] == [0.9, 0.5]
    assert keep_distinct([]) == ()


def test_a_pose_in_a_crop_is_moved_to_its_place_in_the_picture() -> None:
    joints = np.full((17, 3), 50, np.float32)
    joints[:, 2] = 0.7
    found = Pose(box=Box(left=0, top=0, right=100, bottom=100), score=0.6, joints=joints)
    region = CropRegion(center_x=300, center_y=200, width=200, height=200)
    moved = pose_from_crop(found, region, 100)
    assert moved.box == Box(left=200, top=100, right=400, bottom=300)
    assert moved.joints is not None
    np.testing.assert_allclose(moved.joints[0], [300, 200, 0.7])
    assert pose_from_crop(pose(0), region, 100).joints is None


def test_the_pose_that_fills_the_box_best_is_chosen_and_none_outside_it() -> None:
    box = Box(left=0, top=0, right=20, bottom=40)
    near, far = pose(2), pose(15)
    assert best_in_box([far, near], box) is near
    assert best_in_box([pose(200)], box) is None
    assert best_in_box([], box) is None


@pytest.mark.parametrize("score", [-0.5, 1.7])
def test_scores_are_kept_between_nothing_and_one(score: float) -> None:
    dets = np.array([[0, 0, 9, 9, score]], np.float32)
    people = decode_boxes(dets, np.zeros(1, np.int64), PLAN, min_score=-1)
    assert 0 <= people[0].score <= 1
