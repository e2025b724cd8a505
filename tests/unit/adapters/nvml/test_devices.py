"""Twin of adapters/nvml/devices.py."""

from __future__ import annotations

from typing import Any

import pytest

from appliance.adapters.nvml.devices import read_graphics
from appliance.domain.graphics import Engines

from .conftest import GIB, Chip, Driver, Slice


def report_of(driver: Driver) -> Any:
    return read_graphics(lambda: driver)  # type: ignore[arg-type,return-value]


def test_a_gpu_is_described_with_driver_and_cuda() -> None:
    driver = Driver([Chip()])
    report = report_of(driver)
    assert (report.driver, report.cuda, report.why_none) == ("580.159.03", (13, 0), "")
    (device,) = report.devices
    assert (device.name, device.uuid, device.memory_bytes, device.capability) == ("NVIDIA H200", "GPU-1", 141 * GIB, (9, 0))
    assert device.engines == Engines(decoders=7, encoders=0)
    assert driver.open == 0


def test_what_a_chip_can_do_at_most_is_what_its_data_sheet_says() -> None:
    """H200: 67 TFLOPS in 32 bits, 4.8 TB/s. Source: NVIDIA, H200 data sheet."""
    rates = report_of(Driver([Chip()])).devices[0].rates
    assert rates.operations_per_s == pytest.approx(67e12, rel=0.01)
    assert rates.bytes_per_s == pytest.approx(4.8e12, rel=0.03)
    assert report_of(Driver([Chip()], says_no_rates=True)).devices[0].rates is None


def test_a_gpu_that_is_cut_up_counts_by_its_slices() -> None:
    report = report_of(Driver([Chip(slices=[Slice("MIG-1"), Slice("MIG-2", decoders=2)]), Chip(uuid="GPU-2", slices=[])]))
    assert [device.uuid for device in report.devices] == ["MIG-1", "MIG-2", "GPU-2"]
    assert [device.is_slice for device in report.devices] == [True, True, False]
    assert report.devices[1].engines == Engines(decoders=2, encoders=0)
    assert report.devices[0].memory_bytes == 16 * GIB


def test_a_gpu_that_fell_off_the_bus_is_left_out_and_the_others_stay() -> None:
    assert [device.uuid for device in report_of(Driver([Chip(lost=True), Chip(uuid="GPU-2")])).devices] == ["GPU-2"]


@pytest.mark.parametrize(("encodes", "engines"), [(True, Engines()), (False, Engines(encoders=0))])
def test_of_an_unknown_chip_only_what_it_says_is_told(encodes: bool, engines: Engines) -> None:
    assert report_of(Driver([Chip(name="NVIDIA Something 9000", encodes=encodes)])).devices[0].engines == engines


def test_a_driver_that_does_not_start_is_no_driver_and_says_why() -> None:
    report = report_of(Driver(init_status=9))
    assert report.devices == ()
    assert "does not start: nvmlInit_v2 gave status 9" in report.why_none


def test_a_driver_without_devices_says_so() -> None:
    assert report_of(Driver()).why_none == "the NVIDIA driver finds no device"


def test_a_machine_without_the_library_has_no_driver() -> None:
    def missing() -> Any:
        raise OSError("libnvidia-ml.so.1: cannot open shared object file")

    assert read_graphics(missing).why_none == "no NVIDIA driver"
