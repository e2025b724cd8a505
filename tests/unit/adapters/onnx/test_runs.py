"""Twin of adapters/onnx/runs.py; what sessions make of it is in test_session.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest

from appliance.adapters.onnx.runs import BoundRun, PlainRun
from appliance.domain.compute import Rung

from .conftest import write_network

ANSWER = np.arange(10, dtype=np.float32).reshape(2, 5)


@pytest.fixture
def session(tmp_path: Path) -> onnxruntime.InferenceSession:
    path = write_network(tmp_path / "a.onnx", {"dets": ANSWER, "labels": np.array([3, 4], np.float32)})
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("kind", [PlainRun, BoundRun])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_heads_have_as_many_rows_as_the_batch(session: object, kind: type[PlainRun], count: int) -> None:
    dets, labels = kind(session, Rung(buckets=(2, 4), bound=True)).run(np.zeros((count, 3, 4, 4), np.float32))
    np.testing.assert_array_equal(dets, np.stack([ANSWER] * count))
    assert labels.shape == (count, 2)


def test_pictures_of_another_size_get_another_place(session: object) -> None:
    run = BoundRun(session, Rung(buckets=(2,), bound=True))
    for side in (4, 6, 4):
        assert run.run(np.zeros((2, 3, side, side), np.float32))[0].shape == (2, 2, 5)


def test_recorded_runs_write_to_places_that_stay(session: object) -> None:
    """The CPU records nothing and ignores the graph's number; the places that a recording needs are the same."""
    run = BoundRun(session, Rung(buckets=(2,), bound=True, graphs=True))
    for count in (2, 1, 2):
        assert run.run(np.zeros((count, 3, 4, 4), np.float32))[0].shape == (count, 2, 5)
