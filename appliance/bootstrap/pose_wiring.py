"""Puts pose models together: networks on their shelf, ways to run them, and a proof where precision is given away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from appliance.algorithms.agreeing import draw_proof, tell_disagreement
from appliance.algorithms.backend_choosing import CONVERTED
from appliance.algorithms.rung_planning import plan_rungs
from appliance.domain.backend import CPU, Backend
from appliance.domain.compute import ON_CPU, ComputeWish, Rung
from appliance.ports import PoseModel

Hear = Callable[[str], None]


def _unheard(_remark: str) -> None:
    return


def open_pose_model(
    backend: Backend,
    models: Mapping[str, Path],
    *,
    threads: int = 1,
    rungs: Sequence[Rung] | None = None,
    hear: Hear = _unheard,
) -> PoseModel:
    """The pose model of a backend. rungs: ways to run its networks, best first; as the backend asks for when not given.

    Raises:
        Misconfigured: it does not load.
    """
    if backend.name == "mediapipe":
        from appliance.adapters.mediapipe.landmarker import MediapipePoseModel

        return MediapipePoseModel(models[backend.models[0]])
    ways = tuple(rungs) if rungs is not None else plan_rungs(ComputeWish(), graphics=backend.provider != CPU)
    files = [models[name] for name in backend.models]
    if any(rung.half for rung in ways):
        reference = _open_networks(backend, files, threads, (ON_CPU,), _unheard)
        half = _open_networks(backend, files, threads, ways, hear)
        picture = draw_proof()
        if not (why := tell_disagreement(half.find_people([picture])[0], reference.find_people([picture])[0])):
            return half
        hear(f"half precision finds {why}, so networks run in full precision")
        ways = tuple(replace(rung, half=False) for rung in ways)
    return _open_networks(backend, files, threads, ways, hear)


def _open_networks(backend: Backend, files: Sequence[Path], threads: int, rungs: Sequence[Rung], hear: Hear) -> PoseModel:
    from appliance.adapters.onnx.blazepose import BlazeposeCrops, BlazeposeOnnxModel
    from appliance.adapters.onnx.people import RTMDET_CANVAS, YOLOX_TINY_CANVAS, BoxedPoseModel, PersonBoxes
    from appliance.adapters.onnx.rtm import RtmoModel, RtmposeCrops
    from appliance.adapters.onnx.session import OrtSession

    sessions = [OrtSession(file, threads=threads, rungs=rungs, hear=hear) for file in files]
    if len(sessions) == 1:
        return RtmoModel(sessions[0])
    detector, crop = backend.models
    if detector == CONVERTED[0]:
        return BlazeposeOnnxModel(sessions[0], BlazeposeCrops(sessions[1]))
    canvas = {"rtmdet-nano": RTMDET_CANVAS, "yolox-tiny": YOLOX_TINY_CANVAS}[detector]
    crops = BlazeposeCrops(sessions[1]) if crop == CONVERTED[1] else RtmposeCrops(sessions[1], name=crop)
    return BoxedPoseModel(f"ONNX Runtime, {detector} and {crop}", PersonBoxes(sessions[0], canvas), crops)
