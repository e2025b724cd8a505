from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]
import pytest

from appliance.adapters.tflite.converter import convert_tflite
from appliance.domain.errors import Misconfigured

Maker = Callable[[Sequence[int]], Any]


@pytest.fixture
def two_heads(tiny_model: Maker, tmp_path: Path) -> Path:
    model = tiny_model([1, 2, 2, 1])
    wanted = model.add_operator("LOGISTIC", [0], [1, 2, 2, 1])
    other = model.add_operator("ADD", [0, model.add_constant(np.ones((1, 2, 2, 1), np.float32))], [1, 2, 2, 1], kind="AddOptions")
    path: Path = model.write(tmp_path / "two.tflite", [wanted, other])
    return path


def test_the_batch_is_open_and_heads_keep_their_layout(two_heads: Path) -> None:
    session = onnxruntime.InferenceSession(convert_tflite(two_heads, {"sure": "tensor_1"}), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == ["batch", 2, 2, 1]
    assert session.run(["sure"], {"input": np.zeros((5, 2, 2, 1), np.float32)})[0].shape == (5, 2, 2, 1)


def test_heads_that_are_not_asked_for_are_left_out(two_heads: Path) -> None:
    model = onnx.load_from_string(convert_tflite(two_heads, {"sure": "tensor_1"}))
    assert [output.name for output in model.graph.output] == ["sure"]
    assert "Add" not in {node.op_type for node in model.graph.node}
    assert list(model.graph.initializer) == []


def test_the_same_file_gives_the_same_bytes(two_heads: Path) -> None:
    heads = {"sure": "tensor_1", "more": "tensor_3"}
    assert convert_tflite(two_heads, heads) == convert_tflite(two_heads, heads)


def test_a_head_that_is_not_there_is_named_with_those_that_are(two_heads: Path) -> None:
    with pytest.raises(Misconfigured, match="tensor_1, tensor_3"):
        convert_tflite(two_heads, {"sure": "Identity_9"})
