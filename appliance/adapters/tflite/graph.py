"""One TFLite graph, read: tensors, constants unfolded to float32, operators in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from appliance.adapters.tflite.schema import load_schema
from appliance.adapters.tflite.sparsity import densify_tensor
from appliance.domain.errors import Misconfigured

#: What only unpacks constants; done while reading, so that no such operator is left.
_UNPACKING = ("DENSIFY", "DEQUANTIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One operator: its name, tensor numbers in (-1: absent) and out, and the schema's options object."""

    name: str
    inputs: list[int]
    output: int
    options: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class TfliteGraph:
    """The first (only) graph of a TFLite file.

    constants: tensor number → float32 or int array in TFLite's own layout (NHWC).
    """

    schema: ModuleType
    shapes: list[list[int]]
    names: list[str]
    constants: dict[int, npt.NDArray[Any]]
    operators: list[Operator]
    inputs: list[int]
    outputs: list[int]


def read_graph(path: Path) -> TfliteGraph:
    """Read a TFLite file. Raises Misconfigured where it cannot be read as one."""
    schema = load_schema()
    data = path.read_bytes()
    if data[4:8] != b"TFL3":
        raise Misconfigured(f"{path} is not a TFLite model.", remedy="Pull the weights again: rinkreel models pull")
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(data, 0))
    graph = model.subgraphs[0]
    constants = dict(_stored_constants(model, schema))
    operators = [operator for operator in _read_operators(model, schema) if not _unpack_constant(operator, constants)]
    return TfliteGraph(
        schema=schema,
        shapes=[[] if tensor.shape is None else [int(size) for size in tensor.shape] for tensor in graph.tensors],
        names=[tensor.name.decode() for tensor in graph.tensors],
        constants={index: _widened(array) for index, array in constants.items()},
        operators=operators,
        inputs=[int(index) for index in graph.inputs],
        outputs=[int(index) for index in graph.outputs],
    )


def _stored_constants(model: Any, schema: ModuleType) -> Iterator[tuple[int, npt.NDArray[Any]]]:
    kinds = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.FLOAT16: np.float16, schema.TensorType.INT32: np.int32}
    for index, tensor in enumerate(model.subgraphs[0].tensors):
        data = model.buffers[tensor.buffer].data
        if data is None or len(data) == 0 or tensor.type not in kinds:
            continue
        values = np.frombuffer(np.asarray(data, np.uint8).tobytes(), kinds[tensor.type])
        shape = [int(size) for size in tensor.shape]
        yield index, values.reshape(shape) if tensor.sparsity is None else densify_tensor(values, shape, tensor.sparsity, schema)


def _read_operators(model: Any, schema: ModuleType) -> Iterator[Operator]:
    names = {number: name for name, number in vars(schema.BuiltinOperator).items() if isinstance(number, int)}
    for operator in model.subgraphs[0].operators:
        code = model.operatorCodes[operator.opcodeIndex]
        yield Operator(
            # Files written before 2020 keep the code in a byte that was later deprecated; the greater of the two holds.
            name=names[max(code.builtinCode, code.deprecatedBuiltinCode)],
            inputs=[int(index) for index in operator.inputs],
            output=int(operator.outputs[0]),
            options=operator.builtinOptions,
        )


def _unpack_constant(operator: Operator, constants: dict[int, npt.NDArray[Any]]) -> bool:
    """Whether the operator only unpacked a constant, which then stands for its output too."""
    if operator.name not in _UNPACKING or operator.inputs[0] not in constants:
        return False
    constants[operator.output] = constants[operator.inputs[0]]
    return True


def _widened(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return array.astype(np.float32) if array.dtype == np.float16 else array
