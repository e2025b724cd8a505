"""What ONNX Runtime raises when it fails, by whose fault."""

from __future__ import annotations

from onnxruntime.capi import onnxruntime_pybind11_state as native  # type: ignore[import-untyped]

FAILURES = (
    native.Fail, native.EPFail, native.EngineError, native.InvalidArgument, native.InvalidGraph, native.InvalidProtobuf,
    native.NoModel, native.NoSuchFile, native.NotImplemented, native.RuntimeException,
    RuntimeError, ValueError, MemoryError,
)  # fmt: skip
#: What the caller did wrong, and would do wrong anywhere.
CALLERS = (native.InvalidArgument, native.NoSuchFile, native.NoModel, native.InvalidProtobuf)
