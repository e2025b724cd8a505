from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.onnx.blazepose import BlazeposeCrops, BlazeposeOnnxModel
from appliance.adapters.onnx.session import OrtSession
from appliance.algorithms.blazepose_decoding import Landmarks, anchor_centers
from appliance.algorithms.cropping import CropRegion
from appliance.domain.pose import Box, Pose

Networks = Callable[[Mapping[str, npt.NDArray[Any]]], OrtSession]
PICTURE = np.zeros((224, 448, 3), np.uint8)


def mean_distance(pose: Pose, other: Pose) -> float:
    """Of the joints, in body heights."""
    assert pose.joints is not None
    assert other.joints is not None
    return float(np.hypot(*(pose.joints - other.joints)[:, :2].T).mean() / other.box.height)


def detector_answers(*places: tuple[int, float]) -> dict[str, npt.NDArray[Any]]:
    """places: (anchor, logit) of people whose body reaches 40 canvas pixels up from the hips at the anchor."""
    regressors, scores = np.zeros((2254, 12), np.float32), np.full((2254, 1), -20, np.float32)
    for anchor, logit in places:
        regressors[anchor, 2:8] = [30, 30, 0, 0, 0, -40]
        scores[anchor] = logit
    return {"regressors": regressors, "scores": scores}


def landmark_answers(presence: float) -> dict[str, npt.NDArray[Any]]:
    raw = np.zeros((39, 5), np.float32)
    raw[:, 0], raw[:, 1], raw[:, 3:] = 128, np.linspace(30, 226, 39), 9
    raw[33, :2], raw[34, :2] = (128, 128), (128, 26)
    return {
        "landmarks": raw.reshape(-1),
        "presence": np.array([presence], np.float32),
        "heatmap": np.full((64, 64, 39), -20, np.float32),
    }


def test_a_detected_person_gets_joints_in_picture_pixels_and_a_score_of_both_networks(network: Networks) -> None:
    anchor = 2 * (28 * 14 + 10)
    model = BlazeposeOnnxModel(network(detector_answers((anchor, 2.0))), BlazeposeCrops(network(landmark_answers(0.81))))
    ((person,),) = model.find_people([PICTURE])
    # The wide picture fills the canvas at half its size; the canvas begins a quarter above the picture.
    x, y = anchor_centers()[anchor] * 2 - (0, 112)
    assert person.joints is not None
    assert person.joints[:, 0] == pytest.approx(x, abs=0.1)
    assert person.box.top < y < person.box.bottom
    assert person.score == pytest.approx(math.sqrt(0.81 / (1 + math.exp(-2))), rel=1e-4)


def test_what_the_landmark_network_does_not_take_for_a_person_is_dropped(network: Networks) -> None:
    model = BlazeposeOnnxModel(network(detector_answers((800, 2.0))), BlazeposeCrops(network(landmark_answers(0.1))))
    assert model.find_people([PICTURE, PICTURE]) == [(), ()]


def test_boxes_are_those_of_the_people_that_the_landmark_network_confirms(network: Networks) -> None:
    answers = network(detector_answers((800, 2.0)))
    model = BlazeposeOnnxModel(answers, BlazeposeCrops(network(landmark_answers(0.9))))
    ((person,),), ((whole,),) = model.find_boxes([PICTURE]), model.find_people([PICTURE])
    assert person.joints is None
    assert (person.box, person.score) == (whole.box, whole.score)
    assert BlazeposeOnnxModel(answers, BlazeposeCrops(network(landmark_answers(0.1)))).find_boxes([PICTURE]) == [()]


def test_at_most_so_many_people_are_looked_at(network: Networks) -> None:
    far_apart = [(2 * (28 * row + 3), 2.0 + row) for row in (4, 12, 20, 26)]
    model = BlazeposeOnnxModel(
        network(detector_answers(*far_apart)), BlazeposeCrops(network(landmark_answers(0.9))), max_people=2
    )
    (people,) = model.find_boxes([PICTURE])
    assert len(people) <= 2


def test_no_pictures_are_no_answers(network: Networks) -> None:
    model = BlazeposeOnnxModel(network(detector_answers()), BlazeposeCrops(network(landmark_answers(0.9))))
    assert model.find_people([]) == []
    assert model.find_boxes([]) == []


def test_a_suspected_person_is_looked_at_twice_along_the_bodys_axis(network: Networks, monkeypatch: pytest.MonkeyPatch) -> None:
    crops = BlazeposeCrops(network(landmark_answers(0.9)))
    box = Box(left=100, top=20, right=160, bottom=200)
    looks: list[list[CropRegion]] = []
    look = crops.look

    def remember(places: Sequence[tuple[npt.NDArray[np.uint8], CropRegion]]) -> list[tuple[Landmarks, float]]:
        looks.append([region for _, region in places])
        return look(places)

    monkeypatch.setattr(crops, "look", remember)
    (pose,) = crops.poses_in([(PICTURE, box)])
    assert pose is not None
    assert pose.score == pytest.approx(0.9)
    assert len(looks) == 2
    assert looks[1][0] != looks[0][0]


def test_a_box_without_a_person_is_answered_with_none_and_costs_one_look(network: Networks) -> None:
    crops = BlazeposeCrops(network(landmark_answers(0.05)))
    assert crops.poses_in([(PICTURE, Box(left=0, top=0, right=9, bottom=9))] * 2) == [None, None]
    assert crops.poses_in([]) == []


def test_the_converted_networks_see_the_drawn_skater_where_mediapipe_sees_it(
    pose_weights: ModelShelf, mediapipe_pose: Callable[[npt.NDArray[np.uint8]], tuple[Pose, ...]], drawn_skater: tuple[Any, Pose]
) -> None:
    """Measured on real footage: 0.001 to 0.004 body heights on clearly seen people; drawn ones likewise."""
    picture, truth = drawn_skater
    landmarks = BlazeposeCrops(OrtSession(pose_weights.path_of("blazepose-landmarks")))
    model = BlazeposeOnnxModel(OrtSession(pose_weights.path_of("blazepose-detector")), landmarks)
    ours, theirs = model.find_people([picture])[0][0], mediapipe_pose(picture)[0]
    assert ours.box.iou(truth.box) > 0.7
    assert mean_distance(ours, theirs) < 0.01
    assert ours.joints is not None
    assert theirs.joints is not None
    np.testing.assert_allclose(ours.joints[:, 2], theirs.joints[:, 2], atol=0.15)


@pytest.mark.parametrize(("clip", "index"), [("fl_axel.mp4", 90), ("intel_one-by-one-person-detection.mp4", 130)])
def test_on_real_footage_the_converted_networks_see_people_where_mediapipe_sees_them(
    pose_weights: ModelShelf,
    mediapipe_pose: Callable[[npt.NDArray[np.uint8]], tuple[Pose, ...]],
    shared_folder: Path,
    clip: str,
    index: int,
) -> None:
    with av.open(str(shared_folder / "footage" / "clips" / clip)) as container:
        frame = next(islice(container.decode(video=0), index, None))
        picture = frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
    landmarks = BlazeposeCrops(OrtSession(pose_weights.path_of("blazepose-landmarks")))
    model = BlazeposeOnnxModel(OrtSession(pose_weights.path_of("blazepose-detector")), landmarks)
    ours, theirs = model.find_people([picture])[0][0], mediapipe_pose(picture)[0]
    assert mean_distance(ours, theirs) < 0.005
