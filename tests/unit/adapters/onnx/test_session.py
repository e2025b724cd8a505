from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from appliance.adapters.onnx.session import MAX_BATCH, OrtSession, join_parts
from appliance.domain.errors import Misconfigured

REPOSITORY = Path(__file__).resolve().parents[4]
Networks = Callable[[Mapping[str, npt.NDArray[Any]]], OrtSession]


def test_heads_come_by_name_for_any_batch(network: Networks) -> None:
    session = network({"dets": np.ones((2, 5), np.float32), "labels": np.zeros(2, np.int64)})
    for size in (1, MAX_BATCH, MAX_BATCH * 2 + 3):
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
    with pytest.raises(Misconfigured, match="CPUExecutionProvider"):
        OrtSession(path, provider="NoSuchExecutionProvider")


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
