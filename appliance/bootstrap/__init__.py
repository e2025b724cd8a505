"""Composition root: settings in, running services out. The only file that names adapters.

Everything heavy is imported where it is needed: the parent of the watching processes stays small, and `--help` quick.
"""

from __future__ import annotations

import asyncio
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from appliance import __version__
from appliance.algorithms.backend_choosing import Equipment, choose_backend
from appliance.bootstrap.gpu_wiring import Compute, compute_of, graphics_findings, usable_graphics
from appliance.bootstrap.pose_wiring import open_pose_model
from appliance.bootstrap.remarking import RemarkingReader, Remarks
from appliance.domain.backend import CPU, Backend
from appliance.domain.card import CardReading
from appliance.domain.errors import Misconfigured, Transient, Unusable
from appliance.domain.facts import ChunkPlanned, Fact, SegmentsSelected, StageFailed
from appliance.domain.health import Finding, ToolTrial
from appliance.domain.motion import MotionSignal
from appliance.domain.rules import MotionRule
from appliance.ports import Progress, ReelEncoder
from appliance.services.lane_processes import ProcessLanes
from appliance.services.lanes import Lane, Lanes, OwnLane
from appliance.services.replay import Failure, Rooms
from appliance.settings import Settings, usable_cores

if TYPE_CHECKING:
    from appliance.adapters.model_shelf import ModelShelf
    from appliance.services.demonstrator import Demonstration
    from appliance.services.doctor import Machine

Say = Callable[[str], None]

#: Distributions whose versions a report names.
REPORTED = ("av", "imageio-ffmpeg", "mediapipe", "numpy", "onnxruntime", "onnxruntime-gpu", "opencv-contrib-python-headless")
DEMO_SCENE = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Stages with their tools, and what a report says about them."""

    rooms: Rooms
    backend: Mapping[str, object]
    versions: Mapping[str, str]


@contextmanager
def open_house(settings: Settings, *, say: Say) -> Iterator[House]:
    """Everything that a replay needs; what it leaves behind on the way is gone afterwards.

    Raises:
        Misconfigured: the backend's models cannot be had, or the encoder that was asked for does not work.
    """
    from appliance.adapters.ffmpeg.binary import find_ffmpeg
    from appliance.adapters.ffmpeg.encoders import choose_encoder

    binary = find_ffmpeg(settings.storage.ffmpeg)
    if settings.reel.encoder != "auto":
        choose_encoder(binary, settings.reel.encoder)
    backend, models = prepare_backend(settings, say=say)
    with tempfile.TemporaryDirectory(prefix="rinkreel-") as folder:
        opener = LaneOrder(
            backend=backend,
            models=models,
            artefacts=Path(folder),
            threads=max(1, usable_cores() // settings.watching.processes),
            compute=compute_of(settings, settings.watching.processes),
        )
        yield House(
            rooms=_rooms(settings, opener),
            backend={"name": backend.name, "models": backend.models, "provider": backend.provider, "why": backend.why},
            versions=_versions() | {"ffmpeg": binary.version},
        )


def prepare_backend(settings: Settings, *, say: Say) -> tuple[Backend, dict[str, Path]]:
    """Resolve `auto` once, say so, and have the models it needs ready; missing ones are fetched.

    Raises:
        Misconfigured: a model is missing and cannot be fetched.
    """
    shelf = open_shelf(settings)
    equipment = _equipment(settings, shelf)
    backend = choose_backend(settings.watching.backend, equipment)
    say(f"backend: {backend.label}")
    return backend, {name: _fetched(shelf, name, equipment, say) for name in backend.models}


def chosen_backend(settings: Settings) -> Backend:
    """The backend that this machine would work with; nothing is fetched."""
    return choose_backend(settings.watching.backend, _equipment(settings, open_shelf(settings)))


def _equipment(settings: Settings, shelf: ModelShelf) -> Equipment:
    from appliance.adapters.mediapipe.presence import why_absent

    return Equipment(ready=_ready_models(shelf), graphics=usable_graphics(settings), mediapipe_error=why_absent())


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneOrder:
    """How to open a watching lane; small and picklable, so that it can be done in another process."""

    backend: Backend
    models: Mapping[str, Path]
    artefacts: Path
    threads: int = 1
    compute: Compute | None = None

    def __call__(self) -> Lane:
        """Open the lane. Raises Misconfigured when the pose model does not load."""
        from appliance.adapters.artefacts import FolderArtefacts
        from appliance.adapters.pyav.reader import PyavReader
        from appliance.adapters.system.machine import limit_threads
        from appliance.stages.analyse import analyse

        limit_threads(self.threads)
        remarks = Remarks()
        settled = self.compute.settle() if self.compute else None
        rungs = settled.rungs(graphics=self.backend.provider != CPU) if settled else None
        model = open_pose_model(self.backend, self.models, threads=self.threads, rungs=rungs, hear=remarks.hear)
        reader = RemarkingReader(settled.open_reader() if settled else PyavReader(), remarks)
        analyse_chunk = partial(analyse, reader=reader, model=model, artefacts=FolderArtefacts(self.artefacts))

        def watch(heard: ChunkPlanned, progress: Progress) -> Sequence[Fact]:
            return asyncio.run(analyse_chunk(heard, progress=progress))

        return watch


def open_encoder(settings: Settings) -> ReelEncoder:
    """The reel encoder; `auto` is resolved here. Raises Misconfigured when none works."""
    from appliance.adapters.ffmpeg.binary import find_ffmpeg
    from appliance.adapters.ffmpeg.encoders import choose_encoder
    from appliance.adapters.ffmpeg.reel_encoder import EncodingRule, FfmpegReelEncoder
    from appliance.adapters.ffmpeg.session_slots import SessionSlots
    from appliance.adapters.pyav.picture_groups import PyavGroupReader
    from appliance.adapters.pyav.prober import PyavProber

    binary = find_ffmpeg(settings.storage.ffmpeg)
    rule = EncodingRule(
        workers=settings.watching.workers,
        groups=PyavGroupReader() if settings.reel.may_copy else None,
        slots=SessionSlots(folder=settings.storage.home / "encoding-sessions", count=settings.reel.sessions),
        filters=settings.gpu.filters and settings.gpu.use != "never",
    )
    return FfmpegReelEncoder(binary, choose_encoder(binary, settings.reel.encoder), prober=PyavProber(), rule=rule)


def open_shelf(settings: Settings) -> ModelShelf:
    """The shelf of pose models."""
    from appliance.adapters.model_shelf import ModelShelf

    return ModelShelf(settings.storage.models_folder)


def read_inputs(inputs: Sequence[Path]) -> tuple[CardReading, list[Failure]]:
    """Sort files and folders into recordings; inputs that are not there are failures, the others go on."""
    from appliance.adapters.folder import FolderWalker
    from appliance.algorithms.card_reading import read_card

    files, ignored, failures = [], [], []
    for path in inputs:
        try:
            listing = FolderWalker().walk([path])
        except Unusable as error:
            failures.append(Failure(StageFailed(stage="read", subject=str(path), why=error.why, remedy=error.remedy), error))
            continue
        files.extend(listing.files)
        ignored.extend(listing.ignored)
    reading = read_card(files)
    return CardReading(recordings=reading.recordings, ignored=(*reading.ignored, *ignored)), failures


def open_machine(settings: Settings, *, measured: bool = False) -> Machine:
    """Answers to the doctor's questions. measured: also how fast it decodes and looks, which takes some seconds."""
    from appliance.adapters.ffmpeg.binary import find_ffmpeg
    from appliance.adapters.ffmpeg.encoders import try_encoders
    from appliance.adapters.sqlite import library_version
    from appliance.adapters.system import graphics, machine, packages
    from appliance.services.doctor import Machine

    def ffmpeg() -> str:
        binary = find_ffmpeg(settings.storage.ffmpeg)
        return f"{binary.version}, {binary.origin}: {binary.path}"

    def encoders() -> list[ToolTrial]:
        trials = try_encoders(find_ffmpeg(settings.storage.ffmpeg))
        return [ToolTrial(name=trial.name, works=trial.works, why=trial.why) for trial in trials]

    return Machine(
        python_version=machine.python_version,
        ffmpeg=ffmpeg,
        encoders=encoders,
        providers=packages.distributions_providing,
        import_error=_backend_error,
        models=partial(_model_trials, settings),
        graphics=graphics.nvidia_graphics,
        graphics_findings=partial(graphics_findings, settings),
        free_bytes=partial(machine.free_bytes, settings.storage.home),
        sqlite_version=library_version,
        paces=partial(_measured_paces, settings) if measured else tuple,
    )


def _measured_paces(settings: Settings) -> Sequence[Finding]:
    from appliance.bootstrap.pace_wiring import measure_paces

    shelf, backend = open_shelf(settings), chosen_backend(settings)
    is_ready = _ready_models(shelf).issuperset(backend.models)
    return measure_paces(settings, backend, {name: shelf.path_of(name) for name in backend.models} if is_ready else None)


def _backend_error(library: str) -> str | None:
    """Why a pose backend's library does not load. Asked of their adapters, which keep both from calling home."""
    from appliance.adapters.system.packages import import_error

    if library == "mediapipe":
        return import_error("appliance.adapters.mediapipe.library", "load_library")
    return import_error("appliance.adapters.onnx.session")


def draw_demo(settings: Settings, folder: Path, progress: Progress) -> Demonstration:
    """Draw the demonstration's recording into a folder. Raises as `demonstrator.draw_demonstration`."""
    from appliance.adapters.ffmpeg.binary import find_ffmpeg
    from appliance.adapters.ffmpeg.recording_writer import FfmpegRecordingWriter
    from appliance.services.demonstrator import draw_demonstration

    return draw_demonstration(DEMO_SCENE, folder, FfmpegRecordingWriter(find_ffmpeg(settings.storage.ffmpeg)), progress)


def require_plotting() -> None:
    """Raises Misconfigured when matplotlib is not installed, before hours of work are put into what it should draw."""
    from importlib.util import find_spec

    if find_spec("matplotlib") is None:
        raise Misconfigured("--plot needs matplotlib, which is not installed", remedy="Install it: pip install 'rinkreel[plot]'")


def plot_motion(found: Sequence[tuple[SegmentsSelected, Sequence[MotionSignal]]], rule: MotionRule) -> bytes:
    """The motion signal as a PNG."""
    from appliance.adapters.matplotlib import motion_plot

    return motion_plot.plot_motion(found, rule)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all. Raises Misconfigured or Transient."""
    from appliance.adapters.system.whole_files import write_whole

    write_whole(target, content)


def _rooms(settings: Settings, opener: LaneOrder) -> Rooms:
    from appliance.adapters.artefacts import FolderArtefacts
    from appliance.adapters.pyav.prober import PyavProber
    from appliance.stages.assemble import assemble
    from appliance.stages.probe import probe
    from appliance.stages.select import select

    artefacts, processes = FolderArtefacts(opener.artefacts), settings.watching.processes
    probe_recording = partial(probe, prober=PyavProber(), rule=settings.watching.rule())
    select_moments = partial(select, artefacts=artefacts, motion=settings.motion.rule(), reel=settings.reel.rule())

    def open_lanes() -> Lanes:
        return OwnLane(opener) if processes == 1 else ProcessLanes(opener, processes)

    def assemble_reel(selected: SegmentsSelected, target: Path, progress: Progress) -> Sequence[Fact]:
        return asyncio.run(assemble(selected, encoder=open_encoder(settings), target=target, progress=progress))

    return Rooms(
        probe=lambda heard: asyncio.run(probe_recording(heard)),
        lanes=open_lanes,
        select=lambda heard: asyncio.run(select_moments(heard)),
        assemble=assemble_reel,
        load_signal=artefacts.load_signal,
    )


def _ready_models(shelf: ModelShelf) -> set[str]:
    from appliance.domain.model import ModelState

    return {card.name for card in shelf.cards() if shelf.state(card.name) is ModelState.READY}


def _fetched(shelf: ModelShelf, name: str, equipment: Equipment, say: Say) -> Path:
    """The model's file, fetched first where it is missing."""
    if name not in equipment.ready:
        say(f"fetching {name}, which is not on the shelf ({shelf.root})")
        try:
            shelf.pull(name)
        except Transient as error:
            raise Misconfigured(f"{name} is needed and cannot be fetched: {error.why}", remedy=error.remedy) from error
    return shelf.path_of(name)


def _model_trials(settings: Settings) -> list[ToolTrial]:
    from appliance.domain.model import ModelState
    from appliance.services.modeller import list_models

    shelf = open_shelf(settings)
    optional = {card.name for card in shelf.cards() if card.optional}
    rows = [row for row in list_models(shelf) if row.state is not ModelState.MISSING or row.name not in optional]
    return [ToolTrial(name=row.name, works=row.state is ModelState.READY, why=f"{row.state}{_way(row.remedy)}") for row in rows]


def _way(remedy: str) -> str:
    return f" → {remedy}" if remedy else ""


def _versions() -> dict[str, str]:
    from appliance.adapters.system.packages import version_of

    found = {name: version for name in REPORTED if (version := version_of(name))}
    return {"rinkreel": __version__, "python": platform.python_version(), "platform": sys.platform, **found}
