"""Small TFLite files, written with the same schema that reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import flatbuffers  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]
import pytest

from appliance.adapters.tflite.converter import convert_tflite
from appliance.adapters.tflite.schema import load_schema

Numbers = npt.NDArray[Any]


class TinyModel:
    """A TFLite model that is put together tensor by tensor and operator by operator."""

    def __init__(self, shape: Sequence[int]) -> None:
        self.schema = load_schema()
        self.model = self.schema.ModelT()
        self.model.version = 3
        self.model.buffers = [self.schema.BufferT()]
        self.model.operatorCodes = []
        self.graph = self.schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.graph.inputs = [self.add_tensor(shape)]
        self.model.subgraphs = [self.graph]

    def add_tensor(self, shape: Sequence[int], values: Numbers | None = None) -> int:
        tensor = self.schema.TensorT()
        tensor.shape = list(shape)
        tensor.name = f"tensor_{len(self.graph.tensors)}".encode()
        kinds = {"float16": self.schema.TensorType.FLOAT16, "int32": self.schema.TensorType.INT32}
        tensor.type = self.schema.TensorType.FLOAT32 if values is None else kinds.get(str(values.dtype), 0)
        tensor.buffer = 0
        if values is not None:
            buffer = self.schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def add_constant(self, values: Numbers) -> int:
        return self.add_tensor(values.shape, values)

    def add_operator(self, name: str, inputs: Sequence[int], shape: Sequence[int], **options: Any) -> int:
        """options: `kind` names the schema's table, the rest are its fields."""
        code = self.schema.OperatorCodeT()
        code.builtinCode = getattr(self.schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        self.model.operatorCodes.append(code)
        operator = self.schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs = list(inputs)
        operator.outputs = [self.add_tensor(shape)]
        kind = options.pop("kind", None)
        if kind is not None:
            operator.builtinOptionsType = getattr(self.schema.BuiltinOptions, kind)
            operator.builtinOptions = getattr(self.schema, f"{kind}T")()
            for field, value in options.items():
                assert hasattr(operator.builtinOptions, field)
                setattr(operator.builtinOptions, field, value)
        self.graph.operators.append(operator)
        return int(operator.outputs[0])

    def write(self, path: Path, outputs: Sequence[int]) -> Path:
        self.graph.outputs = list(outputs)
        builder = flatbuffers.Builder(0)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        path.write_bytes(bytes(builder.Output()))
        return path


Runner = Callable[[TinyModel, int, Numbers], Numbers]


@pytest.fixture
def tiny_model() -> Callable[[Sequence[int]], TinyModel]:
    return TinyModel


@pytest.fixture
def run_converted(tmp_path: Path) -> Runner:
    """Convert a model with one output and run it in ONNX Runtime."""

    def run(model: TinyModel, output: int, pictures: Numbers) -> Numbers:
        path = model.write(tmp_path / "tiny.tflite", [output])
        content = convert_tflite(path, {"result": model.graph.tensors[output].name.decode()})
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        result: Numbers = session.run(["result"], {"input": pictures.astype(np.float32)})[0]
        return result

    return run
