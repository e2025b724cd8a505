from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from appliance.adapters.onnx.rtm import RtmoModel, RtmposeCrops
from appliance.adapters.onnx.session import OrtSession
from appliance.domain.pose import Box

Networks = Callable[[Mapping[str, npt.NDArray[Any]]], OrtSession]
PICTURE = np.zeros((320, 640, 3), np.uint8)


def peaks(x: int, y: int, height: float) -> dict[str, npt.NDArray[Any]]:
    simcc_x, simcc_y = np.zeros((17, 384), np.float32), np.zeros((17, 512), np.float32)
    simcc_x[:, x], simcc_y[:, y] = height, height
    return {"simcc_x": simcc_x, "simcc_y": simcc_y}


def people(*rows: list[float]) -> dict[str, npt.NDArray[Any]]:
    dets = np.array(rows, np.float32)
    keypoints = np.full((len(rows), 17, 3), 0.8, np.float32)
    keypoints[:, :, :2] = ((dets[:, :2] + dets[:, 2:4]) / 2)[:, None]
    return {"dets": dets, "keypoints": keypoints}


def test_rtmpose_places_its_joints_in_the_picture(network: Networks) -> None:
    box = Box(left=100, top=50, right=160, bottom=250)
    (pose,) = RtmposeCrops(network(peaks(192, 256, 0.6))).poses_in([(PICTURE, box)])
    assert pose is not None
    assert pose.joints is not None
    np.testing.assert_allclose(pose.joints[0], [130, 150, 0.6], rtol=1e-5)
    assert pose.score == pytest.approx(0.6)
    assert pose.box == box


def test_rtmpose_sees_nobody_where_its_joints_are_unsure(network: Networks) -> None:
    crops = RtmposeCrops(network(peaks(192, 256, 0.1)))
    assert crops.poses_in([(PICTURE, Box(left=0, top=0, right=50, bottom=100))] * 2) == [None, None]
    assert crops.poses_in([]) == []


def test_rtmo_gives_people_and_joints_in_picture_pixels(network: Networks) -> None:
    model = RtmoModel(network(people([100, 50, 140, 150, 0.9], [300, 50, 340, 150, 0.1])))
    ((person,), (same,)) = model.find_people([PICTURE, PICTURE])
    assert person.box == same.box == Box(left=100, top=50, right=140, bottom=150)
    assert person.joints is not None
    np.testing.assert_allclose(person.joints[0], [120, 100, 0.8], rtol=1e-6)
    assert model.find_people([]) == []


def test_rtmo_boxes_are_its_people_without_joints(network: Networks) -> None:
    ((person,),) = RtmoModel(network(people([100, 50, 140, 150, 0.9]))).find_boxes([PICTURE])
    assert person.joints is None


def test_rtmo_looks_at_a_suspected_person_alone(network: Networks) -> None:
    # The answer fills the middle of the crop, whose sides are 1.25 times the box's.
    model = RtmoModel(network(people([64, 64, 576, 576, 0.9])))
    pose = model.pose_in(PICTURE, Box(left=200, top=100, right=300, bottom=200))
    assert pose is not None
    assert pose.box.left == pytest.approx(200)
    assert pose.box.bottom == pytest.approx(200)


def test_rtmo_answers_none_where_it_sees_nobody(network: Networks) -> None:
    assert RtmoModel(network(people([0, 0, 9, 9, 0.1]))).pose_in(PICTURE, Box(left=0, top=0, right=10, bottom=10)) is None
