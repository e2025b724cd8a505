from __future__ import annotations

import numpy as np
import pytest

from appliance.algorithms.agreeing import draw_proof, tell_disagreement
from appliance.domain.pose import Box, Pose

JOINTS = np.column_stack([np.linspace(10, 50, 17), np.linspace(10, 200, 17), np.ones(17)]).astype(np.float32)
PERSON = Pose(box=Box(left=0, top=0, right=60, bottom=200), score=0.9, joints=JOINTS)


def moved(dx: float, score: float = 0.9, joints: float = 0.0) -> Pose:
    return Pose(box=PERSON.box.moved(dx, 0), score=score, joints=JOINTS + np.array([joints, 0, 0], np.float32))


def test_the_same_people_agree_and_so_do_tiny_differences() -> None:
    assert tell_disagreement([PERSON], [PERSON]) == ""
    assert tell_disagreement([moved(0.5, 0.91, 1.0)], [PERSON]) == ""
    assert tell_disagreement([], []) == ""


@pytest.mark.parametrize(
    ("found", "word"),
    [([], "0 people instead of 1"), ([moved(9)], "box"), ([moved(0, 0.7)], "score"), ([moved(0, 0.9, 9.0)], "joints")],
)
def test_what_differs_more_is_told(found: list[Pose], word: str) -> None:
    assert word in tell_disagreement(found, [PERSON])


def test_joints_that_are_missing_on_one_side_are_a_difference() -> None:
    bare = Pose(box=PERSON.box, score=0.9)
    assert "joints" in tell_disagreement([bare], [PERSON])
    assert tell_disagreement([bare], [bare]) == ""


def test_joints_that_the_reference_is_unsure_of_do_not_count() -> None:
    unsure = JOINTS.copy()
    unsure[:, 2] = 0.1
    assert tell_disagreement([moved(0, 0.9, 50)], [Pose(box=PERSON.box, score=0.9, joints=unsure)]) == ""


def test_the_proof_is_a_picture_with_somebody_in_it() -> None:
    picture = draw_proof()
    assert picture.shape == (360, 640, 3)
    assert picture.std() > 5
