"""Twin of adapters/onnx/failures.py."""

from __future__ import annotations

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest

from appliance.adapters.onnx.crops import CropKind
from appliance.adapters.onnx.cut_network import cut_network
from appliance.adapters.onnx.failures import CALLERS, FAILURES


def test_a_callers_fault_is_a_failure_too() -> None:
    assert set(CALLERS) <= set(FAILURES)


def test_what_the_library_raises_over_a_wrong_shape_is_the_callers_fault() -> None:
    session = onnxruntime.InferenceSession(cut_network(CropKind(size_px=(4, 4))), providers=["CPUExecutionProvider"])
    zeros = {"width": (1,), "bounds": (1, 2, 2), "places": (1, 2, 3)}
    given = {name: np.zeros(shape, np.float32) for name, shape in zeros.items()}
    with pytest.raises(CALLERS):
        session.run(None, {"picture": np.zeros((4, 4), np.uint8), **given})


def test_what_is_no_network_is_a_failure() -> None:
    with pytest.raises(FAILURES):
        onnxruntime.InferenceSession(b"nothing of the sort", providers=["CPUExecutionProvider"])
