"""Twin of algorithms/area_weighing.py."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.area_weighing import weigh_side


@given(st.integers(1, 300), st.integers(1, 300))
def test_every_row_adds_up_to_one(length_px: int, wanted_px: int) -> None:
    weights = weigh_side(length_px, wanted_px)
    assert weights.shape == (wanted_px, length_px)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    assert weights.min() >= 0


@pytest.mark.parametrize(("length_px", "wanted_px"), [(1080, 270), (1920, 480), (1080, 405), (97, 31), (64, 64)])
def test_a_side_shrinks_by_area_as_opencv_shrinks_it(length_px: int, wanted_px: int) -> None:
    column = np.random.default_rng(3).random((length_px, 1), dtype=np.float32)
    wanted = cv2.resize(column, (1, wanted_px), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(weigh_side(length_px, wanted_px) @ column, wanted, atol=1e-4)


@pytest.mark.parametrize(("length_px", "wanted_px"), [(270, 540), (97, 120)])
def test_a_side_grows_between_neighbours_as_opencv_grows_it(length_px: int, wanted_px: int) -> None:
    column = np.random.default_rng(3).random((length_px, 1), dtype=np.float32)
    wanted = cv2.resize(column, (1, wanted_px), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(weigh_side(length_px, wanted_px) @ column, wanted, atol=1e-3)
