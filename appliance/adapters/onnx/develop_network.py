"""The networks that make of a decoder's planes what is looked at: luma in small, and a picture in colour. They have no weights.

Planes are scaled by products of matrices, which a GPU does fast; ten bits of precision (TF32) are enough for eight bits of light.
"""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper

_OPSET, _IR = 17, 9


def luma_network(*, deep: bool) -> bytes:
    """`plane` (rows, columns), `down` (height, rows), `across` (columns, width) → `luma` uint8 (height, width).

    deep: whether planes have sixteen bits.
    """
    graph = _Graph()
    graph.bytes_of(graph.scaled("plane", "down", "across"), "luma")
    return graph.model({"plane": (2, _kind(deep))}, ["down", "across"], ("luma", 2))


def picture_network(*, deep: bool, turned: bool) -> bytes:
    """The same for `plane` and `chroma` (rows, columns, 2) with `chroma_down` and `chroma_across`, and with `colours` (3, 3),
    `offsets` (3) → `picture` uint8 (height, width, 3). turned: rows become columns at the end."""
    graph = _Graph()
    light = graph.scaled("plane", "down", "across")
    colours = graph.scaled(graph.op("Transpose", "chroma", perm=[2, 0, 1]), "chroma_down", "chroma_across")
    planes = graph.op("Concat", graph.op("Unsqueeze", light, graph.whole([0])), colours, axis=0)
    pixels = graph.op("Transpose", planes, perm=[2, 1, 0] if turned else [1, 2, 0])
    graph.bytes_of(graph.op("Add", graph.op("MatMul", pixels, "colours"), "offsets"), "picture")
    given = {"plane": (2, _kind(deep)), "chroma": (3, _kind(deep)), "offsets": (1, int(TensorProto.FLOAT))}
    return graph.model(given, ["down", "across", "chroma_down", "chroma_across", "colours"], ("picture", 3))


def _kind(deep: bool) -> int:
    return int(TensorProto.UINT16 if deep else TensorProto.UINT8)


class _Graph:
    """A graph as it grows."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def op(self, kind: str, *inputs: str, output: str = "", **how: int | list[int]) -> str:
        name = output or f"step{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **how))  # type: ignore[arg-type]
        return name

    def whole(self, values: list[int]) -> str:
        name = f"constant{len(self._constants)}"
        self._constants.append(helper.make_tensor(name, TensorProto.INT64, [len(values)], values))
        return name

    def number(self, value: float) -> str:
        name = f"constant{len(self._constants)}"
        self._constants.append(helper.make_tensor(name, TensorProto.FLOAT, [], [value]))
        return name

    def scaled(self, plane: str, down: str, across: str) -> str:
        values = self.op("Cast", plane, to=TensorProto.FLOAT)
        return self.op("MatMul", self.op("MatMul", down, values), across)

    def bytes_of(self, values: str, output: str) -> None:
        held = self.op("Clip", self.op("Round", values), self.number(0), self.number(255))
        self.op("Cast", held, output=output, to=TensorProto.UINT8)

    def model(self, given: dict[str, tuple[int, int]], weights: list[str], made: tuple[str, int]) -> bytes:
        """given: names with how many axes they have, and of which kind; weights: names of matrices."""
        kinds = given | {name: (2, TensorProto.FLOAT) for name in weights}
        inputs = [
            helper.make_tensor_value_info(name, kind, [f"{name}_{axis}" for axis in range(axes)])
            for name, (axes, kind) in kinds.items()
        ]
        shape = [f"{made[0]}_{axis}" for axis in range(made[1])]
        outputs = [helper.make_tensor_value_info(made[0], TensorProto.UINT8, shape)]
        graph = helper.make_graph(self._nodes, "develop", inputs, outputs, self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)
        return bytes(model.SerializeToString())
