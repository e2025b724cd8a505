"""What a network costs at least: its multiplications over a chip's rate of them, or its bytes over the memory's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path

import onnx

from appliance.domain.graphics import Rates

_FLOAT_BYTES = 4


def operations_per_picture(path: Path) -> int:
    """Multiplications and additions of all convolutions and products, for one picture."""
    model = _shaped(path)
    shapes = _shapes(model)
    return sum(_operations(node, shapes) for node in model.graph.node)


def bytes_per_picture(path: Path, batch: int) -> int:
    """Bytes that have to be moved at least: weights once for a batch, the picture in, the heads out."""
    model = _shaped(path)
    weights = sum(prod(weight.dims) for weight in model.graph.initializer) * _FLOAT_BYTES
    ends = [*model.graph.input, *model.graph.output]
    shapes = _shapes(model)
    return int(weights // batch + sum(prod(shapes[end.name]) for end in ends) * _FLOAT_BYTES)


def pictures_per_s(path: Path, batch: int, rates: Rates) -> float:
    """The most that a chip with these rates can do; what really runs is slower."""
    arithmetic_s = operations_per_picture(path) / rates.operations_per_s
    memory_s = bytes_per_picture(path, batch) / rates.bytes_per_s
    return 1 / max(arithmetic_s, memory_s)


def _shaped(path: Path) -> onnx.ModelProto:
    """The network with all shapes known, for a batch of one."""
    model = onnx.load(str(path))
    for end in (*model.graph.input, *model.graph.output):
        end.type.tensor_type.shape.dim[0].dim_value = 1
    return onnx.shape_inference.infer_shapes(model)


def _shapes(model: onnx.ModelProto) -> Mapping[str, Sequence[int]]:
    known = {weight.name: tuple(weight.dims) for weight in model.graph.initializer}
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        known[value.name] = tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim)
    return known


def _operations(node: onnx.NodeProto, shapes: Mapping[str, Sequence[int]]) -> int:
    """Two for every weight that a result is made of."""
    if node.op_type == "Conv":
        return 2 * int(prod(shapes[node.output[0]])) * int(prod(shapes[node.input[1]][1:]))
    if node.op_type in ("Gemm", "MatMul"):
        return 2 * int(prod(shapes[node.output[0]])) * int(shapes[node.input[0]][-1])
    return 0
