from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from appliance.adapters.model_shelf import ModelShelf
from appliance.algorithms.backend_choosing import BUNDLE, CONVERTED
from appliance.bootstrap import (
    LaneOrder,
    open_encoder,
    open_machine,
    plot_motion,
    prepare_backend,
    read_inputs,
    require_plotting,
    write_whole,
)
from appliance.bootstrap.pose_wiring import open_pose_model
from appliance.domain.backend import Backend
from appliance.domain.errors import Misconfigured, Transient, Unusable
from appliance.domain.rules import MotionRule
from appliance.settings import Settings, load_settings


def settings_with(models: Path, **flags: object) -> Settings:
    return load_settings(environment={"RINKREEL_STORAGE_MODELS": str(models)}, flags=flags)


def test_inputs_that_are_not_there_are_failures_and_the_others_are_sorted(tmp_path: Path) -> None:
    (tmp_path / "card").mkdir()
    for name in ("GX010123.MP4", "GX020123.MP4", "notes.txt"):
        (tmp_path / "card" / name).write_bytes(b"x" * 10)
    reading, failures = read_inputs([tmp_path / "nothing.mp4", tmp_path / "card"])
    assert [failure.told.subject for failure in failures] == [str(tmp_path / "nothing.mp4")]
    assert isinstance(failures[0].error, Unusable)
    assert [path.name for path in reading.recordings[0].paths] == ["GX010123.MP4", "GX020123.MP4"]
    assert [one.path.name for one in reading.ignored] == ["notes.txt"]


def test_a_lane_order_travels_between_processes() -> None:
    order = LaneOrder(
        backend=Backend(name="onnx", models=CONVERTED),
        models={"blazepose-detector": Path("a.onnx")},
        artefacts=Path("out"),
    )
    assert pickle.loads(pickle.dumps(order)) == order
    assert len(pickle.dumps(order)) < 2000


@pytest.mark.parametrize(("wanted", "models"), [("mediapipe", BUNDLE), ("onnx", CONVERTED)])
def test_a_backend_that_was_asked_for_is_said_and_opened(
    pose_weights: ModelShelf, monkeypatch: pytest.MonkeyPatch, wanted: str, models: tuple[str, ...]
) -> None:
    said: list[str] = []
    monkeypatch.setattr("appliance.bootstrap._ready_models", lambda _: set(models))
    backend, files = prepare_backend(settings_with(pose_weights.root, **{"watching.backend": wanted}), say=said.append)
    assert backend.models == models
    assert said == [f"backend: {wanted} with {' and '.join(models)} on the CPU: as asked for"]
    assert all(path.is_file() for path in files.values())
    if wanted == "onnx":
        blank = np.zeros((90, 120, 3), np.uint8)
        assert open_pose_model(backend, files).find_people([blank]) == [()]


def test_a_model_that_cannot_be_fetched_is_the_operators_business(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def no_network(_shelf: ModelShelf, name: str) -> Path:
        raise Transient(f"{name}: no network", remedy="Carry the file here.")

    monkeypatch.setattr(ModelShelf, "pull", no_network)
    said: list[str] = []
    with pytest.raises(Misconfigured, match="no network") as caught:
        prepare_backend(settings_with(tmp_path, **{"watching.backend": "onnx"}), say=said.append)
    assert caught.value.remedy == "Carry the file here."
    assert any("fetching blazepose-detector" in line for line in said)


def test_this_machine_answers_the_doctor(tmp_path: Path) -> None:
    machine = open_machine(settings_with(tmp_path))
    assert machine.providers("cv2") == ["opencv-contrib-python-headless"]
    assert machine.free_bytes() > 0
    assert all(not trial.works for trial in machine.models())
    assert "rinkreel models" in machine.models()[0].why


def test_an_encoder_that_does_not_exist_is_refused_with_what_does(tmp_path: Path) -> None:
    assert open_encoder(settings_with(tmp_path, **{"reel.encoder": "libx264"})).name == "libx264"
    with pytest.raises(Misconfigured) as caught:
        open_encoder(settings_with(tmp_path, **{"reel.encoder": "h264_magic"}))
    assert "libx264" in caught.value.remedy


def test_plots_and_files_are_written(tmp_path: Path) -> None:
    require_plotting()
    write_whole(tmp_path / "motion.png", plot_motion([], MotionRule()))
    assert (tmp_path / "motion.png").read_bytes().startswith(b"\x89PNG")


def test_a_plot_without_matplotlib_is_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(Misconfigured, match="matplotlib") as caught:
        require_plotting()
    assert "rinkreel[plot]" in caught.value.remedy
