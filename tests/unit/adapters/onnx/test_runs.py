"""Twin of adapters/onnx/runs.py; what sessions make of it is in test_session.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest

from appliance.adapters.onnx import runs
from appliance.adapters.onnx.crops import CropKind, Crops
from appliance.adapters.onnx.runs import BoundRun, PlainRun
from appliance.algorithms.cropping import region_around
from appliance.domain.compute import Rung
from appliance.domain.errors import Misconfigured

from ....marker_networks import Eyes, marked_figure, write_crop_network
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


KIND = CropKind(size_px=(96, 128))


@pytest.fixture
def seeing(tmp_path: Path) -> onnxruntime.InferenceSession:
    """A network that looks for marks."""
    path = write_crop_network(tmp_path / "seeing.onnx", Eyes(size_px=KIND.size_px))
    return onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])


def crops(count: int) -> Crops:
    ice = np.full((360, 640, 3), (225, 232, 238), np.uint8)
    figures = [marked_figure(ice, at=(60 + 40 * index, 80), height_px=210 + index) for index in range(count)]
    return Crops(KIND, [(picture, region_around(truth.box, aspect=0.75, padding=1.2)) for picture, truth in figures])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_crops_that_are_cut_beside_the_network_show_it_what_the_processors_show(seeing: object, count: int) -> None:
    run = BoundRun(seeing, Rung(buckets=(2, 4), bound=True))
    for _ in range(2):
        for found, wanted in zip(run.run(crops(count)), PlainRun(seeing, Rung()).run(crops(count)), strict=True):
            assert found.shape == wanted.shape
            np.testing.assert_allclose(found, wanted, atol=0.05)
            np.testing.assert_array_equal(found.argmax(axis=2), wanted.argmax(axis=2))


def test_where_cutting_fails_the_processor_cuts_and_that_is_said_once(seeing: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object) -> None:
        raise Misconfigured("crops cut on cuda are up to 99.0 levels away from the processor's", remedy="")

    monkeypatch.setattr(runs, "Cutter", refuse)
    heard: list[str] = []
    run = BoundRun(seeing, Rung(buckets=(2,), bound=True), heard.append)
    for _ in range(2):
        for found, wanted in zip(run.run(crops(2)), PlainRun(seeing, Rung()).run(crops(2)), strict=True):
            np.testing.assert_allclose(found, wanted, atol=1e-5)
    assert heard == [
        "the CPU does not cut crops, so the processor does: crops cut on cuda are up to 99.0 levels away from the processor's"
    ]
