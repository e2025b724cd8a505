"""What kind of machine this is, as far as it decides which builds of the GPU libraries can work."""

from __future__ import annotations

import platform
import re
import sys
from pathlib import Path

from appliance.algorithms.platform_matching import Platform
from appliance.domain.graphics import GraphicsReport

#: Where Jetson boards say what they run. Source: NVIDIA, Jetson Linux Developer Guide.
JETSON_RELEASE = Path("/etc/nv_tegra_release")


def read_platform(graphics: GraphicsReport, *, jetson_release: Path = JETSON_RELEASE) -> Platform:
    """This machine."""
    library, version = platform.libc_ver()
    major = re.match(r"\d+", graphics.driver)
    return Platform(
        system=platform.system(),
        machine=platform.machine(),
        python=(sys.version_info[0], sys.version_info[1]),
        glibc=_pair(version) if library == "glibc" else None,
        driver=int(major[0]) if major else None,
        capability=min((device.capability for device in graphics.devices), default=None),
        jetson=_jetson(jetson_release),
    )


def _jetson(release: Path) -> str:
    """The first line reads "# R36 (release), REVISION: 4.3, …"."""
    try:
        found = re.search(r"R(\d+).*?REVISION:\s*([\d.]+)", release.read_text(encoding="utf-8"))
    except OSError:
        return ""
    return f"{found[1]}.{found[2]}" if found else "unknown"


def _pair(version: str) -> tuple[int, int] | None:
    found = re.match(r"(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2])) if found else None
