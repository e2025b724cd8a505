from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.cropping import CropRegion, crop_picture, region_around, region_of_picture
from appliance.domain.pose import Box


def test_an_upright_region_is_cut_out_as_it_is() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    region = CropRegion(center_x=12, center_y=9, width=8, height=6)
    np.testing.assert_array_equal(crop_picture(picture, region, (8, 6)), picture[6:12, 8:16])


def test_a_region_turned_by_a_right_angle_is_set_upright() -> None:
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[:, 20:] = 255
    region = CropRegion(center_x=20, center_y=20, width=20, height=20, turn_rad=math.pi / 2)
    crop = crop_picture(picture, region, (20, 20))
    # What lay to the right of the middle is where the region's top points to.
    assert crop[2:8].min() == 255
    assert crop[12:18].max() == 0


def test_outside_the_picture_its_edge_goes_on_or_is_black_as_asked() -> None:
    picture = np.full((10, 10, 3), 90, np.uint8)
    region = CropRegion(center_x=0, center_y=5, width=10, height=10)
    assert (crop_picture(picture, region, (10, 10)) == 90).all()
    assert (crop_picture(picture, region, (10, 10), border=cv2.BORDER_CONSTANT)[:, :4] == 0).all()


@given(
    center=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    side=st.floats(1, 1000),
    turn=st.floats(-7, 7),
    share=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_shares_of_the_region_keep_their_distance_from_its_middle(
    center: tuple[float, float], side: float, turn: float, share: tuple[float, float]
) -> None:
    region = CropRegion(center_x=center[0], center_y=center[1], width=side, height=side, turn_rad=turn)
    point = region.to_picture(np.array(share, np.float32))
    wanted = math.hypot(share[0] - 0.5, share[1] - 0.5) * side
    assert math.hypot(*(point - np.array(center))) == pytest.approx(wanted, abs=0.01)


@given(width=st.floats(1, 500), height=st.floats(1, 500))
def test_the_region_around_a_box_holds_it_and_has_the_asked_shape(width: float, height: float) -> None:
    region = region_around(Box(left=5, top=7, right=5 + width, bottom=7 + height), aspect=0.75, padding=1.25)
    assert region.width / region.height == pytest.approx(0.75)
    assert region.width >= width * 1.25 - 1e-6
    assert region.height >= height * 1.25 - 1e-6
    assert (region.center_x, region.center_y) == pytest.approx((5 + width / 2, 7 + height / 2))


def test_a_crops_pixels_are_followed_back_into_the_picture() -> None:
    region = CropRegion(center_x=20, center_y=30, width=40, height=20, turn_rad=math.pi / 2)
    matrix = region.matrix((80, 40))
    for column, row in ((0, 0), (80, 0), (0, 40), (33, 7)):
        shares = np.array([column / 80, row / 40], np.float32)
        np.testing.assert_allclose(matrix @ np.array([column, row, 1], np.float32), region.to_picture(shares), atol=1e-4)


def test_an_empty_box_still_gives_a_region() -> None:
    assert region_around(Box(left=3, top=3, right=3, bottom=3), aspect=1, padding=1).width == 1


def test_the_region_of_a_picture_is_a_square_around_it() -> None:
    region = region_of_picture((640, 360))
    assert (region.width, region.height, region.center_x, region.center_y) == (640, 640, 320, 180)
