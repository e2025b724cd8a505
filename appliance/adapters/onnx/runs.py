"""How one batch goes through a loaded network: as it comes, or over memory that lies where the network runs and stays there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]

from appliance.algorithms.rung_planning import bucket_for
from appliance.domain.compute import Rung

Tensor = npt.NDArray[np.float32]
Heads = list[npt.NDArray[np.float32]]


class Run(Protocol):
    """Runs batches of at most the rung's largest size."""

    def run(self, batch: Tensor) -> Heads:
        """The heads for a batch, in the network's order, as many rows as the batch has. Raises what the runtime raises."""


class PlainRun:
    """Batches as they come, copied to and fro by the runtime."""

    def __init__(self, session: Any, _rung: Rung) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def run(self, batch: Tensor) -> Heads:
        """See `Run`."""
        return list(self._session.run(None, {self._input: np.ascontiguousarray(batch, np.float32)}))


class BoundRun:
    """Batches filled up to a few sizes, each with a place of its own beside the network."""

    def __init__(self, session: Any, rung: Rung) -> None:
        self._session = session
        self._rung = rung
        self._input = session.get_inputs()[0].name
        self._heads: Sequence[str] = [head.name for head in session.get_outputs()]
        self._places: dict[int, Any] = {}
        self._fixed: dict[int, list[Any]] = {}

    def run(self, batch: Tensor) -> Heads:
        """See `Run`. Rows that fill a batch up are empty pictures, and are dropped again."""
        count = len(batch)
        size = bucket_for(count, self._rung.buckets)
        filled = np.ascontiguousarray(batch, np.float32)
        if size > count:
            filled = np.concatenate([filled, np.zeros((size - count, *batch.shape[1:]), np.float32)])
        place = self._place_for(filled)
        place.update_inplace(filled)
        return [head[:count] for head in self._run_at(place, size)]

    def run_shared(self, tensor: Any) -> Heads:
        """The heads for a batch that lies where the network runs, taken over by DLPack without a copy. Its owner must live until
        this returns."""
        return self._run_bound(onnxruntime.OrtValue.from_dlpack(tensor), None, None)

    def _place_for(self, filled: Tensor) -> Any:
        size = len(filled)
        if size not in self._places or tuple(self._places[size].shape()) != filled.shape:
            self._places[size] = onnxruntime.OrtValue.ortvalue_from_numpy(filled, self._rung.device, 0)
            self._fixed.pop(size, None)
        return self._places[size]

    def _run_at(self, place: Any, size: int) -> Heads:
        """A recorded run replays over the same addresses, so its heads need places of their own, whose shapes a first run,
        that is not recorded, shows."""
        if not self._rung.graphs:
            return self._run_bound(place, None, None)
        if size not in self._fixed:
            heads = self._run_bound(place, None, -1)
            self._fixed[size] = [onnxruntime.OrtValue.ortvalue_from_numpy(head, self._rung.device, 0) for head in heads]
        return self._run_bound(place, self._fixed[size], size)

    def _run_bound(self, place: Any, fixed: Sequence[Any] | None, graph: int | None) -> Heads:
        binding = self._session.io_binding()
        binding.bind_ortvalue_input(self._input, place)
        for index, name in enumerate(self._heads):
            if fixed is None:
                binding.bind_output(name, self._rung.device, 0)
            else:
                binding.bind_ortvalue_output(name, fixed[index])
        options = onnxruntime.RunOptions()
        if graph is not None:
            options.add_run_config_entry("gpu_graph_id", str(graph))
        self._session.run_with_iobinding(binding, options)
        return list(binding.copy_outputs_to_cpu())
