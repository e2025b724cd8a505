"""One ONNX network, loaded once, run on batches; where a GPU fails it goes on with less, and says so."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stdout, suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]

from appliance.adapters.onnx.crops import Crops
from appliance.adapters.onnx.failures import CALLERS, FAILURES
from appliance.adapters.onnx.halving import halved
from appliance.adapters.onnx.runs import BoundRun, Heads, Hear, PlainRun, Run, Tensor, unheard
from appliance.algorithms.failure_reading import RuntimeFailure, first_sentence, read_failure
from appliance.algorithms.rung_planning import engines_of_model, shape_profile
from appliance.domain.backend import CPU, TENSORRT
from appliance.domain.compute import ON_CPU, Rung
from appliance.domain.errors import Misconfigured

onnxruntime.disable_telemetry_events()
# What fails is raised as well; the library would write it over the progress that people watch.
onnxruntime.set_default_logger_severity(4)

__all__ = ["OrtSession", "Tensor", "join_parts"]

#: Told with every remedy of a failing GPU.
_SEE_DOCTOR = 'See rinkreel doctor; gpu.use = "never" keeps to the CPU.'


class OrtSession:
    """A network on ONNX Runtime."""

    def __init__(self, path: Path, *, threads: int = 1, rungs: Sequence[Rung] = (ON_CPU,), hear: Hear = unheard) -> None:
        """Load it on the first rung that takes it.

        Args:
            path: the ONNX file; its hash has been checked.
            threads: for one run; never left to the runtime, which does not see a container's limits.
            rungs: ways to run it, best first.
            hear: told, in words for people, whenever a rung is left or a batch has to be smaller.

        Raises:
            Misconfigured: it loads on none of them.
        """
        self.path = path
        self._threads = threads
        self._hear = hear
        self._waiting = list(rungs)
        self._run: Run = _NoRun()
        self._rung, self._largest = ON_CPU, ON_CPU.largest
        self._heads: list[str] = []
        self._step_down(None)

    @property
    def rung(self) -> Rung:
        """What it runs on now."""
        return self._rung

    def run(self, batch: Tensor | Crops) -> dict[str, npt.NDArray[np.float32]]:
        """Heads by name for a batch, float32 (n, …); computed in parts as large as the rung bears. Nothing for an empty batch.
        Crops are cut where the network runs.

        Raises:
            Misconfigured: the runtime failed, on the last rung too.
        """
        parts: list[Heads] = []
        done = 0
        while done < len(batch):
            part = batch[done : done + self._largest]
            heads = self._run_part(part)
            if heads is not None:
                parts.append(heads)
                done += len(part)
        return {head: join_parts([part[index] for part in parts]) for index, head in enumerate(self._heads)} if parts else {}

    def run_shared(self, tensor: Any) -> dict[str, npt.NDArray[np.float32]]:
        """Heads by name for a batch that lies in this rung's memory, handed over by DLPack; see `BoundRun.run_shared`.

        Raises:
            Misconfigured: this rung binds no memory, or the runtime failed.
        """
        if not isinstance(self._run, BoundRun):
            raise Misconfigured(f"{self.path.name} runs on {self._rung.label}, which shares no memory", remedy=_SEE_DOCTOR)
        try:
            return dict(zip(self._heads, self._run.run_shared(tensor), strict=True))
        except FAILURES as error:
            raise self._failure(error) from error

    def _run_part(self, part: Tensor | Crops) -> Heads | None:
        """The heads of a part; None when it has to be tried again on less."""
        try:
            return self._run.run(part)
        except CALLERS as error:
            raise self._failure(error) from error
        except FAILURES as error:
            self._give_way(error, len(part))
            return None

    def _give_way(self, error: Exception, size: int) -> None:
        """Halve the batch when memory ran out, otherwise step down. Raises Misconfigured when nothing is left."""
        if read_failure(str(error)) is RuntimeFailure.MEMORY and size > 1:
            self._largest = size // 2
            self._hear(f"{self._rung.label} ran out of memory with {size} pictures at once; it goes on with {self._largest}")
            return
        if not self._waiting:
            raise self._failure(error) from error
        self._step_down(error)

    def _step_down(self, error: Exception | None) -> None:
        """Load on the next rung that takes it, and say what was left. Raises Misconfigured when none does."""
        left = [(self._rung.label, error)] if error is not None else []
        self._run = _NoRun()  # what the failed rung holds is free before the next one loads
        while True:
            rung = self._waiting.pop(0)
            try:
                self._load(rung)
                break
            except (Misconfigured, *FAILURES) as failure:
                left.append((rung.label, failure))
                if not self._waiting:
                    raise self._failure(failure) from failure
        if left:
            why = "; ".join(dict.fromkeys(first_sentence(str(failure)) for _, failure in left))
            self._hear(f"{self.path.stem} left {', '.join(label for label, _ in left)} for {rung.label}: {why}")

    def _load(self, rung: Rung) -> None:
        path = halved(self.path) if rung.half else self.path
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        # Waiting threads would otherwise burn whole cores between two pictures. Source: ONNX Runtime, "Thread management".
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        for key, value in rung.config.items():
            options.add_session_config_entry(key, value)
        if rung.is_graphic:
            _preload_libraries()
        _require_provider(rung, path)
        # Without this the library tries again on the CPU by itself, and prints what it does.
        session = onnxruntime.InferenceSession(str(path), options, providers=self._providers(rung, path), enable_fallback=0)
        _refuse_fallback(session, rung, path)
        self._run = BoundRun(session, rung, self._hear) if rung.bound else PlainRun(session, rung)
        batch = session.get_inputs()[0].shape[0]
        self._rung, self._largest = rung, min(rung.largest, batch) if isinstance(batch, int) else rung.largest
        self._heads = [head.name for head in session.get_outputs()]

    def _providers(self, rung: Rung, path: Path) -> list[Any]:
        given = dict(rung.options)
        if rung.provider == TENSORRT:
            given |= engines_of_model(given, path.read_bytes())
            Path(given["trt_engine_cache_path"]).mkdir(parents=True, exist_ok=True)
            given |= _profile_of(path, rung)
        # What a GPU's provider cannot do, such as suppression inside a detector, the runtime does on the CPU by itself.
        return [(rung.provider, given)] if given else [rung.provider]

    def _failure(self, error: Exception) -> Misconfigured:
        if isinstance(error, Misconfigured):
            return error
        if not self._heads:
            return Misconfigured(
                f"ONNX Runtime does not load {self.path.name}: {error}",
                remedy="Build or pull the model again: rinkreel models build",
            )
        remedy = _SEE_DOCTOR if self._rung.is_graphic else "Try --backend mediapipe, or see rinkreel doctor."
        return Misconfigured(f"ONNX Runtime failed on {self.path.name}: {error}", remedy=remedy)


class _NoRun:
    """Between two rungs."""

    def run(self, batch: Tensor | Crops) -> Heads:
        raise RuntimeError(f"no rung is loaded for {len(batch)} pictures")


def _require_provider(rung: Rung, path: Path) -> None:
    if rung.provider not in onnxruntime.get_available_providers():
        raise Misconfigured(
            f"{path.name} was to run on {rung.provider}, which this build of ONNX Runtime does not have.",
            remedy="Install the runtime that matches the machine (docs/gpu.md), or choose the CPU.",
        )


def _refuse_fallback(session: Any, rung: Rung, path: Path) -> None:
    """ONNX Runtime falls back to the CPU without raising; what was asked for has to be what runs."""
    found = session.get_providers()[0]
    if found != rung.provider:
        said = _preload_libraries() if rung.is_graphic else ""
        raise Misconfigured(
            f"{path.name} was to run on {rung.provider}, ONNX Runtime took {found}.{said and f' {said}'}",
            remedy="Install the runtime that matches the machine, or choose the CPU.",
        )


@cache
def _preload_libraries() -> str:
    """CUDA's libraries out of the Python packages that hold them, once per process; the runtime finds those of the system by
    itself. It prints what it misses, which would spoil the output of whoever called: that comes back, its first line."""
    said = io.StringIO()
    with suppress(AttributeError, *FAILURES), redirect_stdout(said):
        onnxruntime.preload_dlls()
    return said.getvalue().partition("\n")[0]


def _profile_of(path: Path, rung: Rung) -> dict[str, str]:
    """The input's name and shape, which only the loaded network tells."""
    first = onnxruntime.InferenceSession(str(path), providers=[CPU]).get_inputs()[0]
    return dict(shape_profile(first.name, tuple(first.shape[1:]), rung.largest))


def join_parts(parts: list[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    """Parts of a batch in one array; detectors give as many rows as their fullest picture has, so shorter ones are filled."""
    if len(parts) == 1:
        return parts[0]
    if parts[0].ndim < 2 or len({part.shape[1:] for part in parts}) == 1:
        return np.concatenate(parts)
    longest = max(part.shape[1] for part in parts)
    return np.concatenate([np.pad(part, [(0, 0), (0, longest - part.shape[1]), *[(0, 0)] * (part.ndim - 2)]) for part in parts])
