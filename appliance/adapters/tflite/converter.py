"""Converts a TFLite pose network to ONNX: the same numbers, batch dimension open, unused heads left out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import onnx

from appliance.adapters.tflite.graph import TfliteGraph, read_graph
from appliance.adapters.tflite.nodes import NodeList
from appliance.adapters.tflite.operators import write_operator
from appliance.adapters.tflite.versions import CONVERTER_VERSION
from appliance.domain.errors import Misconfigured

_OPERATOR_SET = 17
_IR_VERSION = 9


def convert_tflite(source: Path, heads: Mapping[str, str]) -> bytes:
    """An ONNX model (serialised) with the input `input` float32 (batch, height, width, 3) and the named heads.

    Args:
        source: the TFLite file.
        heads: head name in the ONNX model → output name in the TFLite file; outputs that are not named are left out.

    Raises:
        Misconfigured: not a TFLite file, an operator that is not known, a head that it does not have.
    """
    graph = read_graph(source)
    model = _build_model(graph, heads)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _build_model(graph: TfliteGraph, heads: Mapping[str, str]) -> onnx.ModelProto:
    nodes = NodeList(graph.constants)
    nodes.values[graph.inputs[0]] = nodes.add_node("Transpose", ["input"], perm=[0, 3, 1, 2])
    for operator in graph.operators:
        write_operator(nodes, graph, operator)
    outputs = [_write_head(nodes, graph, head, _output_named(graph, source)) for head, source in heads.items()]
    nodes.keep_needed([output.name for output in outputs])
    pictures = onnx.helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, ["batch", *graph.shapes[graph.inputs[0]][1:]])
    return onnx.helper.make_model(
        onnx.helper.make_graph(nodes.nodes, "pose", [pictures], outputs, nodes.constants),
        opset_imports=[onnx.helper.make_opsetid("", _OPERATOR_SET)],
        ir_version=_IR_VERSION,
        producer_name="rinkreel",
        producer_version=str(CONVERTER_VERSION),
    )


def _output_named(graph: TfliteGraph, name: str) -> int:
    for tensor in graph.outputs:
        if graph.names[tensor] == name:
            return tensor
    found = ", ".join(graph.names[tensor] for tensor in graph.outputs)
    raise Misconfigured(f"The TFLite model has no output {name!r}, only {found}.", remedy="Use the pinned weights.")


def _write_head(nodes: NodeList, graph: TfliteGraph, head: str, tensor: int) -> onnx.ValueInfoProto:
    """Name an output, back in TFLite's own layout."""
    shape, value = graph.shapes[tensor], nodes.value_of(tensor)
    if len(shape) == 4:
        value = nodes.add_node("Transpose", [value], perm=[0, 2, 3, 1])
    nodes.nodes.append(onnx.helper.make_node("Identity", [value], [head], name=head))
    return onnx.helper.make_tensor_value_info(head, onnx.TensorProto.FLOAT, ["batch", *shape[1:]])
