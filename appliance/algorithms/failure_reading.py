"""Reads what went wrong out of a runtime's words, which is all it gives."""

from __future__ import annotations

from enum import StrEnum


class RuntimeFailure(StrEnum):
    """memory: less at once may work. device: the GPU is gone or broken, or its libraries fail. other: nothing else would help."""

    MEMORY = "memory"
    DEVICE = "device"
    OTHER = "other"


#: Source: onnxruntime core/framework/bfc_arena.cc ("Available memory of …", "Failed to allocate memory for requested buffer"),
#: CUDA runtime API, cudaGetErrorString(cudaErrorMemoryAllocation), cuDNN and cuBLAS status names.
_MEMORY = (
    *("available memory of", "failed to allocate memory", "out of memory", "bad_alloc", "bad allocation"),
    *("cublas_status_alloc_failed", "cudnn_status_alloc_failed", "cannot allocate memory"),
)
#: Source: CUDA runtime API, error handling: errors that leave the context unusable; onnxruntime providers/cuda/cuda_call.cc.
_DEVICE = ("cuda", "cudnn", "cublas", "cufft", "curand", "tensorrt", "nvrtc", "gpu", "device")


def read_failure(words: str) -> RuntimeFailure:
    """What kind of failure a runtime reports."""
    lowered = words.lower()
    if any(sign in lowered for sign in _MEMORY):
        return RuntimeFailure.MEMORY
    return RuntimeFailure.DEVICE if any(sign in lowered for sign in _DEVICE) else RuntimeFailure.OTHER


def first_sentence(words: str, most: int = 200) -> str:
    """What people are told of it: one line, not too long."""
    line = " ".join(words.split())
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0]} …"
