"""Makes luma and pictures of planes that lie where a decoder left them, without bringing them here: on a GPU, or beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]

from appliance.adapters.onnx.develop_network import luma_network, picture_network
from appliance.adapters.onnx.device_picture import DevicePicture
from appliance.algorithms.area_weighing import weigh_side
from appliance.domain.backend import CPU, CUDA
from appliance.domain.errors import Transient
from appliance.domain.media import Orientation

#: Weights that are kept: of a few kinds of recordings.
_MOST_WEIGHTS = 64
#: Red's and blue's share of light. Source: ITU-R BT.601, BT.709, BT.2020.
SHARES = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Planes:
    """A frame as NV12 or P010. luma, chroma: addresses. rows_px: pixels from one row to the next, of each. deep: sixteen bits a
    sample, of which the upper count. matrix: a name in SHARES. full: whether light uses all of its range."""

    size_px: tuple[int, int]
    luma: int
    chroma: int
    rows_px: tuple[int, int]
    deep: bool
    matrix: str
    full: bool


@dataclass(slots=True, kw_only=True)
class Darkroom:
    """Where planes are developed. device: as ONNX Runtime calls it. settle: waits until the decoder has written what it gave."""

    device: str
    settle: Callable[[], None]
    _sessions: dict[bytes, Any] = field(default_factory=dict)
    _weights: dict[tuple[object, ...], Any] = field(default_factory=dict)

    def luma(self, planes: Planes, size_px: tuple[int, int]) -> npt.NDArray[np.uint8]:
        """Luma as it is stored, in this size, here. Raises what the runtime raises."""
        self.settle()
        binding = self._bound(_luma_network(planes.deep), planes, size_px, (False, False))
        binding.bind_output("luma", "cpu")
        self._run(_luma_network(planes.deep), binding)
        return np.asarray(binding.copy_outputs_to_cpu()[0], np.uint8)

    def picture(self, planes: Planes, size_px: tuple[int, int], orientation: Orientation) -> DevicePicture:
        """The picture upright, of this size as it is stored, where the planes lie. Raises what the runtime raises."""
        self.settle()
        network = _picture_network(planes.deep, orientation.swaps_sides)
        flips = _flips(orientation)
        binding = self._bound(network, planes, size_px, flips)
        width, height = ((side + 1) // 2 for side in planes.size_px)
        kind = np.uint16 if planes.deep else np.uint8
        binding.bind_input("chroma", self.device, 0, kind, (height, planes.rows_px[1], 2), planes.chroma)
        scale = 1 / 256 if planes.deep else 1.0
        binding.bind_ortvalue_input("chroma_down", self._down(height, size_px[1], flips[0], scale))
        binding.bind_ortvalue_input("chroma_across", self._across(width, size_px[0], flips[1], planes.rows_px[1]))
        colours, offsets = _colours(planes.matrix, planes.full)
        binding.bind_cpu_input("colours", colours)
        binding.bind_cpu_input("offsets", offsets)
        binding.bind_output("picture", self.device, 0)
        self._run(network, binding)
        return DevicePicture.whole(binding.get_outputs()[0])

    def _bound(self, network: bytes, planes: Planes, size_px: tuple[int, int], flips: tuple[bool, bool]) -> Any:
        binding = self._session(network).io_binding()
        width, height = planes.size_px
        kind = np.uint16 if planes.deep else np.uint8
        binding.bind_input("plane", self.device, 0, kind, (height, planes.rows_px[0]), planes.luma)
        scale = 1 / 256 if planes.deep else 1.0
        binding.bind_ortvalue_input("down", self._down(height, size_px[1], flips[0], scale))
        binding.bind_ortvalue_input("across", self._across(width, size_px[0], flips[1], planes.rows_px[0]))
        return binding

    def _run(self, network: bytes, binding: Any) -> None:
        self._session(network).run_with_iobinding(binding)

    def _down(self, length_px: int, wanted_px: int, flipped: bool, scale: float) -> Any:
        return self._kept(("down", length_px, wanted_px, flipped, scale), lambda: _weighed(length_px, wanted_px, flipped) * scale)

    def _across(self, length_px: int, wanted_px: int, flipped: bool, row_px: int) -> Any:
        def weigh() -> npt.NDArray[np.float32]:
            return np.pad(_weighed(length_px, wanted_px, flipped), [(0, 0), (0, row_px - length_px)]).T

        return self._kept(("across", length_px, wanted_px, flipped, row_px), weigh)

    def _kept(self, key: tuple[object, ...], make: Callable[[], npt.NDArray[np.float32]]) -> Any:
        if key not in self._weights:
            if len(self._weights) >= _MOST_WEIGHTS:
                self._weights.clear()
            weights = np.ascontiguousarray(make(), np.float32)
            self._weights[key] = onnxruntime.OrtValue.ortvalue_from_numpy(weights, self.device, 0)
        return self._weights[key]

    def _session(self, network: bytes) -> Any:
        if network not in self._sessions:
            self._sessions[network] = _load(network, CUDA if self.device == "cuda" else CPU)
        return self._sessions[network]


def _weighed(length_px: int, wanted_px: int, flipped: bool) -> npt.NDArray[np.float32]:
    weights = weigh_side(length_px, wanted_px)
    return weights[::-1] if flipped else weights


def _flips(orientation: Orientation) -> tuple[bool, bool]:
    """Whether rows and columns as stored come in reverse, before they change places."""
    rows, columns = orientation.turn_deg in (90, 180), orientation.turn_deg in (180, 270)
    if not orientation.mirrored:
        return rows, columns
    return (not rows, columns) if orientation.swaps_sides else (rows, not columns)


@cache
def _colours(matrix: str, full: bool) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """What Y, U and V give to red, green and blue, float32 (3, 3), and what is added, float32 (3)."""
    red, blue = SHARES[matrix]
    green = 1 - red - blue
    light, colour, zero = (1.0, 1.0, 0.0) if full else (255 / 219, 255 / 224, 16.0)
    to_red, to_blue = 2 * (1 - red) * colour, 2 * (1 - blue) * colour
    table = np.array(
        [[light] * 3, [0, -to_blue * blue / green, to_blue], [to_red, -to_red * red / green, 0]],
        np.float32,
    )
    return table, np.asarray(-(table[0] * zero + (table[1] + table[2]) * 128), np.float32)


@cache
def _luma_network(deep: bool) -> bytes:
    return luma_network(deep=deep)


@cache
def _picture_network(deep: bool, turned: bool) -> bytes:
    return picture_network(deep=deep, turned=turned)


def _load(network: bytes, provider: str) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    if provider not in onnxruntime.get_available_providers():
        raise Transient(f"frames cannot be developed on {provider}: this build of ONNX Runtime does not have it")
    chosen = [(provider, {"device_id": "0", "arena_extend_strategy": "kSameAsRequested"})] if provider == CUDA else [provider]
    session = onnxruntime.InferenceSession(network, options, providers=chosen, enable_fallback=0)
    if (found := session.get_providers()[0]) != provider:
        raise Transient(f"frames were to be developed on {provider}, ONNX Runtime took {found}")
    return session
