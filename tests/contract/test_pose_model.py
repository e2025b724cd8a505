"""Whatever finds people keeps to these rules: MediaPipe, all ONNX models, and the fake that other tests lean on.

RTMPose and RTMO are held to them with networks that look for coloured marks, and with their own weights where somebody put those
on the shelf.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.onnx.blazepose import BlazeposeCrops, BlazeposeOnnxModel
from appliance.adapters.onnx.people import RTMDET_CANVAS, BoxedPoseModel, PersonBoxes
from appliance.adapters.onnx.rtm import RtmoModel, RtmposeCrops
from appliance.adapters.onnx.session import OrtSession
from appliance.domain.compute import ON_CPU, Rung
from appliance.domain.model import ModelState
from appliance.domain.pose import JOINTS, Box, Pose
from appliance.ports import Picture, PoseModel

from ..conftest import skip_or_fail
from ..fakes import TruthTeller
from ..marker_networks import Eyes, marked_figure, write_box_network, write_crop_network, write_one_pass_network

#: Of the body's height. Measured on the drawn skater: 0.011 to 0.015 on average with every model.
MEAN_JOINT_ERROR = 0.03


#: Crops are cut by a network beside the other, as on a GPU; here on the CPU provider.
BESIDE = Rung(bound=True, buckets=(1, 4, 8), largest=8)
KINDS = (
    "fake",
    "mediapipe",
    "onnx",
    "onnx beside",
    "rtmdet",
    "rtmpose",
    "rtmo",
    "rtmpose marks",
    "rtmo marks",
    "rtmpose beside marks",
)


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def drawn_skater(kind: str, drawn_skater: tuple[Picture, Pose], empty_ice: Picture) -> tuple[Picture, Pose]:
    return marked_figure(empty_ice, at=(220, 60), height_px=230) if kind.endswith("marks") else drawn_skater


@pytest.fixture(scope="module")
def model(
    kind: str, request: pytest.FixtureRequest, drawn_skater: tuple[Picture, Pose], tmp_path_factory: pytest.TempPathFactory
) -> PoseModel:
    if kind == "fake":
        return TruthTeller(*drawn_skater)
    if kind.endswith("marks"):
        return marks_model(kind, tmp_path_factory.mktemp("marks"))
    return weights_model(kind, request)


def marks_model(kind: str, folder: Path) -> PoseModel:
    rungs = rungs_of(kind)
    if kind == "rtmo marks":
        path = write_one_pass_network(folder / "rtmo.onnx", Eyes(size_px=(640, 640), bgr=True))
        return RtmoModel(OrtSession(path, rungs=rungs))
    wanted = Eyes(size_px=(320, 320), bgr=True, mean=RTMDET_CANVAS.mean, std=RTMDET_CANVAS.std)
    boxes = PersonBoxes(OrtSession(write_box_network(folder / "rtmdet.onnx", wanted), rungs=rungs), RTMDET_CANVAS)
    # Source: mmpose, rtmpose configs, data_preprocessor.
    wanted = Eyes(size_px=(192, 256), mean=(123.675, 116.28, 103.53), std=(58.395, 57.12, 57.375))
    path = write_crop_network(folder / "rtmpose.onnx", wanted)
    return BoxedPoseModel("marks", boxes, RtmposeCrops(OrtSession(path, rungs=rungs)))


def rungs_of(kind: str) -> tuple[Rung, ...]:
    return (BESIDE,) if "beside" in kind else (ON_CPU,)


def weights_model(kind: str, request: pytest.FixtureRequest) -> PoseModel:
    weights: ModelShelf = request.getfixturevalue("pose_weights")
    if kind == "mediapipe":
        request.getfixturevalue("mediapipe_pose")
        from appliance.adapters.mediapipe.landmarker import MediapipePoseModel

        return MediapipePoseModel(weights.path_of("blazepose-bundle"))
    landmarks = BlazeposeCrops(OrtSession(weights.path_of("blazepose-landmarks"), rungs=rungs_of(kind)))
    if kind.startswith("onnx"):
        return BlazeposeOnnxModel(OrtSession(weights.path_of("blazepose-detector"), rungs=rungs_of(kind)), landmarks)
    if kind == "rtmo":
        return RtmoModel(downloaded(weights, "rtmo-s"))
    crops = RtmposeCrops(downloaded(weights, "rtmpose-s")) if kind == "rtmpose" else landmarks
    shared: Path = request.getfixturevalue("shared_folder")
    session = OrtSession(shared / "models" / "rtmdet_nano.onnx")
    return BoxedPoseModel("RTMDet-nano", PersonBoxes(session, RTMDET_CANVAS), crops, verifier=landmarks)


def downloaded(weights: ModelShelf, name: str) -> OrtSession:
    if weights.state(name) is not ModelState.READY:
        skip_or_fail(name, "somebody has to download it: rinkreel models pull")
    return OrtSession(weights.path_of(name))


def joint_error(pose: Pose, truth: Pose) -> float:
    """Mean distance of the joints from where they are, in body heights."""
    assert pose.joints is not None
    assert truth.joints is not None
    return float(np.hypot(*(pose.joints - truth.joints)[:, :2].T).mean() / truth.box.height)


class TestPoseModel:
    def test_has_a_name_for_the_report(self, model: PoseModel) -> None:
        assert model.name

    def test_says_at_which_scores_it_doubts_and_is_sure(self, model: PoseModel) -> None:
        doubt, sure = model.certainty
        assert 0 <= doubt < sure <= 1

    def test_finds_the_skater_with_box_and_joints_in_place(self, model: PoseModel, drawn_skater: tuple[Picture, Pose]) -> None:
        picture, truth = drawn_skater
        ((person,),) = model.find_people([picture])
        assert person.box.iou(truth.box) > 0.7
        assert person.score > 0.6
        assert joint_error(person, truth) < MEAN_JOINT_ERROR

    def test_joints_come_in_the_order_of_the_product_with_confidences(
        self, model: PoseModel, drawn_skater: tuple[Picture, Pose]
    ) -> None:
        joints = model.find_people([drawn_skater[0]])[0][0].joints
        assert joints is not None
        assert joints.shape == (len(JOINTS), 3)
        assert joints.dtype == np.float32
        assert ((joints[:, 2] >= 0) & (joints[:, 2] <= 1)).all()

    def test_finds_the_same_skater_by_boxes_alone(self, model: PoseModel, drawn_skater: tuple[Picture, Pose]) -> None:
        picture, truth = drawn_skater
        ((person,),) = model.find_boxes([picture])
        assert person.joints is None
        assert 0 < person.score <= 1
        assert person.box.iou(truth.box) > 0.5

    def test_sees_nobody_on_empty_ice(self, model: PoseModel, empty_ice: Picture) -> None:
        assert model.find_people([empty_ice]) == [()]
        assert model.find_boxes([empty_ice]) == [()]

    def test_confirms_a_suspected_person(self, model: PoseModel, drawn_skater: tuple[Picture, Pose]) -> None:
        picture, truth = drawn_skater
        pose = model.pose_in(picture, truth.box.grown(5).moved(4, -3))
        assert pose is not None
        assert pose.score > 0.6
        assert joint_error(pose, truth) < MEAN_JOINT_ERROR

    def test_refuses_a_suspicion_about_empty_ice(self, model: PoseModel, empty_ice: Picture, drawn_skater: object) -> None:
        assert model.pose_in(empty_ice, Box(left=60, top=120, right=120, bottom=300)) is None

    def test_a_batch_gives_what_its_pictures_give_alone(
        self, model: PoseModel, drawn_skater: tuple[Picture, Pose], empty_ice: Picture
    ) -> None:
        pictures = [drawn_skater[0], empty_ice, np.ascontiguousarray(drawn_skater[0][::2, ::2]), drawn_skater[0]]
        together, alone = model.find_people(pictures), [model.find_people([picture])[0] for picture in pictures]
        assert [len(people) for people in together] == [len(people) for people in alone]
        for one, other in zip(together, alone, strict=True):
            for person, same in zip(one, other, strict=True):
                assert person.score == pytest.approx(same.score, abs=1e-3)
                assert person.box.iou(same.box) > 0.99

    def test_no_pictures_are_no_answers(self, model: PoseModel) -> None:
        assert model.find_people([]) == []
        assert model.find_boxes([]) == []

    @pytest.mark.parametrize("shape", [(1, 1), (1, 640), (640, 1), (37, 61), (333, 7)])
    def test_odd_sizes_are_looked_at_without_complaint(self, model: PoseModel, shape: tuple[int, int]) -> None:
        picture: npt.NDArray[np.uint8] = np.full((*shape, 3), 200, np.uint8)
        assert len(model.find_people([picture])) == 1
        assert len(model.find_boxes([picture])) == 1

    @pytest.mark.parametrize("size", [0.0, 0.5, 5000.0])
    def test_odd_boxes_are_looked_at_without_complaint(self, model: PoseModel, empty_ice: Picture, size: float) -> None:
        pose = model.pose_in(empty_ice, Box(left=-100, top=350, right=-100 + size, bottom=350 + size))
        assert pose is None or 0 <= pose.score <= 1

    def test_pictures_are_left_as_they_were(self, model: PoseModel, drawn_skater: tuple[Picture, Pose]) -> None:
        picture = drawn_skater[0].copy()
        picture.flags.writeable = False
        model.find_people([picture])
        np.testing.assert_array_equal(picture, drawn_skater[0])
