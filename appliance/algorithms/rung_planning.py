"""Plans the ways to run a network, best first: all that is asked of a GPU, then less, and the CPU at the end."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from appliance.domain.backend import CUDA, TENSORRT
from appliance.domain.compute import ON_CPU, ComputeWish, EngineKey, Rung

#: Batch sizes that a GPU sees. Source: ONNX Runtime, CUDA provider: its convolutions are tuned for every new shape.
BUCKETS = (1, 4, 8, 16, 32, 64)


def plan_rungs(wish: ComputeWish, *, graphics: bool, engines: Path | None = None) -> tuple[Rung, ...]:
    """Ways from the best that is asked for down to the CPU, which is always the last. engines: folder of compiled engines of
    this GPU; without it TensorRT is left out, because it would compile for minutes at every start."""
    if not graphics:
        return (ON_CPU,)
    cuda = Rung(
        provider=CUDA,
        options=_cuda_options(wish),
        largest=wish.largest,
        buckets=buckets_up_to(wish.largest),
        bound=True,
        half=wish.half,
    )
    rungs = [replace(cuda, graphs=True, options={**cuda.options, "enable_cuda_graph": "1"})] if wish.graphs else []
    if wish.tensorrt and engines is not None:
        rungs.insert(0, replace(cuda, provider=TENSORRT, options=_tensorrt_options(wish, engines), half=False))
    return (*rungs, cuda, ON_CPU)


def buckets_up_to(largest: int) -> tuple[int, ...]:
    """The batch sizes that are used when no batch is larger than this."""
    return (*(size for size in BUCKETS if size < largest), largest)


def bucket_for(count: int, buckets: tuple[int, ...]) -> int:
    """The size that a batch is filled up to; its own where there are no buckets or it exceeds them."""
    return next((size for size in buckets if size >= count), count)


def engine_folder(root: Path, key: EngineKey) -> Path:
    """Where engines for this GPU, driver and runtime lie: others must never be loaded. Source: ONNX Runtime, TensorRT provider,
    "engine files are not portable"."""
    words = (key.gpu, f"{key.capability[0]}.{key.capability[1]}", key.driver, key.runtime)
    digest = hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]
    return root / f"{re.sub(r'[^a-z0-9]+', '-', key.gpu.lower()).strip('-')}-{digest}"


def engines_of_model(options: Mapping[str, str], content: bytes) -> Mapping[str, str]:
    """TensorRT's options with a folder for the engines of one network, named for its content: the runtime tells networks apart
    by their structure, and would run one on another's weights. Source: ONNX Runtime, core/providers/tensorrt, TRTGenerateId."""
    folder = Path(options["trt_engine_cache_path"]) / hashlib.sha256(content).hexdigest()[:12]
    return {**options, "trt_engine_cache_path": str(folder)}


def shape_profile(name: str, shape: tuple[int, ...], largest: int) -> Mapping[str, str]:
    """The range of batches that TensorRT compiles for, so that it never compiles again. shape: of one picture."""
    sides = "x".join(str(side) for side in shape)
    sizes = {"min": 1, "opt": largest, "max": largest}
    return {f"trt_profile_{kind}_shapes": f"{name}:{size}x{sides}" for kind, size in sizes.items()}


def _cuda_options(wish: ComputeWish) -> dict[str, str]:
    """As few surprises as possible: no long tuning per shape, no memory beyond what is used. Source: ONNX Runtime, "CUDA
    Execution Provider"."""
    options = {
        "device_id": "0",
        "arena_extend_strategy": "kSameAsRequested",
        "cudnn_conv_algo_search": "HEURISTIC",
        "cudnn_conv_use_max_workspace": "1",
        "do_copy_in_default_stream": "1",
    }
    return options if wish.memory_bytes is None else {**options, "gpu_mem_limit": str(wish.memory_bytes)}


def _tensorrt_options(wish: ComputeWish, engines: Path) -> dict[str, str]:
    options = {
        "device_id": "0",
        "trt_engine_cache_enable": "1",
        "trt_engine_cache_path": str(engines),
        "trt_timing_cache_enable": "1",
        "trt_timing_cache_path": str(engines),
        "trt_fp16_enable": "1" if wish.half else "0",
    }
    return options if wish.memory_bytes is None else {**options, "trt_max_workspace_size": str(wish.memory_bytes // 2)}
