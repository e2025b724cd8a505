"""Networks on the GPU are held to what they give on the processor."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime  # type: ignore[import-untyped]
import pytest

from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.onnx.crops import CropKind, Crops, Edge
from appliance.algorithms.agreeing import draw_proof, tell_disagreement
from appliance.algorithms.backend_choosing import CONVERTED
from appliance.algorithms.rung_planning import plan_rungs
from appliance.domain.backend import CUDA, Backend
from appliance.domain.compute import ON_CPU, ComputeWish, Rung

pytestmark = [pytest.mark.gpu, pytest.mark.usefixtures("cuda_networks")]
SIDES = {"blazepose-detector": 224, "blazepose-landmarks": 256}
#: Of a head's largest value. TF32, which CUDA's convolutions use, has ten bits.
FULL_APART = 0.005
ON_GPU = plan_rungs(ComputeWish(), graphics=True)[0]


def heads(path: Path, rung: Rung, batch: npt.NDArray[np.float32]) -> dict[str, npt.NDArray[np.float32]]:
    from appliance.adapters.onnx.session import OrtSession

    heard: list[str] = []
    session = OrtSession(path, rungs=[rung], hear=heard.append)
    found = [session.run(batch) for _ in range(3)][-1]
    assert session.rung == rung
    assert heard == []
    return found


@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize("count", [1, 3, 16, 21])
@pytest.mark.parametrize("graphs", [False, True])
def test_heads_are_those_of_the_processor(pose_weights: ModelShelf, name: str, count: int, graphs: bool) -> None:
    batch = np.random.default_rng(7).random((count, SIDES[name], SIDES[name], 3), dtype=np.float32)
    rung = plan_rungs(ComputeWish(graphs=graphs), graphics=True)[0]
    found, wanted = (heads(pose_weights.path_of(name), each, batch) for each in (rung, ON_CPU))
    for head, values in wanted.items():
        assert np.abs(found[head] - values).max() <= FULL_APART * np.abs(values).max(), head


@pytest.mark.parametrize("half", [False, True])
def test_the_same_person_is_found_in_the_same_place(pose_weights: ModelShelf, tmp_path: Path, half: bool) -> None:
    from appliance.bootstrap.pose_wiring import open_pose_model

    files = {name: Path(shutil.copy(pose_weights.path_of(name), tmp_path)) for name in CONVERTED}
    heard: list[str] = []
    backend = Backend(name="onnx", models=CONVERTED, provider=CUDA)
    model = open_pose_model(backend, files, rungs=[replace(ON_GPU, half=half)], hear=heard.append)
    reference = open_pose_model(backend, files, rungs=[ON_CPU])
    assert tell_disagreement(model.find_people([draw_proof()])[0], reference.find_people([draw_proof()])[0]) == ""
    assert heard == []


def test_memory_that_is_capped_halves_the_batch_and_all_pictures_are_looked_at(pose_weights: ModelShelf) -> None:
    from appliance.adapters.onnx.session import OrtSession

    wish = ComputeWish(largest=64, memory_bytes=256 * 2**20)
    heard: list[str] = []
    path = pose_weights.path_of("blazepose-landmarks")
    session = OrtSession(path, rungs=plan_rungs(wish, graphics=True), hear=heard.append)
    batch = np.random.default_rng(7).random((64, 256, 256, 3), dtype=np.float32)
    assert session.run(batch)["presence"].shape == (64, 1)
    assert any("ran out of memory" in remark for remark in heard)


@pytest.mark.parametrize("edge", Edge)
def test_crops_cut_on_the_gpu_are_the_processors(cuda_networks: None, edge: Edge) -> None:
    from appliance.adapters.onnx.cutter import TOLERANCE_LEVELS, Cutter, proof_places

    kind = CropKind(size_px=(192, 256), edge=edge)
    crops = Crops(kind, proof_places(kind) * 3)
    wanted = crops.on_host()
    target = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros_like(wanted), "cuda", 0)
    Cutter(kind, ON_GPU).cut_into(crops, target)
    assert np.abs(target.numpy() - wanted).max() <= TOLERANCE_LEVELS


def test_pictures_that_lie_on_the_gpu_are_looked_at_there(pose_weights: ModelShelf) -> None:
    from appliance.adapters.onnx.session import OrtSession

    session = OrtSession(pose_weights.path_of("blazepose-landmarks"), rungs=[ON_GPU])
    batch = np.random.default_rng(7).random((4, 256, 256, 3), dtype=np.float32)
    there = onnxruntime.OrtValue.ortvalue_from_numpy(batch, "cuda", 0)
    shared = session.run_shared(there)["landmarks"]
    assert np.abs(shared - session.run(batch)["landmarks"]).max() <= FULL_APART * np.abs(shared).max()
