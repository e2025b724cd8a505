from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.rung_planning import (
    bucket_for,
    buckets_up_to,
    engine_folder,
    engines_of_model,
    plan_rungs,
    shape_profile,
)
from appliance.domain.backend import CPU, CUDA, TENSORRT
from appliance.domain.compute import ON_CPU, ComputeWish, EngineKey

KEY = EngineKey(gpu="NVIDIA H200", capability=(9, 0), driver="580.159.03", runtime="10.16")


def providers(wish: ComputeWish, *, graphics: bool = True, engines: Path | None = None) -> list[str]:
    return [rung.provider for rung in plan_rungs(wish, graphics=graphics, engines=engines)]


def test_without_a_gpu_there_is_the_cpu_alone() -> None:
    assert plan_rungs(ComputeWish(tensorrt=True), graphics=False, engines=Path("/engines")) == (ON_CPU,)


def test_a_gpu_comes_first_and_the_cpu_last() -> None:
    assert providers(ComputeWish()) == [CUDA, CPU]


def test_tensorrt_needs_to_be_asked_for_and_a_place_for_its_engines(tmp_path: Path) -> None:
    assert providers(ComputeWish(tensorrt=True), engines=tmp_path) == [TENSORRT, CUDA, CPU]
    assert providers(ComputeWish(tensorrt=True)) == [CUDA, CPU]
    assert providers(ComputeWish(), engines=tmp_path) == [CUDA, CPU]


def test_graphs_are_tried_before_the_gpu_without_them() -> None:
    with_graphs, without, cpu = plan_rungs(ComputeWish(graphs=True), graphics=True)
    assert (with_graphs.options["enable_cuda_graph"], with_graphs.graphs) == ("1", True)
    assert "enable_cuda_graph" not in without.options
    assert cpu is ON_CPU


def test_memory_is_capped_where_that_is_asked_for() -> None:
    assert plan_rungs(ComputeWish(memory_bytes=10**9), graphics=True)[0].options["gpu_mem_limit"] == "1000000000"
    assert "gpu_mem_limit" not in plan_rungs(ComputeWish(), graphics=True)[0].options


@given(st.integers(1, 200), st.integers(1, 64))
def test_a_batch_is_filled_up_to_a_bucket_that_holds_it(count: int, largest: int) -> None:
    buckets = buckets_up_to(largest)
    assert buckets[-1] == largest
    assert list(buckets) == sorted(set(buckets))
    size = bucket_for(count, buckets)
    assert size >= count
    assert size in buckets or count > largest


@pytest.mark.parametrize(
    "other",
    [
        EngineKey(gpu="NVIDIA H100", capability=(9, 0), driver="580.159.03", runtime="10.16"),
        EngineKey(gpu="NVIDIA H200", capability=(8, 9), driver="580.159.03", runtime="10.16"),
        EngineKey(gpu="NVIDIA H200", capability=(9, 0), driver="590.1", runtime="10.16"),
        EngineKey(gpu="NVIDIA H200", capability=(9, 0), driver="580.159.03", runtime="10.13"),
    ],
)
def test_engines_of_another_gpu_driver_or_runtime_lie_elsewhere(other: EngineKey) -> None:
    assert engine_folder(Path("/e"), other) != engine_folder(Path("/e"), KEY)
    assert engine_folder(Path("/e"), KEY).name.startswith("nvidia-h200-")


def test_the_profile_covers_every_batch() -> None:
    assert shape_profile("input", (3, 320, 320), 16) == {
        "trt_profile_min_shapes": "input:1x3x320x320",
        "trt_profile_opt_shapes": "input:16x3x320x320",
        "trt_profile_max_shapes": "input:16x3x320x320",
    }


def test_engines_of_networks_that_differ_in_weights_alone_lie_apart() -> None:
    options = {"trt_engine_cache_path": "/engines/h200", "device_id": "0"}
    one, same, other = (engines_of_model(options, content) for content in (b"weights", b"weights", b"weighed"))
    assert one == same
    assert one["device_id"] == "0"
    assert Path(one["trt_engine_cache_path"]).parent == Path(other["trt_engine_cache_path"]).parent == Path("/engines/h200")
    assert one["trt_engine_cache_path"] != other["trt_engine_cache_path"]
