"""Lists GPUs and their slices. A device that the driver has lost is left out; whatever else fails is said."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import suppress

from appliance.adapters.nvml.library import Attributes, Library, MemoryInfo, Nvml, NvmlError, load_library
from appliance.algorithms.engine_counting import engines_of
from appliance.domain.graphics import Engines, GraphicsDevice, GraphicsReport, Rates

#: nvmlEncoderType_t, H.264. Source: nvml.h.
_H264 = 0
MIG_ENABLED = 1
#: nvmlClockType_t. Source: nvml.h.
_CORE_CLOCK, _MEMORY_CLOCK = 1, 2


def read_graphics(load: Callable[[], Library] = load_library) -> GraphicsReport:
    """What the driver says; never raises."""
    try:
        nvml = Nvml(load())
    except OSError:
        return GraphicsReport(why_none="no NVIDIA driver")
    try:
        nvml.call("nvmlInit_v2")
    except NvmlError as error:
        return GraphicsReport(why_none=f"the NVIDIA driver does not start: {error}")
    try:
        return _report(nvml)
    except NvmlError as error:
        return GraphicsReport(why_none=f"the NVIDIA driver does not answer: {error}")
    finally:
        with suppress(NvmlError):
            nvml.call("nvmlShutdown")


def _report(nvml: Nvml) -> GraphicsReport:
    cuda = nvml.number("nvmlSystemGetCudaDriverVersion_v2", kind=ctypes.c_int)
    devices = tuple(_devices(nvml))
    return GraphicsReport(
        driver=nvml.text("nvmlSystemGetDriverVersion"),
        cuda=(cuda // 1000, cuda % 1000 // 10),
        devices=devices,
        why_none="" if devices else "the NVIDIA driver finds no device",
    )


def _devices(nvml: Nvml) -> Iterator[GraphicsDevice]:
    for index in range(nvml.number("nvmlDeviceGetCount_v2")):
        with suppress(NvmlError):
            handle = nvml.handle("nvmlDeviceGetHandleByIndex_v2", ctypes.c_uint(index))
            slices = list(_slices(nvml, handle))
            yield from slices or [_device(nvml, handle)]


def _slices(nvml: Nvml, whole: ctypes.c_void_p) -> Iterator[GraphicsDevice]:
    """Slices of a GPU that is cut up; a GPU that is not, or cannot be, has none."""
    current, pending = ctypes.c_uint(0), ctypes.c_uint(0)
    try:
        nvml.call("nvmlDeviceGetMigMode", whole, ctypes.byref(current), ctypes.byref(pending))
    except NvmlError:
        return
    if current.value != MIG_ENABLED:
        return
    capability = _capability(nvml, whole)
    for index in range(nvml.number("nvmlDeviceGetMaxMigDeviceCount", whole)):
        with suppress(NvmlError):
            handle = nvml.handle("nvmlDeviceGetMigDeviceHandleByIndex", whole, ctypes.c_uint(index))
            attributes = Attributes()
            nvml.call("nvmlDeviceGetAttributes_v2", handle, ctypes.byref(attributes))
            engines = Engines(decoders=int(attributes.decoders), encoders=int(attributes.encoders))
            yield _described(nvml, handle, capability, engines, is_slice=True)


def _device(nvml: Nvml, handle: ctypes.c_void_p) -> GraphicsDevice:
    engines = engines_of(nvml.text("nvmlDeviceGetName", handle))
    if engines.encoders is None and not _encodes(nvml, handle):
        engines = Engines(decoders=engines.decoders, encoders=0)
    return _described(nvml, handle, _capability(nvml, handle), engines, is_slice=False)


def _described(
    nvml: Nvml, handle: ctypes.c_void_p, capability: tuple[int, int], engines: Engines, *, is_slice: bool
) -> GraphicsDevice:
    memory = MemoryInfo()
    nvml.call("nvmlDeviceGetMemoryInfo", handle, ctypes.byref(memory))
    return GraphicsDevice(
        name=nvml.text("nvmlDeviceGetName", handle),
        uuid=nvml.text("nvmlDeviceGetUUID", handle),
        memory_bytes=int(memory.total),
        free_bytes=int(memory.free),
        capability=capability,
        engines=engines,
        is_slice=is_slice,
        rates=None if is_slice else _rates(nvml, handle),
    )


def _rates(nvml: Nvml, handle: ctypes.c_void_p) -> Rates | None:
    """Each core multiplies and adds once a tick; memory moves its whole width twice a tick. Drivers before 510 do not say."""
    try:
        cores, wide_bits = (nvml.number(name, handle) for name in ("nvmlDeviceGetNumGpuCores", "nvmlDeviceGetMemoryBusWidth"))
        core_mhz, memory_mhz = (
            nvml.number("nvmlDeviceGetMaxClockInfo", handle, ctypes.c_int(clock)) for clock in (_CORE_CLOCK, _MEMORY_CLOCK)
        )
    except NvmlError:
        return None
    return Rates(operations_per_s=2e6 * cores * core_mhz, bytes_per_s=2e6 * wide_bits / 8 * memory_mhz)


def _capability(nvml: Nvml, handle: ctypes.c_void_p) -> tuple[int, int]:
    major, minor = ctypes.c_int(0), ctypes.c_int(0)
    nvml.call("nvmlDeviceGetCudaComputeCapability", handle, ctypes.byref(major), ctypes.byref(minor))
    return major.value, minor.value


def _encodes(nvml: Nvml, handle: ctypes.c_void_p) -> bool:
    """Chips without an encoder say that the question makes no sense to them."""
    try:
        return nvml.number("nvmlDeviceGetEncoderCapacity", handle, ctypes.c_int(_H264)) > 0
    except NvmlError:
        return False
