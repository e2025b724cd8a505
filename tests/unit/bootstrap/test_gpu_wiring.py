"""Twin of bootstrap/gpu_wiring.py."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.bootstrap import gpu_wiring
from appliance.bootstrap.gpu_wiring import Settled, compute_of, graphics_findings, graphics_labels, usable_graphics
from appliance.domain.backend import CPU, CUDA, TENSORRT
from appliance.domain.compute import ON_CPU
from appliance.domain.graphics import Engines, GraphicsDevice, GraphicsReport
from appliance.domain.health import State
from appliance.settings import Settings, load_settings

REPOSITORY = Path(__file__).resolve().parents[3]
GIB = 2**30


def device(uuid: str = "GPU-1", capability: tuple[int, int] = (9, 0)) -> GraphicsDevice:
    engines = Engines(decoders=7, encoders=0)
    return GraphicsDevice(
        name="NVIDIA H200", uuid=uuid, memory_bytes=100 * GIB, free_bytes=90 * GIB, capability=capability, engines=engines
    )


def settings_with(**flags: object) -> Settings:
    return load_settings(environment={}, flags=flags)


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> list[GraphicsDevice]:
    """A box with a driver and whatever devices a test puts in."""
    devices: list[GraphicsDevice] = []
    monkeypatch.setattr(
        gpu_wiring, "graphics_report", lambda: GraphicsReport(driver="580.1", cuda=(13, 0), devices=tuple(devices))
    )
    return devices


def test_what_workers_are_given_travels_between_processes() -> None:
    compute = compute_of(settings_with(**{"gpu.precision": "half", "gpu.memory": "2GiB"}), 8)
    assert pickle.loads(pickle.dumps(compute)) == compute
    assert (compute.wish.half, compute.wish.memory_bytes, compute.workers) == (True, 2 * GIB, 8)


def test_workers_see_one_device_each_in_turn(box: list[GraphicsDevice], monkeypatch: pytest.MonkeyPatch) -> None:
    box.extend([device("GPU-1"), device("MIG-2")])
    shown: list[str] = []
    monkeypatch.setattr(gpu_wiring, "_show_only", lambda chosen: shown.append(chosen.uuid))
    for worker in range(3):
        compute_of(settings_with(), 3).settle(worker)
    assert shown == ["GPU-1", "MIG-2", "GPU-1"]


def test_networks_of_all_workers_together_fit_on_the_device(box: list[GraphicsDevice]) -> None:
    rungs = Settled(compute=compute_of(settings_with(), 4), device=device(), devices=1).rungs(graphics=True)
    assert [rung.provider for rung in rungs] == [CUDA, CPU]
    assert int(rungs[0].options["gpu_mem_limit"]) * 4 * 2 <= 0.8 * 100 * GIB


def test_engines_are_kept_per_device(box: list[GraphicsDevice]) -> None:
    compute = compute_of(settings_with(**{"gpu.tensorrt": True}), 1)
    first = Settled(compute=compute, device=device(), devices=1).rungs(graphics=True)[0]
    assert first.provider == TENSORRT
    assert "nvidia-h200-" in first.options["trt_engine_cache_path"]


def test_a_box_without_a_gpu_keeps_to_the_processor(box: list[GraphicsDevice]) -> None:
    settled = compute_of(settings_with(**{"gpu.tensorrt": True}), 1).settle(0)
    assert settled.device is None
    assert settled.rungs(graphics=False) == (ON_CPU,)
    assert graphics_findings(settings_with()) == []
    assert graphics_labels() == ()


@pytest.mark.parametrize(("use", "decode", "kind"), [("auto", "auto", "ReaderLadder"), ("never", "auto", "PyavReader")])
def test_footage_is_decoded_by_engines_unless_gpus_are_to_be_left_alone(use: str, decode: str, kind: str) -> None:
    compute = compute_of(settings_with(**{"gpu.use": use, "gpu.decode": decode}), 1)
    assert type(Settled(compute=compute, device=device(), devices=1).open_reader()).__name__ == kind
    assert type(Settled(compute=compute).open_reader()).__name__ == "PyavReader"


@pytest.mark.parametrize(("workers", "devices", "engines"), [(1, 1, 7), (2, 1, 3), (16, 1, 1), (4, 2, 3)])
def test_long_files_are_read_by_as_many_engines_as_a_workers_share(
    monkeypatch: pytest.MonkeyPatch, workers: int, devices: int, engines: int
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(gpu_wiring, "open_reader", lambda _decode, **given: asked.append(given["engines"]))
    Settled(compute=compute_of(settings_with(), workers), device=device(), devices=devices).open_reader()
    assert asked == [engines]


def test_a_gpu_may_be_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.adapters.system.packages.version_of", lambda _: "1.31.1")
    monkeypatch.setattr("appliance.adapters.system.graphics.nvidia_graphics", lambda: (("A",), ""))
    assert usable_graphics(settings_with()) == ("A",)
    assert usable_graphics(settings_with(**{"gpu.use": "never"})) == ()


def test_libraries_of_the_cpu_see_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.adapters.system.packages.version_of", lambda _: None)
    assert usable_graphics(settings_with()) == ()


@pytest.mark.parametrize(
    "case",
    [
        ("1.31.1", (9, 0), State.OK, "gpu: onnxruntime-gpu 1.31.1"),
        ("1.31.1", (7, 0), State.WARN, "gpu cannot work here: it needs a GPU of compute capability 7.5"),
        ("1.26.0", (7, 0), State.OK, "gpu-cu12: onnxruntime-gpu 1.26.0"),
        (None, (9, 0), State.WARN, "the CPU's are installed"),
    ],
)
def test_libraries_that_do_not_fit_the_device_are_said_with_what_does(
    box: list[GraphicsDevice], monkeypatch: pytest.MonkeyPatch, case: tuple[str | None, tuple[int, int], State, str]
) -> None:
    installed, capability, state, word = case
    box.append(device(capability=capability))
    monkeypatch.setattr(
        "appliance.adapters.system.packages.version_of", lambda name: installed if name == "onnxruntime-gpu" else None
    )
    graphics, libraries, _ = graphics_findings(settings_with())
    assert graphics.found == "NVIDIA H200, 100 GiB, 7 decoding engines, no encoding engines, driver 580.1, CUDA up to 13.0"
    assert (libraries.state, word in libraries.found) == (state, True)
    assert (state is State.OK) == (libraries.remedy == "")


@pytest.mark.parametrize(("filters", "words"), [(True, "libplacebo"), (False, "gpu.filters = false")])
def test_filters_that_a_gpu_may_do_are_named(box: list[GraphicsDevice], tmp_path: Path, filters: bool, words: str) -> None:
    box.append(device())
    script = tmp_path / "ffmpeg"
    listing = " .. libplacebo        N->V       Apply various GPU filters from libplacebo"
    script.write_text(f"#!/bin/sh\ncase $* in *-version*) echo ffmpeg version 9.0;; *) echo '{listing}';; esac\n")
    script.chmod(0o755)
    found = graphics_findings(settings_with(**{"storage.ffmpeg": script, "gpu.filters": filters}))[-1]
    assert (found.name, found.state) == ("GPU filters", State.OK)
    assert words in found.found


def test_what_cuda_is_shown_reaches_libraries_and_programs() -> None:
    code = (
        "from appliance.bootstrap.gpu_wiring import _show_only; from appliance.domain.graphics import GraphicsDevice;"
        "_show_only(GraphicsDevice(name='', uuid='MIG-7', memory_bytes=1, free_bytes=1, capability=(9, 0)));"
        "import ctypes, subprocess; ask = ctypes.CDLL(None).getenv; ask.restype = ctypes.c_char_p;"
        "print(ask(b'CUDA_VISIBLE_DEVICES'), flush=True); subprocess.run(['printenv', 'CUDA_VISIBLE_DEVICES'])"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["b'MIG-7'", "MIG-7"]
