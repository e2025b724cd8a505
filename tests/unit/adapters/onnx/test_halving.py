"""Twin of adapters/onnx/halving.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from appliance.adapters.onnx.halving import halved
from appliance.domain.errors import Misconfigured

from .conftest import write_network


def test_a_network_is_converted_once_per_content(tmp_path: Path) -> None:
    path = write_network(tmp_path / "a.onnx", {"dets": np.ones((2, 5), np.float32)})
    once = halved(path)
    stamp = once.stat().st_mtime_ns
    assert halved(path) == once
    assert once.stat().st_mtime_ns == stamp
    write_network(path, {"dets": np.zeros((2, 5), np.float32)})
    assert halved(path) != once


def test_both_ends_keep_their_precision(tmp_path: Path) -> None:
    model = onnx.load(halved(write_network(tmp_path / "a.onnx", {"dets": np.ones((2, 5), np.float32)})))
    kinds = {end.type.tensor_type.elem_type for end in (*model.graph.input, *model.graph.output)}
    assert kinds == {onnx.TensorProto.FLOAT}


def test_what_cannot_be_converted_is_said_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"nothing of the sort")
    with pytest.raises(Misconfigured, match="half precision") as refused:
        halved(tmp_path / "a.onnx")
    assert "gpu.precision" in refused.value.remedy
