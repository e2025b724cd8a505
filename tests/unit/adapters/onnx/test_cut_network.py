"""Twin of adapters/onnx/cut_network.py: on ONNX Runtime's CPU provider it cuts what OpenCV cuts, to a level of 255."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.adapters.onnx.crops import CropKind, Crops, Edge, Picture, Place, Tensor
from appliance.adapters.onnx.cut_network import cut_network
from appliance.adapters.onnx.cutter import TOLERANCE_LEVELS, where_to_look
from appliance.algorithms.cropping import CropRegion
from appliance.algorithms.letterboxing import plan_letterbox

NOISE: Picture = np.random.default_rng(3).integers(0, 256, (173, 311, 3), dtype=np.uint8)
KIND = CropKind(size_px=(48, 64))
SESSIONS = {
    edge: onnxruntime.InferenceSession(cut_network(replace(KIND, edge=edge)), providers=["CPUExecutionProvider"]) for edge in Edge
}


def cut(session: onnxruntime.InferenceSession, kind: CropKind, places: Sequence[Place]) -> Tensor:
    given = {"picture": places[0][0], **where_to_look(kind, places)}
    return np.asarray(session.run(["crops"], given)[0], np.float32)


@given(
    center=st.tuples(st.floats(-60, 370), st.floats(-60, 240)),
    side=st.floats(4, 400),
    turn=st.floats(-7, 7),
    edge=st.sampled_from([Edge.REPLICATE, Edge.BLACK]),
)
@settings(max_examples=60, deadline=None)
def test_any_region_is_cut_as_opencv_cuts_it(center: tuple[float, float], side: float, turn: float, edge: Edge) -> None:
    kind = replace(KIND, edge=edge)
    region = CropRegion(center_x=center[0], center_y=center[1], width=side * 0.75, height=side, turn_rad=turn)
    apart = np.abs(cut(SESSIONS[edge], kind, [(NOISE, region)]) - Crops(kind, [(NOISE, region)]).on_host())
    assert apart.max() <= TOLERANCE_LEVELS
    assert apart.mean() < 0.05


@pytest.mark.parametrize("size_px", [(311, 173), (40, 173), (311, 12), (3, 3), (1, 1)])
@pytest.mark.parametrize("centred", [False, True])
def test_any_picture_is_fitted_into_a_canvas_as_opencv_does(size_px: tuple[int, int], centred: bool) -> None:
    kind, picture = replace(KIND, edge=Edge.CANVAS), np.ascontiguousarray(NOISE[: size_px[1], : size_px[0]])
    plan = plan_letterbox(size_px, kind.size_px, centred=centred)
    apart = np.abs(cut(SESSIONS[Edge.CANVAS], kind, [(picture, plan)]) - Crops(kind, [(picture, plan)]).on_host())
    assert apart.max() <= TOLERANCE_LEVELS


@pytest.mark.parametrize("colours", ["rgb", "bgr"])
@pytest.mark.parametrize("channels_first", [False, True])
def test_crops_come_in_the_networks_order_and_range(colours: str, channels_first: bool) -> None:
    kind = CropKind(
        size_px=(32, 24), colours=colours, channels_first=channels_first, mean=(123.675, 116.28, 103.53), std=(58.4, 57.1, 30.0)
    )
    regions = [CropRegion(center_x=x, center_y=80.0, width=40, height=30, turn_rad=0.3) for x in (50.0, 150.5, 310.0)]
    places: list[Place] = [(NOISE, region) for region in regions]
    session = onnxruntime.InferenceSession(cut_network(kind), providers=["CPUExecutionProvider"])
    found, wanted = cut(session, kind, places), Crops(kind, places).on_host()
    assert found.shape == wanted.shape == (3, *kind.shape)
    assert np.abs(found - wanted).max() <= TOLERANCE_LEVELS / 30.0


def test_it_is_a_valid_network_without_products_of_matrices() -> None:
    for edge in Edge:
        model = onnx.load_from_string(cut_network(replace(KIND, edge=edge)))
        onnx.checker.check_model(model, full_check=True)
        assert not {node.op_type for node in model.graph.node} & {"MatMul", "Gemm", "Conv", "Einsum"}
