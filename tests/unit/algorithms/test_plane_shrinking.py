from __future__ import annotations

import numpy as np

from appliance.algorithms.plane_shrinking import shrink_plane


def test_every_stored_pixel_counts() -> None:
    plane = np.array([[0, 100, 200, 200], [0, 100, 200, 200]], np.uint8)
    assert shrink_plane(plane, (2, 1)).tolist() == [[50, 200]]


def test_a_plane_of_the_right_size_comes_back_as_it_is() -> None:
    plane = np.arange(6, dtype=np.uint8).reshape(2, 3)
    assert np.array_equal(shrink_plane(plane, (3, 2)), plane)


def test_what_lies_above_eight_bits_is_dropped() -> None:
    plane = np.array([[0, 4, 1023, 512]], np.uint16)
    assert shrink_plane(plane, (4, 1), used_bits=10).tolist() == [[0, 1, 255, 128]]
    assert shrink_plane(plane, (4, 1), used_bits=10).dtype == np.uint8


def test_a_view_into_a_padded_buffer_is_fine() -> None:
    buffer = np.tile(np.arange(8, dtype=np.uint8), (4, 1))
    assert shrink_plane(buffer[:, :4], (2, 2)).shape == (2, 2)
