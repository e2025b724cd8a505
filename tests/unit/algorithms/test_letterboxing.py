from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.letterboxing import letterbox_picture, plan_letterbox

sizes = st.tuples(st.integers(1, 4000), st.integers(1, 4000))
canvases = st.tuples(st.integers(1, 700), st.integers(1, 700))


@given(picture_px=sizes, canvas_px=canvases, centred=st.booleans())
def test_the_picture_lies_inside_the_canvas_and_touches_two_sides(
    picture_px: tuple[int, int], canvas_px: tuple[int, int], centred: bool
) -> None:
    plan = plan_letterbox(picture_px, canvas_px, centred=centred)
    assert plan.left_px >= 0
    assert plan.top_px >= 0
    assert plan.left_px + plan.fitted_px[0] <= canvas_px[0]
    assert plan.top_px + plan.fitted_px[1] <= canvas_px[1]
    assert plan.fitted_px[0] == canvas_px[0] or plan.fitted_px[1] == canvas_px[1]


@given(picture_px=sizes, canvas_px=canvases, centred=st.booleans(), share=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_going_to_the_canvas_and_back_gives_the_same_point(
    picture_px: tuple[int, int], canvas_px: tuple[int, int], centred: bool, share: tuple[float, float]
) -> None:
    plan = plan_letterbox(picture_px, canvas_px, centred=centred)
    point = (np.array(share) * picture_px).astype(np.float32)
    back = plan.to_picture(plan.to_canvas(point))
    # Canvas coordinates are float32, so a picture pixel is known to about a ten-thousandth of the canvas.
    np.testing.assert_allclose(back, point, atol=2e-6 * max(canvas_px) / min(plan.scale) + 1e-3)


@pytest.mark.parametrize(("centred", "place"), [(True, (0, 2)), (False, (0, 0))])
def test_a_wide_picture_lies_in_the_middle_or_at_the_top(centred: bool, place: tuple[int, int]) -> None:
    plan = plan_letterbox((16, 8), (8, 8), centred=centred)
    assert (plan.left_px, plan.top_px) == place


def test_the_rest_of_the_canvas_is_filled() -> None:
    plan = plan_letterbox((4, 2), (8, 8), centred=True)
    canvas = letterbox_picture(np.full((2, 4, 3), 200, np.uint8), plan, fill=114)
    assert canvas.shape == (8, 8, 3)
    assert (canvas[2:6] == 200).all()
    assert (canvas[:2] == 114).all()
    assert (canvas[6:] == 114).all()


def test_boxes_come_back_corner_by_corner() -> None:
    plan = plan_letterbox((640, 320), (320, 320), centred=True)
    np.testing.assert_allclose(plan.boxes_to_picture(np.array([[10, 90, 20, 100]], np.float32)), [[20, 20, 40, 40]])


def test_a_picture_of_one_pixel_fills_its_side() -> None:
    plan = plan_letterbox((1, 1), (320, 320), centred=False)
    assert plan.fitted_px == (320, 320)


def test_a_canvas_pixels_middle_lies_in_the_middle_of_what_it_shows() -> None:
    plan = plan_letterbox((200, 100), (50, 50), centred=True)
    # One pixel of the canvas shows four by four of the picture; the first lies 12 rows down.
    np.testing.assert_allclose(plan.matrix() @ np.array([0, 12, 1], np.float32), [1.5, 1.5], atol=1e-5)
    np.testing.assert_allclose(plan.matrix() @ np.array([49, 36, 1], np.float32), [197.5, 97.5], atol=1e-4)
