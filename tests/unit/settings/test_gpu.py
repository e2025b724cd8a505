"""Twin of settings/gpu.py."""

from __future__ import annotations

import pytest

from appliance.domain.errors import Misconfigured
from appliance.settings import load_settings
from appliance.settings.gpu import Gpu


def test_what_costs_exactness_or_minutes_has_to_be_asked_for() -> None:
    gpu = Gpu()
    assert (gpu.precision, gpu.graphs, gpu.tensorrt, gpu.memory) == ("full", False, False, None)
    assert gpu.filters


def test_memory_is_written_as_people_write_it() -> None:
    assert load_settings(environment={"RINKREEL_GPU_MEMORY": "2GiB"}).gpu.memory == 2 * 1024**3
    assert load_settings(environment={"RINKREEL_GPU_MEMORY": "auto"}).gpu.memory is None


@pytest.mark.parametrize(("key", "value"), [("precision", "quarter"), ("decode", "vulkan"), ("batch", 0)])
def test_what_makes_no_sense_is_refused(key: str, value: object) -> None:
    with pytest.raises(Misconfigured, match=f"gpu.{key}"):
        load_settings(environment={}, flags={f"gpu.{key}": value})
