"""The network that cuts crops: affine, bilinear, in a network's own order and range. It has no weights and is written here.

Made of the plainest operators, all of which the CUDA provider has. Positions are sums of products and never a matrix product, for
which a GPU may take numbers of ten bits (TF32).
Source: ONNX Runtime, docs/OperatorKernels.md; "CUDA Execution Provider", use_tf32.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from appliance.adapters.onnx.crops import CropKind, Edge

#: Newest that every ONNX Runtime of this product's extras reads.
_OPSET, _IR = 17, 9


def cut_network(kind: CropKind) -> bytes:
    """The network as a file's bytes.

    Inputs: `picture` uint8 (height, width, 3), RGB; `width` float32 (1), its width; `bounds` float32 (n, 2, 2), first and last
    pixel of the part of it that counts, x and y; `places` float32 (n, 2, 3), from a pixel of the crop (column, row, 1) to the
    picture. Output: `crops` float32 (n, …), as the kind says.
    """
    graph = _Graph()
    width, height = kind.size_px
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32).reshape(2, 1, 1, -1)
    across, down, origin = (graph.column("places", index) for index in range(3))
    moved = graph.op("Add", graph.op("Mul", across, graph.number(columns)), graph.op("Mul", down, graph.number(rows)))
    at = graph.op("Add", moved, origin)  # (n, 2, pixels): x, y
    mixed = _mixed(graph, kind, at, (graph.column("bounds", 0), graph.column("bounds", 1)))
    _prepared(graph, kind, mixed)
    return bytes(graph.model(["n", *kind.shape]).SerializeToString())


def _mixed(graph: _Graph, kind: CropKind, at: str, bounds: tuple[str, str]) -> str:
    """(n, pixels, 3) — the four pixels around each position, by how near they are."""
    low = graph.op("Floor", at)
    near_high = graph.op("Sub", at, low)
    near_low = graph.op("Sub", graph.number(np.float32(1)), near_high)
    high = graph.op("Add", low, graph.number(np.float32(1)))
    if kind.edge is Edge.BLACK:
        near_low = graph.op("Mul", near_low, graph.inside(low, bounds, 0.0))
        near_high = graph.op("Mul", near_high, graph.inside(high, bounds, 0.0))
    columns, rows = ([graph.axis(each, index) for each in (low, high)] for index in (0, 1))
    flat = graph.op("Reshape", "picture", graph.whole([-1, 3]))
    bounds_x, bounds_y = ([graph.axis(each, index) for each in bounds] for index in (0, 1))
    shares = (graph.axis(near_low, 0), graph.axis(near_high, 0)), (graph.axis(near_low, 1), graph.axis(near_high, 1))
    total = ""
    for x, share_x in zip(columns, shares[0], strict=True):
        for y, share_y in zip(rows, shares[1], strict=True):
            row = graph.op("Mul", graph.held(y, bounds_y), "width")
            place = graph.op("Cast", graph.op("Add", row, graph.held(x, bounds_x)), to=TensorProto.INT64)
            seen = graph.op("Cast", graph.op("Gather", flat, place, axis=0), to=TensorProto.FLOAT)
            share = graph.op("Unsqueeze", graph.op("Mul", share_x, share_y), graph.whole([2]))
            part = graph.op("Mul", seen, share)
            total = graph.op("Add", total, part) if total else part
    return total if kind.edge is not Edge.CANVAS else _on_canvas(graph, kind, total, graph.inside(at, bounds, 0.5))


def _on_canvas(graph: _Graph, kind: CropKind, seen: str, inside: str) -> str:
    """What lies on the picture, and the canvas around it."""
    both = graph.op("Mul", graph.axis(inside, 0), graph.axis(inside, 1))
    share = graph.op("Unsqueeze", both, graph.whole([2]))
    over = graph.op("Mul", graph.op("Sub", seen, graph.number(np.float32(kind.fill))), share)
    return graph.op("Add", over, graph.number(np.float32(kind.fill)))


def _prepared(graph: _Graph, kind: CropKind, mixed: str) -> None:
    mixed = graph.op("Round", mixed)  # as bytes are
    if kind.colours == "bgr":
        mixed = graph.op("Gather", mixed, graph.whole([2, 1, 0]), axis=2)
    values = graph.op(
        "Div",
        graph.op("Sub", mixed, graph.number(np.array(kind.mean, np.float32))),
        graph.number(np.array(kind.std, np.float32)),
    )
    if kind.channels_first:
        values = graph.op("Transpose", values, perm=[0, 2, 1])
    graph.op("Reshape", values, graph.whole([-1, *kind.shape]), output="crops")


class _Graph:
    """A graph as it grows."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def op(self, kind: str, *inputs: str, output: str = "", **how: int | list[int]) -> str:
        name = output or f"step{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **how))  # type: ignore[arg-type]
        return name

    def number(self, values: npt.ArrayLike) -> str:
        self._constants.append(numpy_helper.from_array(np.asarray(values, np.float32), f"constant{len(self._constants)}"))
        return str(self._constants[-1].name)

    def whole(self, values: list[int]) -> str:
        self._constants.append(numpy_helper.from_array(np.array(values, np.int64), f"constant{len(self._constants)}"))
        return str(self._constants[-1].name)

    def column(self, columns: str, index: int) -> str:
        """(n, 2, 1) — a column of each place or bound."""
        return self.op("Slice", columns, self.whole([index]), self.whole([index + 1]), self.whole([2]))

    def axis(self, pairs: str, index: int) -> str:
        """(n, pixels) — x or y of (n, 2, pixels)."""
        return self.op("Gather", pairs, self.scalar(index), axis=1)

    def scalar(self, value: int) -> str:
        self._constants.append(numpy_helper.from_array(np.array(value, np.int64), f"constant{len(self._constants)}"))
        return str(self._constants[-1].name)

    def held(self, position: str, bounds: list[str]) -> str:
        """A position, held between the first pixel and the last."""
        return self.op("Max", self.op("Min", position, bounds[1]), bounds[0])

    def inside(self, position: str, bounds: tuple[str, str], slack: float) -> str:
        """1 where a position lies on the part that counts or no further than `slack` beside it, otherwise 0."""
        beside = self.number(np.float32(slack))
        first = self.op("GreaterOrEqual", position, self.op("Sub", bounds[0], beside))
        end = self.op("LessOrEqual", position, self.op("Add", bounds[1], beside))
        return self.op("Cast", self.op("And", first, end), to=TensorProto.FLOAT)

    def model(self, shape: list[str | int]) -> onnx.ModelProto:
        inputs = [
            helper.make_tensor_value_info("picture", TensorProto.UINT8, ["height", "width", 3]),
            helper.make_tensor_value_info("width", TensorProto.FLOAT, [1]),
            helper.make_tensor_value_info("bounds", TensorProto.FLOAT, ["n", 2, 2]),
            helper.make_tensor_value_info("places", TensorProto.FLOAT, ["n", 2, 3]),
        ]
        outputs = [helper.make_tensor_value_info("crops", TensorProto.FLOAT, shape)]
        graph = helper.make_graph(self._nodes, "crops", inputs, outputs, self._constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)
