from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pytest

from appliance.adapters.system import graphics
from appliance.domain.errors import Transient


@pytest.fixture(autouse=True)
def asked_afresh() -> Iterator[None]:
    graphics.nvidia_graphics.cache_clear()
    graphics._first_device.cache_clear()
    yield
    graphics.nvidia_graphics.cache_clear()
    graphics._first_device.cache_clear()


class Driver:
    """A driver with some devices; statuses other than 0 are failures."""

    def __init__(self, devices: int, status: int = 0, finish: int = 0) -> None:
        self.devices, self.status, self.finish = devices, status, finish
        self.current: list[object] = []

    def cuDevicePrimaryCtxRetain(self, context: object, device: object) -> int:  # noqa: N802
        return 0

    def cuCtxPushCurrent_v2(self, context: object) -> int:  # noqa: N802
        self.current.append(context)
        return 0

    def cuCtxSynchronize(self) -> int:  # noqa: N802
        assert self.current
        return self.finish

    def cuCtxPopCurrent_v2(self, context: object) -> int:  # noqa: N802
        self.current.pop()
        return 0

    def cuInit(self, flags: int) -> int:  # noqa: N802 - the driver's spelling
        return self.status

    def cuDeviceGetCount(self, count: ctypes._CArgObject) -> int:  # noqa: N802
        ctypes.cast(count, ctypes.POINTER(ctypes.c_int))[0] = self.devices
        return 0

    def cuDeviceGet(self, device: object, index: int) -> int:  # noqa: N802
        return 0

    def cuDeviceGetName(self, name: ctypes.Array[ctypes.c_char], length: int, device: object) -> int:  # noqa: N802
        name.value = b"NVIDIA L4"
        return 0


def test_this_machine_has_names_or_a_reason() -> None:
    names, why = graphics.nvidia_graphics()
    assert bool(names) != bool(why)


def test_without_a_driver_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graphics, "LIBRARY", "libnothing-of-the-kind.so")
    assert graphics.nvidia_graphics() == ((), "no NVIDIA driver")


def test_devices_are_named_as_the_driver_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: Driver(2))
    assert graphics.nvidia_graphics() == (["NVIDIA L4", "NVIDIA L4"], "")


@pytest.mark.parametrize(("driver", "why"), [(Driver(0), "finds no device"), (Driver(1, status=999), "status 999")])
def test_a_driver_without_a_device_is_none(monkeypatch: pytest.MonkeyPatch, driver: Driver, why: str) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: driver)
    names, said = graphics.nvidia_graphics()
    assert not names
    assert why in said


def test_a_device_is_waited_for_and_its_context_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver(1)
    monkeypatch.setattr(ctypes, "CDLL", lambda _: driver)
    for _ in range(2):
        graphics.wait_for_graphics()
    assert driver.current == []


@pytest.mark.parametrize(("driver", "why"), [(Driver(1, finish=700), "status 700"), (Driver(0), "finds no device")])
def test_a_device_that_does_not_finish_is_said(monkeypatch: pytest.MonkeyPatch, driver: Driver, why: str) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _: driver)
    with pytest.raises(Transient, match=why):
        graphics.wait_for_graphics()
