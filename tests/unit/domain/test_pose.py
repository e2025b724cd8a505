from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.pose import JOINTS, Box, box_around

numbers = st.integers(-1000, 1000)
sizes = st.integers(1, 1000)
boxes = st.builds(lambda x, y, w, h: Box(left=x, top=y, right=x + w, bottom=y + h), numbers, numbers, sizes, sizes)


@given(boxes, boxes)
def test_overlap_is_the_same_seen_from_both_sides_and_at_most_all(one: Box, other: Box) -> None:
    assert one.intersection(other) == other.intersection(one) <= min(one.area, other.area)
    assert 0 <= one.iou(other) == other.iou(one) <= 1


@given(boxes)
def test_a_box_covers_itself_wholly(box: Box) -> None:
    assert box.iou(box) == 1
    assert box.intersection(box) == box.area == box.width * box.height


@given(boxes, boxes)
def test_what_is_clipped_lies_inside_and_is_what_both_share(box: Box, bounds: Box) -> None:
    clipped = box.clipped_to(bounds)
    assert clipped.area == box.intersection(bounds)
    if clipped.area:
        assert clipped.clipped_to(bounds) == clipped == bounds.clipped_to(box)


@given(boxes, numbers, numbers, st.sampled_from([0.25, 0.5, 2.0, 8.0]))
def test_moving_and_scaling_have_a_way_back(box: Box, dx: int, dy: int, factor: float) -> None:
    assert box.moved(dx, dy).moved(-dx, -dy) == box
    assert box.scaled(factor).scaled(1 / factor) == box
    assert box.scaled(factor).area == pytest.approx(box.area * factor**2)
    assert box.moved(dx, dy).area == box.area


@given(boxes, st.integers(0, 50))
def test_a_grown_box_keeps_its_middle_and_gains_the_margin_on_every_side(box: Box, margin: int) -> None:
    grown = box.grown(margin)
    assert grown.center == box.center
    assert (grown.width, grown.height) == (box.width + 2 * margin, box.height + 2 * margin)


def test_boxes_that_only_touch_share_nothing() -> None:
    left = Box(left=0, top=0, right=10, bottom=10)
    assert left.intersection(left.moved(10, 0)) == 0
    assert left.iou(left.moved(10, 0)) == 0


def test_a_box_turned_inside_out_covers_nothing() -> None:
    inside_out = Box(left=10, top=10, right=0, bottom=0)
    assert inside_out.area == 0
    assert inside_out.iou(inside_out) == 0


def test_joints_are_the_seventeen_of_the_keypoint_task_left_before_right() -> None:
    assert len(set(JOINTS)) == len(JOINTS) == 17
    lefts = [index for index, name in enumerate(JOINTS) if name.startswith("left_")]
    assert all(JOINTS[index + 1] == JOINTS[index].replace("left", "right") for index in lefts)


def test_the_box_around_several_holds_each_of_them_and_no_more() -> None:
    boxes = [Box(left=3, top=9, right=5, bottom=12), Box(left=1, top=10, right=4, bottom=20)]
    assert box_around(boxes) == Box(left=1, top=9, right=5, bottom=20)
