"""Wires what a GPU is used for: which one a worker gets, how networks run on it, and what people are told of it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from appliance.algorithms.device_assigning import device_for, engines_share, memory_share_bytes
from appliance.algorithms.platform_matching import match_platform, refuse_extra
from appliance.algorithms.rung_planning import engine_folder, plan_rungs
from appliance.bootstrap.reader_wiring import open_reader
from appliance.domain.compute import ComputeWish, EngineKey, Rung
from appliance.domain.errors import Misconfigured
from appliance.domain.graphics import GraphicsDevice, GraphicsReport
from appliance.domain.health import Finding, State
from appliance.ports import FrameReader
from appliance.settings import Settings


@cache
def graphics_report() -> GraphicsReport:
    """What the driver says, asked once per process. Where its management library is missing, the driver itself is asked."""
    from appliance.adapters.nvml.devices import read_graphics

    return read_graphics()


def usable_graphics(settings: Settings) -> Sequence[str]:
    """Names of the GPUs that the installed ONNX Runtime can use, as the settings allow."""
    from appliance.adapters.system.graphics import nvidia_graphics
    from appliance.adapters.system.packages import version_of

    if settings.gpu.use == "never" or version_of("onnxruntime-gpu") is None:
        return ()
    return nvidia_graphics()[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compute:
    """How the workers of this box use its GPUs; small and picklable. workers: how many share them. engines: where compiled
    engines are kept. decode: what decodes footage, "cpu" where GPUs are to be left alone."""

    wish: ComputeWish
    workers: int
    engines: Path
    decode: str = "cpu"

    def settle(self, worker: int | None = None) -> Settled:
        """Choose a device for one worker, and let this process see no other. Before anything else touches CUDA here."""
        devices = graphics_report().devices
        device = device_for(_own_number() if worker is None else worker, devices)
        if device is None:
            return Settled(compute=self)
        _show_only(device)
        return Settled(compute=self, device=device, devices=len(devices))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A worker with its device; None where the driver's management library lists none."""

    compute: Compute
    device: GraphicsDevice | None = None
    devices: int = 0

    def open_reader(self) -> FrameReader:
        """What decodes footage for this worker, on as many engines as its share."""
        if self.device is None:
            return open_reader(self.compute.decode, graphics=False)
        engines = engines_share(self.device, self.compute.workers, self.devices)
        return open_reader(self.compute.decode, graphics=True, engines=engines)

    def rungs(self, *, graphics: bool) -> tuple[Rung, ...]:
        """Ways to run networks, best first. graphics: whether the backend was chosen to run on a GPU."""
        wish, device = self.compute.wish, self.device
        if device is None:
            return plan_rungs(wish, graphics=graphics)
        share = memory_share_bytes(device, self.compute.workers, self.devices)
        capped = ComputeWish(
            largest=wish.largest,
            half=wish.half,
            graphs=wish.graphs,
            tensorrt=wish.tensorrt,
            memory_bytes=wish.memory_bytes or share,
        )
        return plan_rungs(capped, graphics=graphics, engines=engine_folder(self.compute.engines, _engine_key(device)))


def compute_of(settings: Settings, workers: int) -> Compute:
    """What the settings ask for, shared by so many workers."""
    gpu = settings.gpu
    wish = ComputeWish(
        largest=gpu.batch,
        half=gpu.precision == "half",
        graphs=gpu.graphs,
        tensorrt=gpu.tensorrt,
        memory_bytes=gpu.memory,
    )
    decode = "cpu" if gpu.use == "never" else gpu.decode
    return Compute(wish=wish, workers=workers, engines=settings.storage.home / "engines", decode=decode)


def graphics_labels() -> tuple[str, ...]:
    """Devices with their driver and CUDA, for people; nothing where there is none."""
    report = graphics_report()
    return tuple(f"{device.label}, {report.software}" for device in report.devices)


def graphics_findings(settings: Settings) -> list[Finding]:
    """What the doctor says of GPUs: each device, and whether the installed libraries can use it."""
    report = graphics_report()
    found = [Finding(name="GPU", state=State.OK, found=label) for label in graphics_labels()]
    return [*found, _library_finding(settings), *_filter_findings(settings)] if report.devices else []


def _filter_findings(settings: Settings) -> list[Finding]:
    """Which of the filters that a GPU may do this ffmpeg has; nothing where there is no ffmpeg, which is said elsewhere."""
    from appliance.adapters.ffmpeg.binary import find_ffmpeg
    from appliance.adapters.ffmpeg.device_graph import DEVICE_FILTERS
    from appliance.adapters.ffmpeg.filter_listing import list_filters

    try:
        there = list_filters(find_ffmpeg(settings.storage.ffmpeg)) & DEVICE_FILTERS
    except Misconfigured:
        return []
    told = ", ".join(sorted(there)) or "none; the processor scales and tone-maps"
    found = told if settings.gpu.filters else "not used, as gpu.filters = false asks for"
    return [Finding(name="GPU filters", state=State.OK, found=found)]


def _library_finding(settings: Settings) -> Finding:
    from appliance.adapters.system.packages import version_of
    from appliance.adapters.system.platforms import read_platform

    platform = read_platform(graphics_report())
    match = match_platform(platform)
    installed = version_of("onnxruntime-gpu")
    if settings.gpu.use == "never":
        return Finding(name="GPU libraries", state=State.OK, found='not used, as gpu.use = "never" asks for')
    if installed is None:
        remedy = f"Install them: make setup EXTRA={match.extra}" if match.extra else "Nothing to do: the CPU does everything."
        why = f"the CPU's are installed; {match.why}" if match.why else "the CPU's are installed"
        return Finding(name="GPU libraries", state=State.WARN if match.extra else State.OK, found=why, remedy=remedy)
    extra = "gpu-cu12" if installed.startswith("1.26.") else "gpu"
    if refusal := refuse_extra(extra, platform):
        remedy = f"Install what fits: make setup EXTRA={match.extra or 'cpu'}"
        return Finding(name="GPU libraries", state=State.WARN, found=f"{extra} cannot work here: {refusal}", remedy=remedy)
    dali = version_of("nvidia-dali-cuda130") or version_of("nvidia-dali-cuda120")
    return Finding(
        name="GPU libraries", state=State.OK, found=f"{extra}: onnxruntime-gpu {installed}, DALI {dali or 'not installed'}"
    )


def _engine_key(device: GraphicsDevice) -> EngineKey:
    from appliance.adapters.system.packages import version_of

    versions = (version_of("onnxruntime-gpu"), version_of("tensorrt-cu13"), version_of("tensorrt-cu12"))
    return EngineKey(
        gpu=device.name,
        capability=device.capability,
        driver=graphics_report().driver,
        runtime=" ".join(version or "none" for version in versions),
    )


def _own_number() -> int:
    """Which of several alike this process is, by the number in the name that multiprocessing gave it; 0 for the first program."""
    number = multiprocessing.current_process().name.rpartition("-")[2]
    return int(number) - 1 if number.isdigit() else 0


def _show_only(device: GraphicsDevice) -> None:
    """CUDA reads this when it starts in a process, and then counts from 0. The only way to choose a slice of a GPU.

    Source: NVIDIA, Multi-Instance GPU User Guide, "CUDA_VISIBLE_DEVICES".
    """
    os.putenv("CUDA_VISIBLE_DEVICES", device.uuid)
