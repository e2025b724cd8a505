"""Twin of adapters/nvml/library.py; on a real shared library, which is not NVIDIA's."""

from __future__ import annotations

import ctypes
from ctypes.util import find_library

import pytest

from appliance.adapters.nvml.library import Attributes, MemoryInfo, Nvml, NvmlError, load_library

LIBC = find_library("c") or "libc.so.6"


def test_a_library_that_is_not_there_is_an_os_error() -> None:
    with pytest.raises(OSError, match="no-such-library"):
        load_library("no-such-library.so.1")


def test_a_function_that_this_driver_lacks_is_said_by_name() -> None:
    with pytest.raises(NvmlError, match="nvmlInit_v2 is not in this driver"):
        Nvml(load_library(LIBC)).call("nvmlInit_v2")


def test_a_status_other_than_success_is_an_error() -> None:
    nvml = Nvml(load_library(LIBC))
    nvml.call("abs", ctypes.c_int(0))
    with pytest.raises(NvmlError, match="abs gave status 7"):
        nvml.call("abs", ctypes.c_int(-7))


def test_structures_have_the_size_that_the_header_gives_them() -> None:
    assert (ctypes.sizeof(MemoryInfo), ctypes.sizeof(Attributes)) == (24, 40)
