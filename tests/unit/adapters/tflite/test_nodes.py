from __future__ import annotations

import numpy as np
import onnx

from appliance.adapters.tflite.nodes import NodeList


def test_names_are_steady_and_values_chain() -> None:
    nodes = NodeList({})
    first = nodes.add_node("Relu", ["input"])
    second = nodes.add_node("Sigmoid", [first])
    assert (first, second) == ("relu_0", "sigmoid_1")
    assert list(nodes.nodes[1].input) == [first]


def test_a_constant_picture_is_turned_to_channels_first_once() -> None:
    nodes = NodeList({3: np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3)})
    name = nodes.value_of(3)
    assert nodes.value_of(3) == name
    assert len(nodes.constants) == 1
    assert onnx.numpy_helper.to_array(nodes.constants[0]).shape == (1, 3, 1, 2)


def test_a_scalar_stays_a_scalar() -> None:
    nodes = NodeList({})
    nodes.add_constant(np.array(6, np.float32))
    assert onnx.numpy_helper.to_array(nodes.constants[0]).shape == ()


def test_what_no_output_hangs_on_is_dropped() -> None:
    nodes = NodeList({})
    kept = nodes.add_node("Add", ["input", nodes.add_constant(np.ones(1, np.float32))])
    nodes.add_node("Mul", ["input", nodes.add_constant(np.zeros(1, np.float32))])
    nodes.keep_needed([kept])
    assert [node.op_type for node in nodes.nodes] == ["Add"]
    assert [constant.name for constant in nodes.constants] == ["constant_0"]
