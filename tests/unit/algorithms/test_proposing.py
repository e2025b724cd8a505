from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.compensating import align_to_now, estimate_camera
from appliance.algorithms.differencing import find_changes
from appliance.algorithms.proposing import FlowEstimator, MovingRegion, join_neighbours, propose_regions
from appliance.domain.pose import Box

from ...moving_pictures import HEIGHT_PX, WIDTH_PX, Luma, World, turned_by, with_noise, with_patch

WORLD = World()


def proposed(before: Luma, now: Luma) -> list[MovingRegion]:
    """All steps from two pictures to regions."""
    aligned, known = align_to_now(before, estimate_camera(before, now, None))
    changes = find_changes(aligned, now, known)
    return propose_regions(changes, FlowEstimator().flow_between(aligned, now, changes))


def region(left: float, top: float, right: float, bottom: float, changed_px: int = 100) -> MovingRegion:
    return MovingRegion(box=Box(left=left, top=top, right=right, bottom=bottom), changed_px=changed_px)


@pytest.mark.parametrize("pan_px", [0.0, 3.4, 14.2, -22.7])
def test_a_square_that_moves_by_itself_is_proposed_and_nothing_else_however_the_camera_pans(pan_px: float) -> None:
    before = with_noise(with_patch(WORLD.seen(), 140, 70), 2.0, seed=1)
    now = with_noise(with_patch(WORLD.seen(turned_by(shift_px=(pan_px, 0))), 140 + pan_px + 8, 74), 2.0, seed=2)
    (found,) = proposed(before, now)
    place = Box(left=140 + pan_px, top=70, right=188 + pan_px, bottom=114)
    assert found.box.intersection(place) > 0.95 * place.area
    # Flow is smooth: it reaches beyond what moved.
    assert place.grown(24).intersection(found.box) > 0.98 * found.box.area


def test_two_squares_far_apart_are_two_regions_the_larger_first() -> None:
    before = with_patch(with_patch(WORLD.seen(), 30, 20, 30), 220, 90, 60)
    now = with_patch(with_patch(WORLD.seen(), 36, 20, 30), 212, 90, 60)
    large, small = proposed(before, now)
    assert large.changed_px > small.changed_px
    assert large.box.center[0] > 160 > small.box.center[0]


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("pan_px", [5.0, 16.0, -30.0])
def test_nothing_that_stands_is_proposed_under_a_panning_camera(seed: int, pan_px: float) -> None:
    before, now = (with_patch(World(seed=seed).seen(turned_by(shift_px=(x, 0))), 140 + x, 70) for x in (0.0, pan_px))
    assert proposed(before, now) == []


@pytest.mark.parametrize("light", [0.85, 1.0, 1.15])
def test_noise_and_light_propose_nothing(light: float) -> None:
    before = with_noise(WORLD.seen(), 3.0, seed=1)
    now = with_noise(np.clip(WORLD.seen() * light, 0, 255).astype(np.uint8), 3.0, seed=2)
    assert proposed(before, now) == []


def test_what_changes_without_moving_is_not_proposed() -> None:
    changes = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    changes[40:80, 40:80] = 255
    assert propose_regions(changes, np.zeros((HEIGHT_PX, WIDTH_PX, 2), np.float32)) == []


def test_what_flows_without_changing_is_not_proposed() -> None:
    flow = np.full((HEIGHT_PX, WIDTH_PX, 2), 5, np.float32)
    assert propose_regions(np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8), flow) == []


def test_a_crowd_is_bounded_to_a_few_regions() -> None:
    changes = np.zeros((400, 640), np.uint8)
    for top in range(0, 400, 40):
        for left in range(0, 640, 40):
            changes[top : top + 6, left : left + 6] = 255
    found = propose_regions(changes, np.full((400, 640, 2), 3, np.float32))
    assert 1 <= len(found) <= 12


def test_flow_is_found_where_something_changed_and_is_zero_far_from_it() -> None:
    before, now = with_patch(WORLD.seen(), 60, 60, 60), with_patch(WORLD.seen(), 66, 58, 60)
    flow = FlowEstimator().flow_between(before, now, find_changes(before, now, np.full_like(now, 255)))
    assert flow.shape == (HEIGHT_PX, WIDTH_PX, 2)
    assert np.median(flow[75:105, 80:110], axis=(0, 1)) == pytest.approx([6, -2], abs=1)
    assert not flow[:, 260:].any()


def test_without_changes_there_is_no_flow() -> None:
    picture = WORLD.seen()
    assert not FlowEstimator().flow_between(picture, np.roll(picture, 5, axis=1), np.zeros_like(picture)).any()


@pytest.mark.parametrize("shape", [(48, 64), (90, 120), (120, 300), (200, 96)])
def test_pictures_smaller_than_the_flows_own_patch_are_looked_at_as_a_whole(shape: tuple[int, int]) -> None:
    height, width = shape
    before, now = (np.ascontiguousarray(WORLD.scenery[:height, x : x + width]) for x in (3, 0))
    flow = FlowEstimator().flow_between(before, now, np.full(shape, 255, np.uint8))
    assert np.median(flow[8:-8, 8:-8, 0]) == pytest.approx(3, abs=0.5)


def test_the_limbs_of_one_body_become_one_region() -> None:
    (joined,) = join_neighbours([region(50, 20, 70, 60, 300), region(52, 66, 60, 90, 80), region(64, 64, 72, 92, 70)])
    assert joined.box == Box(left=50, top=20, right=72, bottom=92)
    assert joined.changed_px == 450


def test_bodies_far_from_each_other_stay_apart() -> None:
    assert len(join_neighbours([region(0, 0, 20, 50), region(60, 0, 80, 50)])) == 2


def boxes() -> st.SearchStrategy[MovingRegion]:
    numbers = st.integers(0, 300)
    sizes = st.integers(4, 60)
    return st.builds(lambda x, y, w, h, n: region(x, y, x + w, y + h, n), numbers, numbers, sizes, sizes, st.integers(12, 999))


@settings(max_examples=30)
@given(st.lists(boxes(), max_size=12))
def test_joining_loses_no_change_and_covers_all_that_was_there(regions: list[MovingRegion]) -> None:
    joined = join_neighbours(regions)
    assert sum(one.changed_px for one in joined) == sum(one.changed_px for one in regions)
    assert all(any(one.box.intersection(each.box) == each.box.area for one in joined) for each in regions)
    assert [one.changed_px for one in joined] == sorted((one.changed_px for one in joined), reverse=True)
