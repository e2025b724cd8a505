from __future__ import annotations

import pytest

from appliance.domain.backend import CUDA, TENSORRT
from appliance.domain.compute import ON_CPU, Rung


@pytest.mark.parametrize(
    ("rung", "label", "device"),
    [
        (ON_CPU, "the CPU", "cpu"),
        (Rung(provider=CUDA), "the GPU", "cuda"),
        (Rung(provider=CUDA, half=True, graphs=True), "the GPU with half precision and CUDA graphs", "cuda"),
        (Rung(provider=TENSORRT), "the GPU through TensorRT", "cuda"),
        (Rung(provider="OtherProvider"), "OtherProvider", "cpu"),
    ],
)
def test_a_way_to_run_says_what_it_is(rung: Rung, label: str, device: str) -> None:
    assert (rung.label, rung.device) == (label, device)
