"""TFLite operators as ONNX nodes. Pictures run as NCHW inside; only the operators of the pose networks are known.

Source: tensorflow/lite/schema/schema.fbs (options), onnx operator set 17.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from appliance.adapters.tflite.graph import Operator, TfliteGraph
from appliance.adapters.tflite.nodes import NodeList
from appliance.domain.errors import Misconfigured

Writer = Callable[[NodeList, TfliteGraph, Operator], str]


def write_operator(nodes: NodeList, graph: TfliteGraph, operator: Operator) -> None:
    """Append the ONNX nodes of one operator. Raises Misconfigured for an operator that is not known here."""
    writer = _WRITERS.get(operator.name)
    if writer is None:
        raise Misconfigured(f"TFLite operator {operator.name} is not known to the converter.", remedy="Use the pinned weights.")
    nodes.values[operator.output] = writer(nodes, graph, operator)


def _write_convolution(nodes: NodeList, graph: TfliteGraph, operator: Operator) -> str:
    depthwise = operator.name == "DEPTHWISE_CONV_2D"
    weights = graph.constants[operator.inputs[1]].transpose((3, 0, 1, 2) if depthwise else (0, 3, 1, 2))
    options, shape = operator.options, graph.shapes[operator.inputs[0]]
    kernel, strides = list(weights.shape[2:]), [options.strideH, options.strideW]
    dilations = [options.dilationHFactor, options.dilationWFactor]
    inputs = [nodes.value_of(operator.inputs[0]), nodes.add_constant(weights)]
    if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
        inputs.append(nodes.add_constant(graph.constants[operator.inputs[2]]))
    reach = [(size - 1) * dilation + 1 for size, dilation in zip(kernel, dilations, strict=True)]
    result = nodes.add_node(
        "Conv",
        inputs,
        kernel_shape=kernel,
        strides=strides,
        dilations=dilations,
        pads=_pads(options.padding == graph.schema.Padding.SAME, shape[1:3], reach, strides),
        group=shape[3] if depthwise else 1,
    )
    return _write_activation(nodes, graph, result, options.fusedActivationFunction)


def _write_pooling(nodes: NodeList, graph: TfliteGraph, operator: Operator) -> str:
    options, shape = operator.options, graph.shapes[operator.inputs[0]]
    kernel, strides = [options.filterHeight, options.filterWidth], [options.strideH, options.strideW]
    pads = _pads(options.padding == graph.schema.Padding.SAME, shape[1:3], kernel, strides)
    result = nodes.add_node("MaxPool", [nodes.value_of(operator.inputs[0])], kernel_shape=kernel, strides=strides, pads=pads)
    return _write_activation(nodes, graph, result, options.fusedActivationFunction)


def _write_addition(nodes: NodeList, graph: TfliteGraph, operator: Operator) -> str:
    result = nodes.add_node("Add", [nodes.value_of(index) for index in operator.inputs])
    return _write_activation(nodes, graph, result, operator.options.fusedActivationFunction)


def _write_padding(nodes: NodeList, graph: TfliteGraph, operator: Operator) -> str:
    before_after = graph.constants[operator.inputs[1]][[0, 3, 1, 2]]
    pads = nodes.add_constant(before_after.T.reshape(-1).astype(np.int64))
    return nodes.add_node("Pad", [nodes.value_of(operator.inputs[0]), pads], mode="constant")


def _write_resizing(nodes: NodeList, graph: TfliteGraph, operator: Operator) -> str:
    """By factor, not by size: a size would fix the batch as well."""
    before, after = graph.shapes[operator.inputs[0]], graph.shapes[operator.output]
    factors = np.array([1, 1, after[1] / before[1], after[2] / before[2]], np.float32)
    options = operator.options
    mode = "align_corners" if options.alignCorners else "half_pixel" if options.halfPixelCenters else "asymmetric"
    inputs = [nodes.value_of(operator.inputs[0]), "", nodes.add_constant(factors)]
    return nodes.add_node("Resize", inputs, mode="linear", coordinate_transformation_mode=mode)


def _write_depth_to_space(nodes: NodeList, _: TfliteGraph, operator: Operator) -> str:
    return nodes.add_node("DepthToSpace", [nodes.value_of(operator.inputs[0])], blocksize=operator.options.blockSize, mode="DCR")


def _write_reshaping(nodes: NodeList, graph: TfliteGraph, operator: Operator) -> str:
    """In TFLite's own layout; the zero copies the batch from the input."""
    value = nodes.value_of(operator.inputs[0])
    if len(graph.shapes[operator.inputs[0]]) == 4:
        value = nodes.add_node("Transpose", [value], perm=[0, 2, 3, 1])
    target = graph.shapes[operator.output]
    value = nodes.add_node("Reshape", [value, nodes.add_constant(np.array([0, *target[1:]], np.int64))])
    return nodes.add_node("Transpose", [value], perm=[0, 3, 1, 2]) if len(target) == 4 else value


def _write_concatenation(nodes: NodeList, graph: TfliteGraph, operator: Operator) -> str:
    rank = len(graph.shapes[operator.output])
    axis = operator.options.axis % rank
    axis = (0, 2, 3, 1)[axis] if rank == 4 else axis
    return nodes.add_node("Concat", [nodes.value_of(index) for index in operator.inputs], axis=axis)


def _write_logistic(nodes: NodeList, _: TfliteGraph, operator: Operator) -> str:
    return nodes.add_node("Sigmoid", [nodes.value_of(operator.inputs[0])])


def _write_activation(nodes: NodeList, graph: TfliteGraph, value: str, kind: int) -> str:
    known = graph.schema.ActivationFunctionType
    if kind == known.NONE:
        return value
    if kind == known.RELU:
        return nodes.add_node("Relu", [value])
    if kind == known.RELU6:
        limits: list[npt.NDArray[Any]] = [np.array(0, np.float32), np.array(6, np.float32)]
        return nodes.add_node("Clip", [value, *(nodes.add_constant(limit) for limit in limits)])
    raise Misconfigured(f"TFLite activation {kind} is not known to the converter.", remedy="Use the pinned weights.")


def _pads(same: bool, size: list[int], reach: list[int], strides: list[int]) -> list[int]:
    """ONNX pads (top, left, bottom, right) of TFLite's padding. Source: tensorflow.org, tf.nn.convolution, "SAME"."""
    if not same:
        return [0, 0, 0, 0]
    totals = [max((-(-s // stride) - 1) * stride + r - s, 0) for s, r, stride in zip(size, reach, strides, strict=True)]
    return [totals[0] // 2, totals[1] // 2, totals[0] - totals[0] // 2, totals[1] - totals[1] // 2]


_WRITERS: dict[str, Writer] = {
    "ADD": _write_addition,
    "CONCATENATION": _write_concatenation,
    "CONV_2D": _write_convolution,
    "DEPTHWISE_CONV_2D": _write_convolution,
    "DEPTH_TO_SPACE": _write_depth_to_space,
    "LOGISTIC": _write_logistic,
    "MAX_POOL_2D": _write_pooling,
    "PAD": _write_padding,
    "RESHAPE": _write_reshaping,
    "RESIZE_BILINEAR": _write_resizing,
}
