"""What runs on a machine with an NVIDIA GPU alone; everywhere else it skips by the name `gpu`."""

from __future__ import annotations

import pytest

from appliance.adapters.nvml.devices import read_graphics
from appliance.adapters.system.graphics import nvidia_graphics
from appliance.domain.graphics import GraphicsReport

from ..conftest import skip_or_fail


@pytest.fixture(scope="session")
def gpu() -> GraphicsReport:
    """The driver's own description of the machine's GPUs, one of which CUDA opens."""
    names, why = nvidia_graphics()
    if not names:
        skip_or_fail("gpu", why)
    return read_graphics()


@pytest.fixture(scope="session")
def dali(gpu: GraphicsReport) -> None:
    """DALI beside a GPU."""
    from appliance.adapters.dali.presence import is_installed

    if not is_installed():
        skip_or_fail("dali", "none of its packages is installed")


@pytest.fixture(scope="session")
def cuda_networks(gpu: GraphicsReport) -> None:
    """ONNX Runtime with the CUDA provider."""
    from appliance.adapters.system.packages import version_of

    if version_of("onnxruntime-gpu") is None:
        skip_or_fail("onnxruntime-gpu", "it is not installed")
