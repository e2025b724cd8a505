from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.suppressing import group_boxes, overlap_of, suppress_boxes

corner = st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 50), st.integers(1, 50), st.integers(1, 100))


def split(rows: list[tuple[int, int, int, int, int]]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    table = np.array(rows, np.float32).reshape(-1, 5)
    return np.concatenate([table[:, :2], table[:, :2] + table[:, 2:4]], axis=1), table[:, 4] / np.float32(100)


def test_overlap_is_intersection_over_union() -> None:
    boxes = np.array([[0, 0, 2, 2], [1, 0, 3, 2], [5, 5, 6, 6]], np.float32)
    np.testing.assert_allclose(overlap_of(boxes[0], boxes), [1, 1 / 3, 0], rtol=1e-6)


def test_boxes_without_area_overlap_nothing() -> None:
    empty = np.zeros((2, 4), np.float32)
    np.testing.assert_array_equal(overlap_of(empty[0], empty), [0, 0])


@given(rows=st.lists(corner, max_size=25))
def test_groups_hold_every_box_once_and_begin_with_their_best(rows: list[tuple[int, int, int, int, int]]) -> None:
    boxes, scores = split(rows)
    groups = group_boxes(boxes, scores, overlap=0.5)
    assert sorted(index for group in groups for index in group) == list(range(len(rows)))
    assert all(scores[group[0]] == scores[group].max() for group in groups)


@given(rows=st.lists(corner, max_size=25))
def test_what_stays_does_not_overlap_and_comes_best_first(rows: list[tuple[int, int, int, int, int]]) -> None:
    boxes, scores = split(rows)
    kept = suppress_boxes(boxes, scores, overlap=0.5)
    assert list(scores[kept]) == sorted(scores[kept], reverse=True)
    for place, index in enumerate(kept):
        assert (overlap_of(boxes[index], boxes[np.delete(kept, place)]) <= 0.5).all()


def test_a_better_box_displaces_the_one_it_covers() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 11], [30, 0, 40, 10]], np.float32)
    assert list(suppress_boxes(boxes, np.array([0.5, 0.9, 0.7], np.float32), overlap=0.5)) == [1, 2]
