"""How one batch goes through a loaded network: as it comes, or over memory that lies where the network runs and stays there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]

from appliance.adapters.onnx.crops import Crops
from appliance.adapters.onnx.cutter import Cutter
from appliance.adapters.onnx.failures import FAILURES
from appliance.algorithms.failure_reading import first_sentence
from appliance.algorithms.rung_planning import bucket_for
from appliance.domain.compute import Rung
from appliance.domain.errors import Misconfigured

Tensor = npt.NDArray[np.float32]
Heads = list[npt.NDArray[np.float32]]
Hear = Callable[[str], None]


def unheard(_remark: str) -> None:
    """For those who need no remarks."""


#: Source: ONNX Runtime, "CUDA Execution Provider", gpu_graph_id.
_UNRECORDED = -1


class Run(Protocol):
    """Runs batches of at most the rung's largest size."""

    def run(self, batch: Tensor | Crops) -> Heads:
        """The heads for a batch, in the network's order, as many rows as the batch has. Raises what the runtime raises."""


class PlainRun:
    """Batches as they come, copied to and fro by the runtime."""

    def __init__(self, session: Any, _rung: Rung) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def run(self, batch: Tensor | Crops) -> Heads:
        """See `Run`."""
        tensor = batch.on_host() if isinstance(batch, Crops) else batch
        return list(self._session.run(None, {self._input: np.ascontiguousarray(tensor, np.float32)}))


class BoundRun:
    """Batches filled up to a few sizes, each with a place of its own beside the network. Crops are cut right into it."""

    def __init__(self, session: Any, rung: Rung, hear: Hear = unheard) -> None:
        self._session = session
        self._rung = rung
        self._hear = hear
        self._cuts = True
        self._cutter: Cutter | None = None
        self._input = session.get_inputs()[0].name
        self._heads: Sequence[str] = [head.name for head in session.get_outputs()]
        self._places: dict[int, Any] = {}
        self._fixed: dict[int, list[Any]] = {}

    def run(self, batch: Tensor | Crops) -> Heads:
        """See `Run`. Rows that fill a batch up are empty pictures, or what lay there before, and are dropped again."""
        count = len(batch)
        size = bucket_for(count, self._rung.buckets)
        place = self._cut(batch, size) if isinstance(batch, Crops) else self._filled(batch, size)
        return [head[:count] for head in self._run_at(place, size)]

    def run_shared(self, tensor: Any) -> Heads:
        """The heads for a batch that lies where the network runs, taken over by DLPack without a copy. Its owner must live until
        this returns."""
        return self._run_bound(onnxruntime.OrtValue.from_dlpack(tensor), None, _UNRECORDED if self._rung.graphs else None)

    def _filled(self, batch: Tensor, size: int) -> Any:
        """The place of this size, with a batch in it that is filled up with empty pictures."""
        filled = np.ascontiguousarray(batch, np.float32)
        if size > len(batch):
            filled = np.concatenate([filled, np.zeros((size - len(batch), *batch.shape[1:]), np.float32)])
        place = self._place_for(filled.shape)
        place.update_inplace(filled)
        return place

    def _cut(self, crops: Crops, size: int) -> Any:
        """The place of this size, with crops in it that were cut there; by the processor where that fails, which is said once."""
        if self._cuts:
            try:
                self._cutter = self._cutter or Cutter(crops.kind, self._rung)
                place = self._place_for((size, *crops.kind.shape))
                self._cutter.cut_into(crops, place)
                return place
            except (Misconfigured, *FAILURES) as failure:
                self._cuts, self._cutter = False, None
                self._hear(f"{self._rung.label} does not cut crops, so the processor does: {first_sentence(str(failure))}")
        return self._filled(crops.on_host(), size)

    def _place_for(self, shape: tuple[int, ...]) -> Any:
        size = shape[0]
        if size not in self._places or tuple(self._places[size].shape()) != shape:
            self._places[size] = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros(shape, np.float32), self._rung.device, 0)
            self._fixed.pop(size, None)
        return self._places[size]

    def _run_at(self, place: Any, size: int) -> Heads:
        """A recorded run replays over the same addresses, so its heads need places of their own, whose shapes a first run,
        that is not recorded, shows."""
        if not self._rung.graphs:
            return self._run_bound(place, None, None)
        if size not in self._fixed:
            heads = self._run_bound(place, None, _UNRECORDED)
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
