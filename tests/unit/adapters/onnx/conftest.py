"""Tiny networks that always answer the same, whatever they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import pytest

from appliance.adapters.onnx.session import OrtSession

Answers = Mapping[str, npt.NDArray[Any]]
Networks = Callable[[Answers], OrtSession]


def write_network(path: Path, answers: Answers) -> Path:
    """A network whose heads are `answers` (without the batch axis), repeated for every picture of the batch."""
    nodes = [
        onnx.helper.make_node("Shape", ["input"], ["batch"], start=0, end=1),
    ]
    constants, heads = [], []
    for name, answer in answers.items():
        constants.append(onnx.numpy_helper.from_array(answer[None], f"{name}_one"))
        constants.append(onnx.numpy_helper.from_array(np.array(answer.shape, np.int64), f"{name}_shape"))
        nodes.append(onnx.helper.make_node("Concat", ["batch", f"{name}_shape"], [f"{name}_wanted"], axis=0))
        nodes.append(onnx.helper.make_node("Expand", [f"{name}_one", f"{name}_wanted"], [name]))
        kind = onnx.helper.np_dtype_to_tensor_dtype(answer.dtype)
        heads.append(onnx.helper.make_tensor_value_info(name, kind, ["batch", *answer.shape]))
    pictures = onnx.helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, ["batch", "a", "b", "c"])
    graph = onnx.helper.make_graph(nodes, "tiny", [pictures], heads, constants)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path)
    return path


@pytest.fixture
def network(tmp_path: Path) -> Networks:
    numbers = iter(range(100))
    return lambda answers: OrtSession(write_network(tmp_path / f"{next(numbers)}.onnx", answers))
