"""Twin of adapters/onnx/device_picture.py."""

from __future__ import annotations

import numpy as np
import onnxruntime  # type: ignore[import-untyped]

from appliance.adapters.onnx.device_picture import DevicePicture

PIXELS = np.random.default_rng(5).integers(0, 256, (30, 40, 3), dtype=np.uint8)
WHOLE = DevicePicture.whole(onnxruntime.OrtValue.ortvalue_from_numpy(PIXELS, "cpu", 0))


def test_all_of_it_comes_here_when_it_is_called() -> None:
    assert WHOLE.shape == PIXELS.shape
    np.testing.assert_array_equal(WHOLE.near(), PIXELS)


def test_a_part_of_a_part_lies_where_it_lies_in_the_whole() -> None:
    part = WHOLE.part(10, 5, 30, 25).part(2, 3, 12, 9)
    assert part.shape == (6, 10, 3)
    assert part.memory is WHOLE.memory
    np.testing.assert_array_equal(part.near(), PIXELS[8:14, 12:22])
