"""Choosing what finds people, once, from what a machine has: never silently, never twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from appliance.domain.backend import CPU, CUDA, Backend

BUNDLE = ("blazepose-bundle",)
CONVERTED = ("blazepose-detector", "blazepose-landmarks")
#: Person detectors that somebody downloaded, the better for skating first. Source: bench/RESULTS.md.
DETECTORS = ("rtmdet-nano", "yolox-tiny")
#: What tells the joints in a detector's box, best first; the converted landmarks need no download.
CROP_POSES = ("rtmpose-m", "rtmpose-s")
ONE_LOOK = "rtmo-s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """What a machine has. ready: models on the shelf whose hash matched. graphics: names of GPUs that ONNX Runtime can use.
    mediapipe_error: why MediaPipe does not load, None when it does."""

    ready: Collection[str]
    graphics: Sequence[str]
    mediapipe_error: str | None


def choose_backend(wanted: str, equipment: Equipment) -> Backend:
    """The backend that was asked for, or with `auto` the best that this machine has."""
    if wanted == "mediapipe":
        return Backend(name="mediapipe", models=BUNDLE, why="as asked for")
    if wanted == "onnx":
        return _onnx(equipment, "as asked for")
    if equipment.graphics:
        return _onnx(equipment, f"there is a GPU, {equipment.graphics[0]}")
    if downloaded := [name for name in (*DETECTORS, ONE_LOOK) if name in equipment.ready]:
        return _onnx(equipment, f"{downloaded[0]} is on the shelf")
    if equipment.mediapipe_error:
        return _onnx(equipment, f"MediaPipe does not load here ({equipment.mediapipe_error})")
    return Backend(name="mediapipe", models=BUNDLE, why="neither a GPU nor a downloaded model is there")


def _onnx(equipment: Equipment, why: str) -> Backend:
    provider = CUDA if equipment.graphics else CPU
    return Backend(name="onnx", models=_onnx_models(equipment), provider=provider, why=why)


def _onnx_models(equipment: Equipment) -> tuple[str, ...]:
    """On a GPU one pass over the whole picture is cheapest; on a CPU a small detector and crops are."""
    if ONE_LOOK in equipment.ready and (equipment.graphics or not _first(DETECTORS, equipment)):
        return (ONE_LOOK,)
    detector = _first(DETECTORS, equipment)
    if detector is None:
        return CONVERTED
    return detector, _first(CROP_POSES, equipment) or CONVERTED[1]


def _first(names: Sequence[str], equipment: Equipment) -> str | None:
    return next((name for name in names if name in equipment.ready), None)
