"""Twin of adapters/onnx/cutter.py, on the CPU provider; tests/gpu/test_networks.py has it on a GPU."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest

from appliance.adapters.onnx import cutter
from appliance.adapters.onnx.crops import CropKind, Crops, Edge, Place
from appliance.adapters.onnx.cut_network import cut_network
from appliance.adapters.onnx.cutter import Cutter, proof_places
from appliance.adapters.onnx.device_picture import DevicePicture
from appliance.adapters.onnx.failures import FAILURES
from appliance.algorithms.cropping import CropRegion
from appliance.algorithms.letterboxing import plan_letterbox
from appliance.domain.backend import CUDA
from appliance.domain.compute import Rung
from appliance.domain.errors import Misconfigured

KIND = CropKind(size_px=(24, 32), mean=(10.0, 20.0, 30.0), std=(50.0, 60.0, 70.0))
BESIDE = Rung(bound=True)


def pictures(count: int) -> list[Place]:
    made = np.random.default_rng(5).integers(0, 256, (count, 50, 70, 3), dtype=np.uint8)
    return [(picture, CropRegion(center_x=30 + x, center_y=20, width=24, height=32)) for picture in made for x in range(2)]


def test_crops_of_several_pictures_come_to_lie_in_their_order() -> None:
    crops = Crops(KIND, pictures(3))
    target = onnxruntime.OrtValue.ortvalue_from_numpy(np.full((8, *KIND.shape), 99, np.float32), "cpu", 0)
    Cutter(KIND, BESIDE).cut_into(crops, target)
    np.testing.assert_allclose(target.numpy()[:6], crops.on_host(), atol=1 / 50)
    assert (target.numpy()[6:] == 99).all()


def test_a_part_of_a_larger_picture_is_cut_as_if_it_lay_alone() -> None:
    whole = np.random.default_rng(5).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    crops = Crops(KIND, [(whole[10:70, 20:100], CropRegion(center_x=30, center_y=20, width=24, height=32))])
    target = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros((1, *KIND.shape), np.float32), "cpu", 0)
    Cutter(KIND, BESIDE).cut_into(crops, target)
    np.testing.assert_allclose(target.numpy(), crops.on_host(), atol=1 / 50)


@pytest.mark.parametrize("edge", Edge)
def test_parts_of_a_picture_that_lies_beside_the_network_are_cut_as_parts_that_lie_here(edge: Edge) -> None:
    """Over their edges too, where the rest of the picture must not be seen."""
    kind = replace(KIND, edge=edge)
    whole = np.random.default_rng(5).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    far = DevicePicture.whole(onnxruntime.OrtValue.ortvalue_from_numpy(whole, "cpu", 0))
    corners = [(20, 10, 100, 70), (0, 0, 50, 90), (60, 40, 120, 90)]
    near: list[Place] = []
    beside: list[Place] = []
    for left, top, right, bottom in corners:
        size = (right - left, bottom - top)
        fitted = plan_letterbox(size, kind.size_px, centred=False)
        where = fitted if edge is Edge.CANVAS else CropRegion(center_x=5, center_y=size[1] - 4, width=30, height=40, turn_rad=0.4)
        near.append((np.ascontiguousarray(whole[top:bottom, left:right]), where))
        beside.append((far.part(left, top, right, bottom), where))
    target = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros((3, *KIND.shape), np.float32), "cpu", 0)
    Cutter(kind, BESIDE).cut_into(Crops(kind, beside), target)
    wanted = Crops(kind, near).on_host()
    np.testing.assert_allclose(target.numpy(), wanted, atol=1.01 / 50)
    np.testing.assert_array_equal(Crops(kind, beside).on_host(), wanted)


@pytest.mark.parametrize("edge", Edge)
def test_the_proof_is_passed_with_every_edge(edge: Edge) -> None:
    kind = replace(KIND, edge=edge, size_px=(64, 64))
    assert len(proof_places(kind)) == 2
    Cutter(kind, BESIDE)


def test_one_that_cuts_otherwise_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutter, "cut_network", lambda kind: cut_network(replace(kind, colours="bgr")))
    with pytest.raises(Misconfigured, match="levels away from the processor's"):
        Cutter(KIND, BESIDE)


def test_a_gpu_that_is_not_there_is_not_replaced_in_silence() -> None:
    with pytest.raises((Misconfigured, *FAILURES), match="CUDA"):
        Cutter(KIND, Rung(provider=CUDA, bound=True))
