"""Twin of adapters/onnx/crops.py."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.adapters.onnx.crops import CropKind, Crops, Edge
from appliance.algorithms.cropping import CropRegion
from appliance.algorithms.letterboxing import plan_letterbox

PICTURE = np.full((40, 60, 3), (10, 20, 30), np.uint8)


def test_pictures_are_brought_into_the_networks_order_and_range() -> None:
    kind = CropKind(size_px=(2, 2), colours="bgr", mean=(1, 2, 3), std=(2, 2, 2))
    tensor = kind.prepared(np.full((1, 2, 2, 3), (10, 20, 30), np.uint8))
    assert tensor.shape == (1, *kind.shape) == (1, 3, 2, 2)
    assert tensor.flags.c_contiguous
    np.testing.assert_allclose(tensor[0, :, 0, 0], [14.5, 9, 3.5])


@pytest.mark.parametrize(("channels_first", "shape"), [(True, (3, 4, 8)), (False, (4, 8, 3))])
def test_colours_stand_where_the_network_wants_them(channels_first: bool, shape: tuple[int, ...]) -> None:
    kind = CropKind(size_px=(8, 4), channels_first=channels_first)
    tensor = kind.prepared(np.full((2, 4, 8, 3), (10, 20, 30), np.uint8))
    assert tensor.shape == (2, *kind.shape) == (2, *shape)
    np.testing.assert_array_equal(np.unique(tensor), [10, 20, 30])


@pytest.mark.parametrize(("edge", "beyond"), [(Edge.REPLICATE, 10), (Edge.BLACK, 0)])
def test_beyond_a_picture_lies_what_is_asked_for(edge: Edge, beyond: int) -> None:
    kind = CropKind(size_px=(20, 20), channels_first=False, edge=edge)
    crop = Crops(kind, [(PICTURE, CropRegion(center_x=0, center_y=20, width=20, height=20))]).on_host()
    assert crop[0, 10, 2, 0] == beyond
    assert crop[0, 10, 15, 0] == 10


def test_a_canvas_is_filled_around_the_picture() -> None:
    kind = CropKind(size_px=(20, 20), edge=Edge.CANVAS, channels_first=False)
    crop = Crops(kind, [(PICTURE, plan_letterbox((60, 40), (20, 20), centred=False))]).on_host()
    assert (crop[0, 2, 2, 0], crop[0, 18, 2, 0]) == (10, 114)


def test_a_part_of_a_batch_is_a_batch() -> None:
    kind = CropKind(size_px=(8, 8))
    places = [(PICTURE, CropRegion(center_x=x, center_y=20, width=8, height=8)) for x in (10.0, 20.0, 30.0)]
    part = Crops(kind, places)[1:9]
    assert len(part) == 2
    assert part.on_host().shape == (2, 3, 8, 8)
