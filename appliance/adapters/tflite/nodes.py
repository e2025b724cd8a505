"""A growing ONNX graph: nodes and constants with steady names, so that the same input gives the same bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx


class NodeList:
    """Nodes and constants in order. `values` maps a TFLite tensor number to the ONNX value that carries it."""

    def __init__(self, constants: dict[int, npt.NDArray[Any]]) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.values: dict[int, str] = {}
        self._stored = constants

    def add_node(self, kind: str, inputs: list[str], **attributes: Any) -> str:
        """Append a node; returns its output's name."""
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(onnx.helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def add_constant(self, array: npt.NDArray[Any]) -> str:
        """Keep an array; returns its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(onnx.numpy_helper.from_array(np.ascontiguousarray(array).reshape(array.shape), name))
        return name

    def value_of(self, tensor: int) -> str:
        """The ONNX value of a TFLite tensor; a constant picture is turned to NCHW."""
        if tensor not in self.values:
            array = self._stored[tensor]
            self.values[tensor] = self.add_constant(array.transpose(0, 3, 1, 2) if array.ndim == 4 else array)
        return self.values[tensor]

    def keep_needed(self, outputs: list[str]) -> None:
        """Drop the nodes and constants that no output hangs on."""
        needed = set(outputs)
        kept: list[onnx.NodeProto] = []
        for node in reversed(self.nodes):
            if needed.intersection(node.output):
                needed.update(node.input)
                kept.append(node)
        self.nodes = kept[::-1]
        self.constants = [constant for constant in self.constants if constant.name in needed]
