"""NVIDIA graphics processors, asked of the driver itself: libraries that merely could use one are no proof that there is one."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from ctypes.util import find_library
from functools import cache

from appliance.domain.errors import Transient

LIBRARY = "libcuda.so.1"
NAME_BYTES = 256


@cache
def nvidia_graphics() -> tuple[Sequence[str], str]:
    """Names of the GPUs that the driver opens, and why there are none otherwise. Source: CUDA driver API, cuInit."""
    try:
        driver = ctypes.CDLL(find_library("nvcuda") or LIBRARY)
    except OSError:
        return (), "no NVIDIA driver"
    if status := driver.cuInit(0):
        return (), f"the NVIDIA driver does not start, status {status}"
    count = ctypes.c_int(0)
    if status := driver.cuDeviceGetCount(ctypes.byref(count)):
        return (), f"the NVIDIA driver does not count its devices, status {status}"
    names = [_name_of(driver, index) for index in range(count.value)]
    return names, "" if names else "the NVIDIA driver finds no device"


def wait_for_graphics() -> None:
    """Until the first device that this process sees has done all that it was given in its primary context.

    Source: CUDA driver API, cuCtxSynchronize, cuDevicePrimaryCtxRetain.

    Raises:
        Transient: the driver does not do it.
    """
    driver, context = _first_device()
    if not (status := driver.cuCtxPushCurrent_v2(context)):
        status = driver.cuCtxSynchronize() or driver.cuCtxPopCurrent_v2(ctypes.byref(ctypes.c_void_p()))
    if status:
        raise Transient(f"the GPU did not finish its work, status {status}")


@cache
def _first_device() -> tuple[ctypes.CDLL, ctypes.c_void_p]:
    """The driver and a device's primary context, which is kept as long as the process lives. Raises Transient."""
    names, why = nvidia_graphics()
    if not names:
        raise Transient(why)
    driver = ctypes.CDLL(find_library("nvcuda") or LIBRARY)
    device, context = ctypes.c_int(0), ctypes.c_void_p()
    status = driver.cuDeviceGet(ctypes.byref(device), 0) or driver.cuDevicePrimaryCtxRetain(ctypes.byref(context), device)
    if status:
        raise Transient(f"the GPU gives no context, status {status}")
    return driver, context


def _name_of(driver: ctypes.CDLL, index: int) -> str:
    device, name = ctypes.c_int(0), ctypes.create_string_buffer(NAME_BYTES)
    if driver.cuDeviceGet(ctypes.byref(device), index) or driver.cuDeviceGetName(name, NAME_BYTES, device):
        return f"NVIDIA device {index}"
    return name.value.decode(errors="replace")
