from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.orienting import is_quarter_turn, orientation_from_matrix, stored_size_for, turn_upright
from appliance.domain.media import Orientation

orientations = st.builds(Orientation, turn_deg=st.sampled_from([0, 90, 180, 270]), mirrored=st.booleans())


def matrix_for(a: int, b: int, c: int, d: int) -> tuple[int, ...]:
    return (a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)


@pytest.mark.parametrize(
    ("matrix", "turn_deg", "mirrored"),
    [
        (matrix_for(1, 0, 0, 1), 0, False),
        (matrix_for(0, 1, -1, 0), 90, False),
        (matrix_for(-1, 0, 0, -1), 180, False),
        (matrix_for(0, -1, 1, 0), 270, False),
        (matrix_for(-1, 0, 0, 1), 0, True),
        (matrix_for(0, 1, 1, 0), 90, True),
        (matrix_for(1, 0, 0, -1), 180, True),
        ((0,) * 9, 0, False),
    ],
)
def test_matrices_of_cameras_are_turns_and_mirrors(matrix: tuple[int, ...], turn_deg: int, *, mirrored: bool) -> None:
    assert orientation_from_matrix(matrix) == Orientation(turn_deg=turn_deg, mirrored=mirrored)


@pytest.mark.parametrize(
    ("a", "b", "c", "d"),
    [(1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0), (-1, 0, 0, 1), (0, 1, 1, 0), (1, 0, 0, -1), (0, -1, -1, 0)],
)
def test_a_turned_picture_has_its_pixels_where_the_matrix_puts_them(a: int, b: int, c: int, d: int) -> None:
    stored = np.arange(6, dtype=np.uint8).reshape(2, 3)
    points = {(a * x + c * y, b * x + d * y): int(stored[y, x]) for y in range(2) for x in range(3)}
    left, top = min(x for x, _ in points), min(y for _, y in points)
    shown = turn_upright(stored, orientation_from_matrix(matrix_for(a, b, c, d)))
    assert {(x - left, y - top): value for (x, y), value in points.items()} == {
        (x, y): int(shown[y, x]) for y in range(shown.shape[0]) for x in range(shown.shape[1])
    }


def test_odd_angles_go_to_the_nearest_quarter_turn_and_are_noticed() -> None:
    angle = math.radians(80)
    cos, sin = round(math.cos(angle) * 65536), round(math.sin(angle) * 65536)
    matrix = (cos, sin, 0, -sin, cos, 0, 0, 0, 1 << 30)
    assert orientation_from_matrix(matrix).turn_deg == 90
    assert not is_quarter_turn(matrix)
    assert is_quarter_turn(matrix_for(0, 1, -1, 0))


@given(orientations, st.integers(1, 9), st.integers(1, 9))
def test_turning_keeps_every_pixel_and_swaps_sides_when_it_says_so(orientation: Orientation, width: int, height: int) -> None:
    stored: npt.NDArray[np.uint8] = np.arange(width * height, dtype=np.uint8).reshape(height, width)
    shown = turn_upright(stored, orientation)
    assert shown.shape == ((width, height) if orientation.swaps_sides else (height, width))
    assert sorted(shown.ravel()) == sorted(stored.ravel())
    assert shown.flags.c_contiguous


@given(orientations, st.integers(2, 4000), st.integers(2, 4000), st.integers(16, 2000))
def test_the_longer_side_comes_out_as_asked_and_nothing_is_enlarged(
    orientation: Orientation, width: int, height: int, long_side_px: int
) -> None:
    stored = stored_size_for((width, height), long_side_px, orientation)
    shown = stored[::-1] if orientation.swaps_sides else stored
    assert max(shown) == min(long_side_px, max(width, height))
    assert shown[0] <= width
    assert shown[1] <= height
    assert min(shown) >= 1
