"""Cuts crops where a network runs, straight into the memory that the network reads: pictures go there once, crops never leave."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]

from appliance.adapters.onnx.crops import CropKind, Crops, Edge, Place
from appliance.adapters.onnx.cut_network import cut_network
from appliance.adapters.onnx.device_picture import DevicePicture
from appliance.algorithms.cropping import CropRegion
from appliance.algorithms.letterboxing import plan_letterbox
from appliance.domain.backend import CPU, CUDA
from appliance.domain.compute import Rung
from appliance.domain.errors import Misconfigured
from appliance.domain.picture import AnyPicture, brought_near

Tensor = npt.NDArray[np.float32]

#: Of 255, and a little for how numbers are kept: what lies in the middle between two levels may be rounded to either.
#: Source: measured, and held to by tests/unit/adapters/onnx/test_cut_network.py.
TOLERANCE_LEVELS = 1.01
_FLOAT_BYTES = 4
#: Of what the network beside it is told; its memory is capped alike.
_KEPT_OPTIONS = ("device_id", "arena_extend_strategy", "gpu_mem_limit")


class Cutter:
    """A cutting network beside another network. It has proved that it cuts as the processor does."""

    def __init__(self, kind: CropKind, rung: Rung) -> None:
        """Load it. Raises Misconfigured when it cuts otherwise than the processor, or does not run where it should."""
        self._kind = kind
        self._device = rung.device
        self._session = _load(cut_network(kind), rung)
        self._prove()

    def cut_into(self, crops: Crops, target: Any) -> None:
        """Cut a batch into the first rows of `target`, an OrtValue beside the network. Raises what the runtime raises."""
        row = 0
        for _, places in groupby(crops.places, key=lambda place: memory_of(place[0])):
            row += self._cut_picture(list(places), target, row)

    def _cut_picture(self, places: list[Place], target: Any, row: int) -> int:
        """Crops of one picture, from a row on; returns how many."""
        given = where_to_look(self._kind, places)
        binding = self._session.io_binding()
        picture = places[0][0]
        if isinstance(picture, DevicePicture):
            binding.bind_ortvalue_input("picture", picture.memory)
        else:
            given["picture"] = np.ascontiguousarray(brought_near(picture))
        for name, values in given.items():
            binding.bind_cpu_input(name, values)
        shape = (len(places), *self._kind.shape)
        address = target.data_ptr() + row * int(np.prod(self._kind.shape)) * _FLOAT_BYTES
        binding.bind_output("crops", self._device, 0, np.float32, shape, address)
        self._session.run_with_iobinding(binding)
        return len(places)

    def _prove(self) -> None:
        """Cut noise, upright and turned, over its edge and shrunk, and compare. The largest difference counts."""
        crops = Crops(self._kind, proof_places(self._kind))
        wanted = crops.on_host()
        target = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros_like(wanted), self._device, 0)
        self.cut_into(crops, target)
        apart = float(np.abs((target.numpy() - wanted) * _as_column(self._kind)).max())
        if not apart <= TOLERANCE_LEVELS:
            raise Misconfigured(
                f"crops cut on {self._device} are up to {apart:.1f} levels away from the processor's",
                remedy="Nothing to do: the processor cuts them.",
            )


def memory_of(picture: AnyPicture) -> int:
    """The same number for parts of one picture that lies on a GPU."""
    return id(picture.memory if isinstance(picture, DevicePicture) else picture)


def where_to_look(kind: CropKind, places: Sequence[Place]) -> dict[str, npt.NDArray[Any]]:
    """The other inputs of the cutting network, for crops of one picture or of parts of it."""
    corners = [picture.corner if isinstance(picture, DevicePicture) else (0, 0) for picture, _ in places]
    matrices, bounds = [], []
    for (picture, where), (left, top) in zip(places, corners, strict=True):
        height, width = picture.shape[:2]
        matrices.append(kind.matrix(where) + np.array([[0, 0, left], [0, 0, top]], np.float32))
        bounds.append([[left, left + width - 1], [top, top + height - 1]])
    first = places[0][0]
    whole_px = first.memory.shape()[1] if isinstance(first, DevicePicture) else first.shape[1]
    return {
        "places": np.stack(matrices).astype(np.float32),
        "bounds": np.array(bounds, np.float32),
        "width": np.array([whole_px], np.float32),
    }


def proof_places(kind: CropKind) -> list[Place]:
    """Pieces of noise that a cutting network has to cut as the processor does."""
    noise = np.random.default_rng(7).integers(0, 256, (61, 97, 3), dtype=np.uint8)
    if kind.edge is Edge.CANVAS:
        return [(noise, plan_letterbox((97, 61), kind.size_px, centred=centred)) for centred in (False, True)]
    return [
        (noise, CropRegion(center_x=48.3, center_y=30.6, width=80, height=60)),
        (noise, CropRegion(center_x=20, center_y=50, width=90, height=90, turn_rad=0.7)),
    ]


def _as_column(kind: CropKind) -> Tensor:
    """What one level is worth in each channel, in the crops' layout."""
    std = np.array(kind.std, np.float32)
    return std[:, None, None] if kind.channels_first else std


def _load(network: bytes, rung: Rung) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    provider = CUDA if rung.is_graphic else CPU
    # Pictures have any size, so nothing is recorded; how convolutions are tuned is none of its business.
    kept = {name: value for name, value in rung.options.items() if name in _KEPT_OPTIONS}
    chosen = [(CUDA, kept)] if rung.is_graphic else [CPU]
    there = provider in onnxruntime.get_available_providers()
    session = onnxruntime.InferenceSession(network, options, providers=chosen, enable_fallback=0) if there else None
    found = session.get_providers()[0] if session is not None else "nothing"
    if found != provider:
        raise Misconfigured(f"crops were to be cut on {provider}, ONNX Runtime took {found}", remedy="See rinkreel doctor.")
    return session
