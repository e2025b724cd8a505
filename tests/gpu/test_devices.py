"""The driver's management library and CUDA itself agree on what there is."""

from __future__ import annotations

import pytest

from appliance.adapters.system.graphics import nvidia_graphics
from appliance.adapters.system.platforms import read_platform
from appliance.algorithms.platform_matching import match_platform
from appliance.domain.graphics import GraphicsReport

pytestmark = pytest.mark.gpu


def test_every_device_is_described(gpu: GraphicsReport) -> None:
    assert gpu.driver
    assert gpu.cuda is not None
    assert gpu.devices
    for device in gpu.devices:
        assert device.uuid.startswith(("GPU-", "MIG-"))
        assert 0 <= device.free_bytes <= device.memory_bytes
        assert device.capability >= (5, 0)


def test_both_libraries_know_the_same_names(gpu: GraphicsReport) -> None:
    assert nvidia_graphics()[0][0] in {device.name for device in gpu.devices}


def test_the_libraries_that_are_installed_are_those_that_fit(gpu: GraphicsReport, cuda_networks: None) -> None:
    assert match_platform(read_platform(gpu)).extra in ("gpu", "gpu-cu12")
