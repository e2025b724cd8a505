from __future__ import annotations

from appliance.domain.graphics import Engines, GraphicsDevice, GraphicsReport


def test_a_device_says_in_one_line_what_it_has() -> None:
    device = GraphicsDevice(
        name="NVIDIA H200",
        uuid="GPU-1",
        memory_bytes=141 * 2**30,
        free_bytes=0,
        capability=(9, 0),
        engines=Engines(decoders=7, encoders=0),
    )
    assert device.label == "NVIDIA H200, 141 GiB, 7 decoding engines, no encoding engines"


def test_what_is_not_known_is_not_said() -> None:
    device = GraphicsDevice(name="A", uuid="", memory_bytes=2**31, free_bytes=0, capability=(7, 5), engines=Engines(encoders=1))
    assert device.label == "A, 2 GiB, 1 encoding engine"


def test_the_software_is_named_with_its_versions() -> None:
    assert GraphicsReport(driver="580.1", cuda=(13, 0)).software == "driver 580.1, CUDA up to 13.0"
    assert GraphicsReport(driver="580.1").software == "driver 580.1"
