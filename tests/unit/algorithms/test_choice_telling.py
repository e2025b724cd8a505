from __future__ import annotations

import pytest

from appliance.algorithms.choice_telling import tell_choices
from appliance.domain.backend import CUDA, Backend
from appliance.domain.health import ToolTrial

ON_CPU = Backend(name="mediapipe", models=("blazepose-bundle",), why="ONNX Runtime for the GPU is not installed")
ON_GPU = Backend(name="onnx", models=("rtmo-s",), provider=CUDA, why="there is a GPU, A")
SOFTWARE = (ToolTrial(name="h264_nvenc", works=False, why="Cannot load libcuda"), ToolTrial(name="libx264", works=True))
HARDWARE = (ToolTrial(name="h264_nvenc", works=True), ToolTrial(name="libx264", works=True))


def test_without_a_gpu_nothing_fell_back() -> None:
    told = tell_choices(ON_CPU, SOFTWARE, "auto", ())
    assert (told.encoder, told.encoder_why, told.fell_back) == ("libx264", "no hardware encoder answers here", ())
    assert told.backend == ON_CPU.label


def test_a_gpu_that_is_not_used_is_told_with_the_reason() -> None:
    told = tell_choices(ON_CPU, SOFTWARE, "auto", ["A"])
    assert [line.split(": ", 1)[1] for line in told.fell_back] == [ON_CPU.why, "Cannot load libcuda"]


def test_a_gpu_that_does_all_is_no_fall_back() -> None:
    told = tell_choices(ON_GPU, HARDWARE, "auto", ["A"])
    assert (told.encoder, told.fell_back, told.graphics) == ("h264_nvenc", (), ("A",))


@pytest.mark.parametrize(("trials", "wanted", "encoder"), [(HARDWARE, "libx264", "libx264"), ((), "auto", "none")])
def test_what_was_asked_for_and_what_is_missing_is_said(trials: tuple[ToolTrial, ...], wanted: str, encoder: str) -> None:
    told = tell_choices(ON_CPU, trials, wanted, ())
    assert told.encoder == encoder
    assert ("asked for" in told.encoder_why) is (wanted != "auto")
