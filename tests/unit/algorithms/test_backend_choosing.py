from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.backend_choosing import BUNDLE, CONVERTED, CROP_POSES, DETECTORS, ONE_LOOK, Equipment, choose_backend
from appliance.domain.backend import CPU, CUDA

BARE = Equipment(ready=(), graphics=(), mediapipe_error=None)
OPTIONAL = (*DETECTORS, *CROP_POSES, ONE_LOOK)


def equipped(*ready: str, gpu: bool = False, mediapipe_error: str | None = None) -> Equipment:
    return Equipment(ready=ready, graphics=("NVIDIA L4",) if gpu else (), mediapipe_error=mediapipe_error)


def test_a_machine_with_nothing_runs_mediapipe() -> None:
    backend = choose_backend("auto", BARE)
    assert (backend.name, backend.models) == ("mediapipe", BUNDLE)


def test_where_mediapipe_does_not_load_the_converted_networks_run_and_it_is_said() -> None:
    backend = choose_backend("auto", equipped(mediapipe_error="libEGL.so.1 is missing"))
    assert (backend.name, backend.models, backend.provider) == ("onnx", CONVERTED, CPU)
    assert "libEGL.so.1 is missing" in backend.why


@pytest.mark.parametrize(
    ("ready", "models"),
    [
        (("rtmdet-nano",), ("rtmdet-nano", "blazepose-landmarks")),
        (("rtmdet-nano", "rtmpose-s"), ("rtmdet-nano", "rtmpose-s")),
        (("rtmdet-nano", "rtmpose-s", "rtmpose-m"), ("rtmdet-nano", "rtmpose-m")),
        (("rtmo-s",), ("rtmo-s",)),
        (("rtmo-s", "rtmdet-nano"), ("rtmdet-nano", "blazepose-landmarks")),
        (("yolox-tiny",), ("yolox-tiny", "blazepose-landmarks")),
    ],
)
def test_what_was_downloaded_is_used(ready: tuple[str, ...], models: tuple[str, ...]) -> None:
    backend = choose_backend("auto", equipped(*ready))
    assert (backend.name, backend.models) == ("onnx", models)


def test_crop_networks_alone_change_nothing() -> None:
    assert choose_backend("auto", equipped("rtmpose-m")).name == "mediapipe"


def test_a_gpu_is_used_and_prefers_one_pass() -> None:
    backend = choose_backend("auto", equipped("rtmo-s", "rtmdet-nano", gpu=True))
    assert (backend.models, backend.provider) == (("rtmo-s",), CUDA)
    assert "NVIDIA L4" in backend.why


@given(st.sets(st.sampled_from(OPTIONAL)), st.booleans(), st.none() | st.just("no library"))
def test_what_was_asked_for_is_what_runs(ready: set[str], gpu: bool, error: str | None) -> None:
    equipment = equipped(*ready, gpu=gpu, mediapipe_error=error)
    assert choose_backend("mediapipe", equipment).name == "mediapipe"
    assert choose_backend("onnx", equipment).name == "onnx"


@given(st.sets(st.sampled_from(OPTIONAL)), st.booleans(), st.none() | st.just("no library"))
def test_no_choice_needs_a_model_that_has_to_be_downloaded_first(ready: set[str], gpu: bool, error: str | None) -> None:
    for wanted in ("auto", "mediapipe", "onnx"):
        backend = choose_backend(wanted, equipped(*ready, gpu=gpu, mediapipe_error=error))
        assert {name for name in backend.models if name in OPTIONAL} <= ready
        assert backend.why
