from __future__ import annotations

import pytest

from appliance.algorithms.engine_counting import engines_of
from appliance.domain.graphics import Engines


@pytest.mark.parametrize(
    ("name", "decoders", "encoders"),
    [
        ("NVIDIA H200", 7, 0),
        ("NVIDIA H100 80GB HBM3", 7, 0),
        ("NVIDIA A100-SXM4-40GB", 5, 0),
        ("NVIDIA A10", 2, 1),
        ("NVIDIA L4", 4, 2),
        ("NVIDIA L40S", 3, 3),
        ("Tesla T4", 2, 1),
        ("NVIDIA GeForce RTX 4090", 1, 2),
    ],
)
def test_known_gpus_have_their_engines(name: str, decoders: int, encoders: int) -> None:
    assert engines_of(name) == Engines(decoders=decoders, encoders=encoders)


@pytest.mark.parametrize("name", ["NVIDIA RTX A4000", "NVIDIA Something", "A1000"])
def test_of_others_nothing_is_claimed(name: str) -> None:
    assert engines_of(name) == Engines()
