from __future__ import annotations

import pytest

from appliance.algorithms.failure_reading import RuntimeFailure, first_sentence, read_failure


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("bfc_arena.cc:360 AllocateRawInternal Available memory of 3669248 is smaller than requested bytes", "memory"),
        ("Failed to allocate memory for requested buffer of size 1073741824", "memory"),
        ("CUDA failure 2: out of memory ; GPU=0", "memory"),
        ("CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED", "memory"),
        ("CUDA failure 719: unspecified launch failure ; GPU=0", "device"),
        ("CUDA error 46: all CUDA-capable devices are busy or unavailable", "device"),
        ("CUDNN failure 5000: CUDNN_STATUS_EXECUTION_FAILED", "device"),
        ("Got invalid dimensions for input: input", "other"),
    ],
)
def test_what_a_runtime_says_is_understood(said: str, kind: str) -> None:
    assert read_failure(said) is RuntimeFailure(kind)


def test_people_get_one_line_that_ends() -> None:
    assert first_sentence("one\n  two") == "one two"
    assert len(first_sentence("word " * 500)) <= 202
