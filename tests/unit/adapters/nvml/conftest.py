"""A driver that answers as NVIDIA's header says: results through pointers, failures as numbers."""

# ruff: noqa: N802 - the names are those of the library.
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: Source: nvml.h, nvmlReturn_t.
NOT_SUPPORTED, NOT_FOUND, GPU_IS_LOST = 3, 6, 15
GIB = 2**30


@dataclass
class Chip:
    """One GPU. slices: None where it cannot be cut up, else its slices, of which an empty list means that it is whole."""

    name: str = "NVIDIA H200"
    uuid: str = "GPU-1"
    memory: int = 141 * GIB
    capability: tuple[int, int] = (9, 0)
    encodes: bool = False
    lost: bool = False
    slices: list[Slice] | None = None


@dataclass
class Slice:
    uuid: str
    memory: int = 16 * GIB
    decoders: int = 1
    name: str = "NVIDIA H200 MIG 1g.18gb"


@dataclass
class Driver:
    """The library. Handles are numbers: a chip's index + 1, and for its slices a hundred of that and the slice's."""

    chips: list[Chip] = field(default_factory=list)
    init_status: int = 0
    open: int = 0
    says_no_rates: bool = False

    def nvmlInit_v2(self) -> int:
        self.open += self.init_status == 0
        return self.init_status

    def nvmlShutdown(self) -> int:
        self.open -= 1
        return 0

    def nvmlSystemGetDriverVersion(self, buffer: Any, size: Any) -> int:
        buffer.value = b"580.159.03"
        return 0

    def nvmlSystemGetCudaDriverVersion_v2(self, out: Any) -> int:
        return _give(out, 13000)

    def nvmlDeviceGetCount_v2(self, out: Any) -> int:
        return _give(out, len(self.chips))

    def nvmlDeviceGetHandleByIndex_v2(self, index: Any, out: Any) -> int:
        return GPU_IS_LOST if self.chips[index.value].lost else _give(out, index.value + 1)

    def nvmlDeviceGetMigMode(self, handle: Any, current: Any, pending: Any) -> int:
        slices = self._chip(handle).slices
        return NOT_SUPPORTED if slices is None else _give(current, int(bool(slices)))

    def nvmlDeviceGetMaxMigDeviceCount(self, handle: Any, out: Any) -> int:
        return _give(out, 7)

    def nvmlDeviceGetMigDeviceHandleByIndex(self, handle: Any, index: Any, out: Any) -> int:
        slices = self._chip(handle).slices or []
        return NOT_FOUND if index.value >= len(slices) else _give(out, handle.value * 100 + index.value)

    def nvmlDeviceGetAttributes_v2(self, handle: Any, out: Any) -> int:
        out._obj.decoders = self._thing(handle).decoders
        out._obj.encoders = 0
        return 0

    def nvmlDeviceGetMemoryInfo(self, handle: Any, out: Any) -> int:
        out._obj.total = self._thing(handle).memory
        out._obj.free = self._thing(handle).memory - GIB
        return 0

    def nvmlDeviceGetName(self, handle: Any, buffer: Any, size: Any) -> int:
        buffer.value = self._thing(handle).name.encode()
        return 0

    def nvmlDeviceGetUUID(self, handle: Any, buffer: Any, size: Any) -> int:
        buffer.value = self._thing(handle).uuid.encode()
        return 0

    def nvmlDeviceGetCudaComputeCapability(self, handle: Any, major: Any, minor: Any) -> int:
        _give(major, self._chip(handle).capability[0])
        return _give(minor, self._chip(handle).capability[1])

    def nvmlDeviceGetNumGpuCores(self, handle: Any, out: Any) -> int:
        return NOT_SUPPORTED if self.says_no_rates else _give(out, 16896)

    def nvmlDeviceGetMemoryBusWidth(self, handle: Any, out: Any) -> int:
        return _give(out, 6144)

    def nvmlDeviceGetMaxClockInfo(self, handle: Any, kind: Any, out: Any) -> int:
        return _give(out, {1: 1980, 2: 3201}[kind.value])

    def nvmlDeviceGetEncoderCapacity(self, handle: Any, kind: Any, out: Any) -> int:
        return _give(out, 100) if self._chip(handle).encodes else NOT_SUPPORTED

    def _chip(self, handle: Any) -> Chip:
        number: int = handle.value
        return self.chips[number - 1]

    def _thing(self, handle: Any) -> Any:
        if handle.value < 100:
            return self._chip(handle)
        slices = self.chips[handle.value // 100 - 1].slices
        assert slices is not None
        return slices[handle.value % 100]


def _give(out: Any, value: int) -> int:
    out._obj.value = value
    return 0
