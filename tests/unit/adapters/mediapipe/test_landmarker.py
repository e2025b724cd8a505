from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from appliance.adapters.mediapipe import landmarker
from appliance.adapters.mediapipe.landmarker import MediapipePoseModel
from appliance.adapters.model_shelf import ModelShelf
from appliance.domain.errors import Misconfigured
from appliance.domain.pose import Box

ROOT = Path(__file__).resolve().parents[4]


class ScriptedLandmarker:
    """Answers with one body, its nose at one share of the picture and everything else at another, or fails."""

    def __init__(self, x: float = 0.5, y: float = 0.25, *, fails: bool = False) -> None:
        self.x, self.y, self.fails = x, y, fails
        self.shown: list[tuple[int, ...]] = []

    def detect(self, image: Any) -> Any:
        self.shown.append(image.shape)
        if self.fails and len(self.shown) > 1:
            raise RuntimeError("graph is gone")
        sure = {"visibility": 0.6, "presence": 0.9}
        nose, rest = SimpleNamespace(x=self.x, y=self.y, **sure), SimpleNamespace(x=self.x + 0.1, y=0.75, **sure)
        return SimpleNamespace(pose_landmarks=[[nose] + [rest] * 32])

    def close(self) -> None:
        raise RuntimeError("cannot schedule new futures after shutdown")


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> ScriptedLandmarker:
    answers = ScriptedLandmarker()
    vision = SimpleNamespace(
        PoseLandmarkerOptions=lambda **options: options,
        RunningMode=SimpleNamespace(IMAGE="image"),
        PoseLandmarker=SimpleNamespace(create_from_options=lambda _: answers),
    )
    library = SimpleNamespace(
        tasks=SimpleNamespace(vision=vision, BaseOptions=lambda **options: options),
        Image=lambda **parts: parts["data"],
        ImageFormat=SimpleNamespace(SRGB="srgb"),
    )
    monkeypatch.setattr(landmarker, "load_library", lambda: library)
    return answers


def test_landmarks_become_joints_in_picture_pixels_and_a_score(scripted: ScriptedLandmarker, tmp_path: Path) -> None:
    ((person,),) = MediapipePoseModel(tmp_path / "x.task").find_people([np.zeros((200, 400, 3), np.uint8)])
    assert person.joints is not None
    np.testing.assert_allclose(person.joints[0], [200, 50, 0.6])
    assert person.score == pytest.approx(0.6)


def test_boxes_are_the_same_people_without_joints(scripted: ScriptedLandmarker, tmp_path: Path) -> None:
    ((person,),) = MediapipePoseModel(tmp_path / "x.task").find_boxes([np.zeros((200, 400, 3), np.uint8)])
    assert person.joints is None


def test_slivers_are_enlarged_and_their_joints_stay_in_their_own_pixels(scripted: ScriptedLandmarker, tmp_path: Path) -> None:
    ((person,),) = MediapipePoseModel(tmp_path / "x.task").find_people([np.zeros((1, 100, 3), np.uint8)])
    assert scripted.shown[-1] == (32, 100, 3)
    assert person.joints is not None
    np.testing.assert_allclose(person.joints[0, :2], [50, 0.25])


def test_a_suspected_person_is_looked_at_with_surroundings_and_placed_in_the_picture(
    scripted: ScriptedLandmarker, tmp_path: Path
) -> None:
    model = MediapipePoseModel(tmp_path / "x.task")
    pose = model.pose_in(np.zeros((400, 400, 3), np.uint8), Box(left=150, top=100, right=250, bottom=300))
    assert pose is not None
    assert pose.joints is not None
    # A square of twice the box's height around its middle; the landmarks lie at (0.5, 0.25) of it.
    np.testing.assert_allclose(pose.joints[0, :2], [200, 100], atol=0.1)


def test_a_library_that_fails_at_work_is_a_fault_of_the_installation(scripted: ScriptedLandmarker, tmp_path: Path) -> None:
    scripted.fails = True
    model = MediapipePoseModel(tmp_path / "x.task")
    with pytest.raises(Misconfigured, match="graph is gone") as caught:
        model.find_people([np.zeros((64, 64, 3), np.uint8)])
    assert "onnx" in caught.value.remedy


def test_letting_go_of_the_model_when_the_interpreter_is_half_gone_is_quiet(scripted: ScriptedLandmarker, tmp_path: Path) -> None:
    MediapipePoseModel(tmp_path / "x.task")
    landmarker._close_landmarker(scripted)
    assert vars(scripted)["_handle"] is None


def test_a_spoilt_bundle_is_refused_with_a_remedy(mediapipe_pose: object, tmp_path: Path) -> None:
    path = tmp_path / "spoilt.task"
    path.write_bytes(b"not a bundle")
    with pytest.raises(Misconfigured, match=r"spoilt\.task") as caught:
        MediapipePoseModel(path)
    assert "models build" in caught.value.remedy


def test_a_process_that_used_the_library_ends_without_a_word_on_standard_error(
    mediapipe_pose: object, pose_weights: ModelShelf
) -> None:
    code = (
        "import sys, numpy as np\n"
        "from pathlib import Path\n"
        "from appliance.adapters.mediapipe.landmarker import MediapipePoseModel\n"
        "model = MediapipePoseModel(Path(sys.argv[1]))\n"
        "model.find_people([np.zeros((64, 64, 3), np.uint8)])\n"
    )
    command = [sys.executable, "-c", code, str(pose_weights.path_of("blazepose-bundle"))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == ""
