from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from appliance.adapters.onnx.rtm import RtmoModel, RtmposeCrops
from appliance.adapters.onnx.session import OrtSession
from appliance.domain.pose import Box

from ....marker_networks import Eyes, marked_figure, write_crop_network, write_one_pass_network

Networks = Callable[[Mapping[str, npt.NDArray[Any]]], OrtSession]
PICTURE = np.zeros((320, 640, 3), np.uint8)
ICE = np.full((360, 640, 3), (225, 232, 238), np.uint8)
MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)


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


def mmposes_way(session: OrtSession, picture: npt.NDArray[np.uint8], box: Box) -> npt.NDArray[np.float64]:
    """Joints as the makers find them. Source: mmpose, GetBBoxCenterScale, TopdownAffine, get_warp_matrix, SimCCLabel.decode."""
    center, scale = np.array(box.center), np.array([box.width, box.height]) * 1.25
    scale = np.array([scale[1] * 0.75, scale[1]]) if scale[0] < scale[1] * 0.75 else np.array([scale[0], scale[0] / 0.75])
    source = (center + np.array([[0, 0], [0, -1], [-1, -1]]) * scale[0] / 2).astype(np.float32)
    target = np.array([[96, 128], [96, 32], [0, 32]], np.float32)
    crop = cv2.warpAffine(picture, cv2.getAffineTransform(source, target), (192, 256), flags=cv2.INTER_LINEAR)
    heads = session.run((((crop - np.array(MEAN)) / STD).transpose(2, 0, 1)[None]).astype(np.float32))
    places = np.stack([heads["simcc_x"][0].argmax(axis=1), heads["simcc_y"][0].argmax(axis=1)], axis=1) / 2.0
    return np.asarray(places / [192, 256] * scale + center - scale / 2)


@pytest.mark.parametrize("grown", [0, 7, 30])
@pytest.mark.parametrize("moved", [(0, 0), (5, -4)])
def test_rtmpose_finds_what_its_makers_way_of_using_it_finds(tmp_path: Path, grown: int, moved: tuple[int, int]) -> None:
    session = OrtSession(write_crop_network(tmp_path / "a.onnx", Eyes(size_px=(192, 256), mean=MEAN, std=STD)))
    picture, truth = marked_figure(ICE, at=(60, 100), height_px=230)
    box = truth.box.grown(grown).moved(*moved)
    (pose,) = RtmposeCrops(session).poses_in([(picture, box)])
    assert pose is not None
    assert pose.joints is not None
    assert truth.joints is not None
    np.testing.assert_allclose(pose.joints[:, :2], mmposes_way(session, picture, box), atol=0.01)
    # What a picture is scaled by can move what is seen by a pixel of the crop.
    np.testing.assert_allclose(pose.joints[:, :2], truth.joints[:, :2], atol=1.25 * box.height * 1.25 / 256)


@pytest.mark.parametrize("factor", [0.5, 1, 1.5])
def test_rtmo_finds_joints_and_box_in_pictures_of_any_size(tmp_path: Path, factor: float) -> None:
    session = OrtSession(write_one_pass_network(tmp_path / "a.onnx", Eyes(size_px=(640, 640), bgr=True)))
    picture, truth = marked_figure(ICE, at=(60, 100), height_px=230)
    scaled = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    ((person,),) = RtmoModel(session).find_people([np.asarray(scaled, np.uint8)])
    assert person.joints is not None
    assert truth.joints is not None
    np.testing.assert_allclose(person.joints[:, :2], truth.joints[:, :2] * factor, atol=1.5)
    assert person.box.iou(truth.box.scaled(factor)) > 0.95
