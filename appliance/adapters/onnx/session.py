"""One ONNX network, loaded once, run on batches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]
from onnxruntime.capi import onnxruntime_pybind11_state as native  # type: ignore[import-untyped]

from appliance.domain.errors import Misconfigured

onnxruntime.disable_telemetry_events()

Tensor = npt.NDArray[np.float32]

#: Largest batch of one run: more gains nothing on a CPU and only costs memory.
MAX_BATCH = 8
_FAILURES = (
    native.Fail, native.EPFail, native.EngineError, native.InvalidArgument, native.InvalidGraph, native.InvalidProtobuf,
    native.NoModel, native.NoSuchFile, native.NotImplemented, native.RuntimeException,
    RuntimeError, ValueError, MemoryError,
)  # fmt: skip


class OrtSession:
    """A network on ONNX Runtime."""

    def __init__(self, path: Path, *, threads: int = 1, provider: str = "CPUExecutionProvider") -> None:
        """Load it.

        Args:
            path: the ONNX file; its hash has been checked.
            threads: for one run; never left to the runtime, which does not see a container's limits.
            provider: the execution provider that has to do the work.

        Raises:
            Misconfigured: it does not load, or another provider took the work.
        """
        self.path = path
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Waiting threads would otherwise burn whole cores between two pictures. Source: ONNX Runtime, "Thread management".
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=[provider])
        except _FAILURES as error:
            raise Misconfigured(
                f"ONNX Runtime does not load {path.name}: {error}", remedy="Build or pull the model again: rinkreel models build"
            ) from error
        self._refuse_fallback(provider)
        self._heads = [head.name for head in self._session.get_outputs()]
        self._input = self._session.get_inputs()[0].name

    def run(self, batch: Tensor) -> dict[str, npt.NDArray[np.float32]]:
        """Heads by name for a batch, float32 (n, …); computed in parts of at most `MAX_BATCH`. Nothing for an empty batch.

        Raises:
            Misconfigured: the runtime failed.
        """
        if not len(batch):
            return {}
        parts = [self._run_part(batch[start : start + MAX_BATCH]) for start in range(0, len(batch), MAX_BATCH)]
        return {head: join_parts([part[index] for part in parts]) for index, head in enumerate(self._heads)}

    def _run_part(self, batch: Tensor) -> list[npt.NDArray[np.float32]]:
        try:
            return list(self._session.run(None, {self._input: np.ascontiguousarray(batch, np.float32)}))
        except _FAILURES as error:
            raise Misconfigured(
                f"ONNX Runtime failed on {self.path.name}: {error}", remedy="Try --backend mediapipe, or see rinkreel doctor."
            ) from error

    def _refuse_fallback(self, provider: str) -> None:
        """ONNX Runtime falls back to the CPU without raising; what was asked for has to be what runs."""
        found = self._session.get_providers()[0]
        if found != provider:
            raise Misconfigured(
                f"{self.path.name} was to run on {provider}, ONNX Runtime took {found}.",
                remedy="Install the runtime that matches the machine, or choose the CPU.",
            )


def join_parts(parts: list[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    """Parts of a batch in one array; detectors give as many rows as their fullest picture has, so shorter ones are filled."""
    if len(parts) == 1:
        return parts[0]
    if parts[0].ndim < 2 or len({part.shape[1:] for part in parts}) == 1:
        return np.concatenate(parts)
    longest = max(part.shape[1] for part in parts)
    return np.concatenate([np.pad(part, [(0, 0), (0, longest - part.shape[1]), *[(0, 0)] * (part.ndim - 2)]) for part in parts])
