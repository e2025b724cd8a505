"""The calls that are used of the library, as its header declares them. Source: NVIDIA, nvml.h."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Protocol

NAME = "libnvidia-ml.so.1"
TEXT_BYTES = 96
SUCCESS = 0


class MemoryInfo(ctypes.Structure):
    """nvmlMemory_t."""

    _fields_ = (("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong))


class Attributes(ctypes.Structure):
    """nvmlDeviceAttributes_t: what a slice of a GPU has."""

    _fields_ = (
        ("multiprocessors", ctypes.c_uint),
        ("copy_engines", ctypes.c_uint),
        ("decoders", ctypes.c_uint),
        ("encoders", ctypes.c_uint),
        ("jpeg_engines", ctypes.c_uint),
        ("flow_engines", ctypes.c_uint),
        ("gpu_slices", ctypes.c_uint),
        ("compute_slices", ctypes.c_uint),
        ("memory_mb", ctypes.c_ulonglong),
    )


class NvmlError(Exception):
    """A call failed; says which, and the status."""


class Library(Protocol):
    """Anything that has the library's functions by name."""

    def __getattr__(self, name: str) -> Callable[..., int]: ...


def load_library(name: str = NAME) -> Library:
    """Raises OSError when there is no driver."""
    return ctypes.CDLL(name)


class Nvml:
    """The library with errors as exceptions and results as values."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def call(self, name: str, *arguments: Any) -> None:
        """Raises NvmlError when it does not succeed, or when this driver does not have it."""
        try:
            status = getattr(self._library, name)(*arguments)
        except AttributeError as error:
            raise NvmlError(f"{name} is not in this driver") from error
        if status != SUCCESS:
            raise NvmlError(f"{name} gave status {status}")

    def number(self, name: str, *arguments: Any, kind: Any = ctypes.c_uint) -> int:
        """A call whose last argument receives a number."""
        value = kind(0)
        self.call(name, *arguments, ctypes.byref(value))
        return int(value.value)

    def text(self, name: str, *arguments: Any) -> str:
        """A call whose last two arguments are a buffer and its size."""
        buffer = ctypes.create_string_buffer(TEXT_BYTES)
        self.call(name, *arguments, buffer, ctypes.c_uint(TEXT_BYTES))
        return buffer.value.decode(errors="replace")

    def handle(self, name: str, *arguments: Any) -> ctypes.c_void_p:
        """A call whose last argument receives a handle."""
        value = ctypes.c_void_p()
        self.call(name, *arguments, ctypes.byref(value))
        return value
