from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from appliance.algorithms.scene_catalogue import CATALOGUE, demo, panning_over_standers, spin, two_skaters_one_stands
from appliance.algorithms.scene_labelling import label_moving, poses_at
from appliance.domain.pose import JOINTS
from appliance.domain.scene import Activity, Camera, CameraKey, Scene, Skater, Step
from appliance.domain.timespan import Span


def spans(*ends: tuple[int, int]) -> tuple[Span, ...]:
    return tuple(Span(Fraction(a), Fraction(b)) for a, b in ends)


def test_the_demo_moves_in_four_bouts() -> None:
    assert label_moving(demo()) == spans((7, 19), (31, 43), (57, 71), (76, 83))


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_labels_are_sorted_disjoint_and_within_the_scene(name: str) -> None:
    scene = CATALOGUE[name]()
    labels = label_moving(scene)
    assert all(span.start >= 0 and span.end <= scene.length for span in labels)
    assert all(before.end < after.start for before, after in pairwise(labels))


def test_a_spin_on_the_spot_is_motion() -> None:
    assert label_moving(spin()) == spans((3, 8))


def test_a_panning_camera_is_not_motion() -> None:
    assert label_moving(panning_over_standers()) == ()


def test_one_skater_who_moves_is_enough() -> None:
    assert label_moving(two_skaters_one_stands()) == spans((2, 7))


def test_who_is_out_of_the_picture_does_not_count() -> None:
    step = Step(activity=Activity.GLIDE, length=Fraction(6), speed_mps=4.0)
    skater = Skater(place_m=(22.0, 10.0), heading_deg=0.0, steps=(step,))
    scene = Scene(name="x", length=Fraction(6), fps=Fraction(10), skaters=(skater,))
    (seen,) = label_moving(scene)
    assert 0 < seen.start < seen.end < 6
    away = replace(scene, camera=Camera(keys=(CameraKey(tilt_deg=45.0),)))
    assert label_moving(away) == ()


def test_a_session_cut_short_cuts_its_last_label() -> None:
    assert label_moving(replace(spin(), length=Fraction(5))) == spans((3, 5))


def test_true_poses_lie_within_their_boxes_and_heads_are_above_feet() -> None:
    (people,) = poses_at(spin(), [Fraction(1)])
    (pose,) = people
    assert pose.joints is not None
    assert pose.joints.shape == (len(JOINTS), 3)
    x, y, sure = pose.joints.T
    assert (sure == 1.0).all()
    assert pose.box.left < x.min() <= x.max() < pose.box.right
    assert pose.box.top < y.min() <= y.max() < pose.box.bottom
    assert y[JOINTS.index("nose")] < y[JOINTS.index("left_hip")] < y[JOINTS.index("left_ankle")]


def test_somebody_who_faces_the_camera_has_their_left_on_the_right() -> None:
    ((pose,),) = poses_at(spin(), [Fraction(1)])
    assert pose.joints is not None
    for part in ("eye", "ear", "shoulder", "hip"):
        assert pose.joints[JOINTS.index(f"left_{part}"), 0] > pose.joints[JOINTS.index(f"right_{part}"), 0]
    assert np.isfinite(pose.joints).all()
