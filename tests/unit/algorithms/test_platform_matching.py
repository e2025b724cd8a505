from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.algorithms.platform_matching import GPU, GPU_OLD, Platform, match_platform, refuse_extra

SERVER = Platform(system="Linux", machine="x86_64", python=(3, 12), glibc=(2, 39), driver=580, capability=(9, 0))


@pytest.mark.parametrize(
    ("changes", "extra", "why"),
    [
        ({}, GPU, ""),
        ({"driver": 570}, GPU_OLD, "gpu: it needs driver 580 or newer, this one is 570"),
        ({"capability": (7, 0)}, GPU_OLD, "gpu: it needs a GPU of compute capability 7.5 or newer, the oldest here has 7.0"),
        ({"driver": 515}, "", "gpu-cu12: it needs driver 525 or newer"),
        ({"capability": (6, 1)}, "", "gpu-cu12: it needs a GPU of compute capability 7.0 or newer"),
        ({"driver": None}, "", "there is no NVIDIA driver"),
        ({"machine": "aarch64"}, GPU, ""),
        ({"machine": "aarch64", "glibc": (2, 31)}, "", "need glibc 2.34, this system has 2.31"),
        ({"machine": "aarch64", "driver": 570}, "", "gpu-cu12: ONNX Runtime for CUDA 12 has no package for ARM"),
        ({"machine": "armv7l"}, "", "no such packages for armv7l"),
        ({"system": "Darwin"}, "", "no such packages for Darwin"),
        ({"glibc": None}, "", "another C library"),
        ({"machine": "aarch64", "jetson": "36.4", "capability": (8, 7), "driver": 540}, "", "docs/gpu.md"),
        ({"machine": "aarch64", "jetson": "38.2", "capability": (11, 0), "driver": 580}, GPU, ""),
    ],
)
def test_every_machine_gets_what_can_work_or_the_reason(changes: dict[str, object], extra: str, why: str) -> None:
    match = match_platform(replace(SERVER, **changes))  # type: ignore[arg-type]
    assert match.extra == extra
    assert why in match.why


def test_a_build_that_would_not_load_is_refused_before_it_is_fetched() -> None:
    assert refuse_extra(GPU, SERVER) == ""
    assert "driver" in refuse_extra(GPU, replace(SERVER, driver=None))
