"""Twin of bootstrap/pose_wiring.py."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from appliance.adapters.model_shelf import ModelShelf
from appliance.algorithms.agreeing import Tolerance, draw_proof, tell_disagreement
from appliance.algorithms.backend_choosing import CONVERTED
from appliance.bootstrap.pose_wiring import open_pose_model
from appliance.domain.backend import CUDA, Backend
from appliance.domain.compute import ON_CPU, Rung
from appliance.domain.errors import Misconfigured

BLAZEPOSE = Backend(name="onnx", models=CONVERTED)
BOUND = Rung(bound=True, buckets=(1, 4), largest=4)


@pytest.fixture
def files(pose_weights: ModelShelf, tmp_path: Path) -> dict[str, Path]:
    """Copies, beside which half-precision files may be laid."""
    return {name: Path(shutil.copy(pose_weights.path_of(name), tmp_path)) for name in CONVERTED}


def test_memory_that_is_bound_changes_nothing_that_is_found(files: dict[str, Path]) -> None:
    plain, bound = (open_pose_model(BLAZEPOSE, files, rungs=[rung]) for rung in (ON_CPU, BOUND))
    picture = draw_proof()
    close = Tolerance(iou=0.999, score=1e-3, joints=1e-3)
    assert tell_disagreement(bound.find_people([picture])[0], plain.find_people([picture])[0], close) == ""
    assert len(plain.find_people([picture])[0]) == 1


def test_half_precision_is_kept_where_it_finds_the_same_people(files: dict[str, Path]) -> None:
    heard: list[str] = []
    half = open_pose_model(BLAZEPOSE, files, rungs=[Rung(half=True)], hear=heard.append)
    assert heard == []
    assert len(half.find_people([draw_proof()])[0]) == 1


def test_half_precision_that_loses_people_is_given_up_with_a_word(
    files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.bootstrap.pose_wiring.tell_disagreement", lambda *_: "0 people instead of 1")
    heard: list[str] = []
    open_pose_model(BLAZEPOSE, files, rungs=[Rung(half=True)], hear=heard.append)
    assert heard == ["half precision finds 0 people instead of 1, so networks run in full precision"]


def test_a_backend_chosen_for_a_gpu_that_is_not_there_works_on_the_processor(files: dict[str, Path]) -> None:
    heard: list[str] = []
    on_gpu = Backend(name="onnx", models=CONVERTED, provider=CUDA)
    assert len(open_pose_model(on_gpu, files, hear=heard.append).find_people([draw_proof()])[0]) == 1
    assert len(heard) == 2
    assert all("left the GPU for the CPU" in remark for remark in heard)


def test_what_does_not_load_is_the_operators_business(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="does not load"):
        open_pose_model(BLAZEPOSE, {name: tmp_path / name for name in CONVERTED})
