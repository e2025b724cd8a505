from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.onnx.session import OrtSession, join_parts
from appliance.domain.backend import CUDA
from appliance.domain.compute import ON_CPU, Rung
from appliance.domain.errors import Misconfigured

REPOSITORY = Path(__file__).resolve().parents[4]
Networks = Callable[[Mapping[str, npt.NDArray[Any]]], OrtSession]


def test_heads_come_by_name_for_any_batch(network: Networks) -> None:
    session = network({"dets": np.ones((2, 5), np.float32), "labels": np.zeros(2, np.int64)})
    for size in (1, ON_CPU.largest, ON_CPU.largest * 2 + 3):
        heads = session.run(np.zeros((size, 3, 4, 4), np.float32))
        assert heads["dets"].shape == (size, 2, 5)
        assert heads["labels"].shape == (size, 2)


def test_parts_with_fewer_rows_are_filled_with_rows_that_score_nothing() -> None:
    joined = join_parts([np.ones((1, 2, 5), np.float32), np.ones((2, 4, 5), np.float32)])
    assert joined.shape == (3, 4, 5)
    assert joined[0, 2:].sum() == 0


def test_an_empty_batch_gives_nothing(network: Networks) -> None:
    assert network({"dets": np.ones((2, 5), np.float32)}).run(np.zeros((0, 3, 4, 4), np.float32)) == {}


def test_a_file_that_is_no_network_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "x.onnx"
    path.write_bytes(b"nothing of the sort")
    with pytest.raises(Misconfigured, match=r"x\.onnx") as caught:
        OrtSession(path)
    assert "rinkreel models" in caught.value.remedy


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"absent\.onnx"):
        OrtSession(tmp_path / "absent.onnx")


def test_a_provider_that_does_not_do_the_work_is_refused_instead_of_replaced(network: Networks, recwarn: Any) -> None:
    path = network({"dets": np.ones((2, 5), np.float32)}).path
    with pytest.raises(Misconfigured, match="NoSuchExecutionProvider"):
        OrtSession(path, rungs=[Rung(provider="NoSuchExecutionProvider")])


def test_pictures_of_the_wrong_shape_are_the_runtimes_error(network: Networks) -> None:
    with pytest.raises(Misconfigured, match="failed"):
        network({"dets": np.ones((2, 5), np.float32)}).run(np.zeros((1, 3, 4), np.float32))


def test_the_library_is_told_not_to_call_home_before_it_loads() -> None:
    ask = "import ctypes; ask = ctypes.CDLL(None).getenv; ask.restype = ctypes.c_char_p; print(ask(b'ORT_DISABLE_TELEMETRY'))"
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    for load, heard in (("pass", "None"), ("import appliance.adapters.onnx.session", "b'1'")):
        told = subprocess.run(
            [sys.executable, "-c", f"{load}; {ask}"], env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True
        )
        assert told.stdout.strip() == heard


def landmarks(weights: ModelShelf, *rungs: Rung, heard: list[str] | None = None) -> OrtSession:
    return OrtSession(weights.path_of("blazepose-landmarks"), rungs=rungs, hear=(heard if heard is not None else []).append)


def pictures(count: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(7).random((count, 256, 256, 3), dtype=np.float32)


@pytest.mark.parametrize("count", [1, 3, 4, 5, 9])
def test_bound_memory_and_filled_up_batches_give_what_plain_runs_give(pose_weights: ModelShelf, count: int) -> None:
    plain = landmarks(pose_weights, ON_CPU).run(pictures(count))
    bound = landmarks(pose_weights, Rung(bound=True, buckets=(1, 4), largest=4)).run(pictures(count))
    assert set(plain) == set(bound)
    for head, values in plain.items():
        assert bound[head].shape == values.shape
        np.testing.assert_allclose(bound[head], values, rtol=1e-4, atol=1e-4)


def test_bound_memory_is_used_again_and_keeps_nothing_of_the_batch_before(pose_weights: ModelShelf) -> None:
    session = landmarks(pose_weights, Rung(bound=True, buckets=(4,), largest=4))
    first, again = session.run(pictures(4)[:2]), session.run(np.zeros((3, 256, 256, 3), np.float32))
    assert not np.allclose(first["presence"][0], again["presence"][0])
    np.testing.assert_array_equal(session.run(pictures(4)[:2])["presence"], first["presence"])


def test_a_batch_that_lies_beside_the_network_is_run_without_a_copy(pose_weights: ModelShelf) -> None:
    session = landmarks(pose_weights, Rung(bound=True, largest=4))
    batch = pictures(2)
    np.testing.assert_array_equal(session.run_shared(batch)["landmarks"], session.run(batch)["landmarks"])


def test_a_plain_run_shares_no_memory_and_says_so(pose_weights: ModelShelf) -> None:
    with pytest.raises(Misconfigured, match="shares no memory"):
        landmarks(pose_weights, ON_CPU).run_shared(pictures(1))


def test_a_gpu_that_is_not_there_is_left_for_the_processor_with_a_word(pose_weights: ModelShelf) -> None:
    heard: list[str] = []
    session = landmarks(pose_weights, Rung(provider=CUDA, bound=True), ON_CPU, heard=heard)
    assert session.rung is ON_CPU
    assert len(heard) == 1
    assert "left the GPU for the CPU" in heard[0]
    assert session.run(pictures(1))["presence"].shape == (1, 1)


def test_half_precision_keeps_the_networks_word(pose_weights: ModelShelf, tmp_path: Path) -> None:
    path = Path(shutil.copy(pose_weights.path_of("blazepose-detector"), tmp_path))
    batch = np.random.default_rng(7).random((2, 224, 224, 3), dtype=np.float32)
    full, half = OrtSession(path).run(batch), OrtSession(path, rungs=[Rung(half=True)]).run(batch)
    scale = float(np.abs(full["regressors"]).max())
    assert 0 < np.abs(full["regressors"] - half["regressors"]).max() < 0.01 * scale


def test_when_memory_runs_out_the_batch_is_halved_until_it_fits(pose_weights: ModelShelf) -> None:
    """ONNX Runtime's own arena, held to so little that eight pictures do not fit and four do; for a process of its own."""
    told = subprocess.run(
        [sys.executable, "-c", LITTLE_MEMORY, str(pose_weights.path_of("blazepose-landmarks"))],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines() == [
        "the CPU ran out of memory with 8 pictures at once; it goes on with 4",
        "(11, 195) True",
    ]


LITTLE_MEMORY = """
import sys
from pathlib import Path
import numpy as np
import onnxruntime
from appliance.adapters.onnx.session import OrtSession
from appliance.domain.compute import Rung
place = onnxruntime.OrtMemoryInfo(
    "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
)
arena = onnxruntime.OrtArenaCfg({"max_mem": 60 * 2**20, "arena_extend_strategy": 1, "initial_chunk_size_bytes": 2**20})
onnxruntime.create_and_register_allocator(place, arena)
little = Rung(config={"session.use_env_allocators": "1"})
batch = np.random.default_rng(7).random((11, 256, 256, 3), dtype=np.float32)
path = Path(sys.argv[1])
found = OrtSession(path, rungs=[little], hear=lambda remark: print(remark, flush=True)).run(batch)["landmarks"]
print(found.shape, np.allclose(found, OrtSession(path).run(batch)["landmarks"], rtol=1e-3, atol=1e-3))
"""
