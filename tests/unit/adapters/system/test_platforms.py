"""Twin of adapters/system/platforms.py."""

from __future__ import annotations

import platform
from pathlib import Path

from appliance.adapters.system.platforms import read_platform
from appliance.domain.graphics import GraphicsDevice, GraphicsReport


def device(capability: tuple[int, int]) -> GraphicsDevice:
    return GraphicsDevice(name="A", uuid="", memory_bytes=1, free_bytes=1, capability=capability)


def test_this_machine_is_described_as_it_is() -> None:
    found = read_platform(GraphicsReport(why_none="no NVIDIA driver"))
    assert (found.system, found.machine) == (platform.system(), platform.machine())
    assert (found.driver, found.capability, found.jetson) == (None, None, "")
    assert found.glibc is None or found.glibc >= (2, 17)


def test_the_oldest_gpu_and_the_drivers_major_number_decide() -> None:
    found = read_platform(GraphicsReport(driver="580.159.03", devices=(device((9, 0)), device((7, 5)))))
    assert (found.driver, found.capability) == (580, (7, 5))


def test_a_jetson_is_known_by_its_release_file(tmp_path: Path) -> None:
    release = tmp_path / "nv_tegra_release"
    release.write_text("# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64\n")
    assert read_platform(GraphicsReport(), jetson_release=release).jetson == "36.4.3"
    release.write_text("something else")
    assert read_platform(GraphicsReport(), jetson_release=release).jetson == "unknown"
