"""Twin of adapters/onnx/develop_network.py; what it makes of a decoder's planes is held to FFmpeg in tests/unit/adapters/pyav."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]
import pytest

from appliance.adapters.onnx.develop_network import luma_network, picture_network


@pytest.mark.parametrize("deep", [False, True])
def test_they_are_valid_networks(deep: bool) -> None:
    networks = (luma_network(deep=deep), *(picture_network(deep=deep, turned=turned) for turned in (False, True)))
    for network in networks:
        onnx.checker.check_model(onnx.load_from_string(network), full_check=True)


def test_luma_is_scaled_rounded_and_kept_within_a_byte() -> None:
    session = onnxruntime.InferenceSession(luma_network(deep=False), providers=["CPUExecutionProvider"])
    plane = np.array([[10, 21], [255, 255]], np.uint8)
    given = {"plane": plane, "down": np.array([[1, 0], [0, 2]], np.float32), "across": np.array([[0.5], [0.5]], np.float32)}
    np.testing.assert_array_equal(session.run(None, given)[0], np.array([[16], [255]], np.uint8))
