from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from appliance.adapters.onnx.crops import CropKind, Edge
from appliance.adapters.onnx.people import BoxedPoseModel, PersonBoxes
from appliance.adapters.onnx.session import OrtSession
from appliance.domain.picture import AnyPicture
from appliance.domain.pose import Box, Pose

Networks = Callable[[Mapping[str, npt.NDArray[Any]]], OrtSession]
PICTURE = np.zeros((100, 200, 3), np.uint8)
BOXES: dict[str, npt.NDArray[Any]] = {
    "dets": np.array([[5, 5, 15, 25, 0.9], [30, 5, 40, 25, 0.6], [60, 5, 70, 25, 0.95]], np.float32),
    "labels": np.array([0, 0, 3], np.int64),
}


class FirstOnly:
    """Sees joints in the first box it is asked about, and nobody in the others."""

    name = "first"

    def __init__(self) -> None:
        self.asked: list[Box] = []

    def poses_in(self, pairs: Sequence[tuple[AnyPicture, Box]]) -> list[Pose | None]:
        self.asked += [box for _, box in pairs]
        joints = np.ones((17, 3), np.float32)
        return [Pose(box=box, score=0.7, joints=joints) if index == 0 else None for index, (_, box) in enumerate(pairs)]


@pytest.fixture
def boxes(network: Networks) -> PersonBoxes:
    return PersonBoxes(network(BOXES), CropKind(size_px=(100, 100), edge=Edge.CANVAS))


def test_people_come_in_picture_pixels_without_other_classes(boxes: PersonBoxes) -> None:
    (people,) = boxes.find_boxes([PICTURE])
    assert [round(person.score, 1) for person in people] == [0.9, 0.6]
    assert people[0].box == Box(left=10, top=10, right=30, bottom=50)


def test_the_detectors_box_and_score_stay_when_joints_are_added(boxes: PersonBoxes) -> None:
    model = BoxedPoseModel("both", boxes, FirstOnly())
    (people,) = model.find_people([PICTURE])
    assert [person.joints is not None for person in people] == [True, False]
    assert people[0].box == Box(left=10, top=10, right=30, bottom=50)
    assert people[0].score == pytest.approx(0.9)


def test_joints_are_asked_for_the_best_people_only(boxes: PersonBoxes) -> None:
    crops = FirstOnly()
    (people,) = BoxedPoseModel("both", boxes, crops, max_people=1).find_people([PICTURE])
    assert len(crops.asked) == 1
    assert len(people) == 1


def test_boxes_alone_ask_for_no_joints(boxes: PersonBoxes) -> None:
    crops = FirstOnly()
    assert len(BoxedPoseModel("both", boxes, crops).find_boxes([PICTURE, PICTURE])) == 2
    assert crops.asked == []


def test_a_suspected_person_is_put_to_the_verifier_where_there_is_one(boxes: PersonBoxes) -> None:
    crops, verifier = FirstOnly(), FirstOnly()
    model = BoxedPoseModel("both", boxes, crops, verifier=verifier)
    assert model.pose_in(PICTURE, Box(left=0, top=0, right=10, bottom=20)) is not None
    assert (len(crops.asked), len(verifier.asked)) == (0, 1)


def test_no_pictures_are_no_answers(boxes: PersonBoxes) -> None:
    assert boxes.find_boxes([]) == []
    assert BoxedPoseModel("both", boxes, FirstOnly()).find_people([]) == []
