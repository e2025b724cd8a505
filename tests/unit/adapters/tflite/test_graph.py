from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.adapters.tflite.graph import read_graph
from appliance.domain.errors import Misconfigured

Maker = Callable[[Sequence[int]], Any]


def test_half_precision_constants_are_unpacked_and_their_operators_gone(tiny_model: Maker, tmp_path: Path) -> None:
    model = tiny_model([1, 2, 2, 1])
    stored = model.add_constant(np.full((1, 2, 2, 1), 1.5, np.float16))
    unpacked = model.add_operator("DEQUANTIZE", [stored], [1, 2, 2, 1])
    total = model.add_operator("ADD", [0, unpacked], [1, 2, 2, 1], kind="AddOptions")
    graph = read_graph(model.write(tmp_path / "x.tflite", [total]))
    assert [operator.name for operator in graph.operators] == ["ADD"]
    assert graph.constants[unpacked].dtype == np.float32
    assert (graph.constants[unpacked] == 1.5).all()
    assert graph.inputs == [0]
    assert graph.outputs == [total]
    assert graph.shapes[0] == [1, 2, 2, 1]
    assert graph.names[0] == "tensor_0"


def test_an_operator_of_a_later_schema_is_known_by_its_wide_code(tiny_model: Maker, tmp_path: Path) -> None:
    model = tiny_model([1, 2])
    output = model.add_operator("GELU", [0], [1, 2])
    assert read_graph(model.write(tmp_path / "x.tflite", [output])).operators[0].name == "GELU"


def test_another_file_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "x.tflite"
    path.write_bytes(b"not a model at all")
    with pytest.raises(Misconfigured, match=r"x\.tflite") as caught:
        read_graph(path)
    assert "models pull" in caught.value.remedy
