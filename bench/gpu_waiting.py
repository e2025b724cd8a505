"""Where one worker's time goes: waiting for pictures, waiting for the network, or finding what moves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from appliance.adapters.artefacts import FolderArtefacts
from appliance.algorithms.rung_planning import plan_rungs
from appliance.bootstrap.pose_wiring import open_pose_model
from appliance.cli.progress import NoProgress
from appliance.domain.backend import CPU, CUDA, Backend
from appliance.domain.compute import ComputeWish
from appliance.domain.errors import RinkreelError
from appliance.domain.facts import ChunkPlanned
from appliance.domain.media import Chunk, MediaFile, Recording
from appliance.domain.picture import AnyPicture
from appliance.domain.pose import Box, Pose
from appliance.domain.rules import WatchingRule
from appliance.domain.timespan import Seconds, Span
from appliance.ports import FrameReader, Picture, PoseModel, SampledFrame
from appliance.stages.analyse import analyse

if TYPE_CHECKING:
    from bench.gpu import Job

#: As much of the job as one order has.
STRETCH_S = 60


@dataclass
class Clock:
    """Seconds spent in there."""

    seconds: float = 0.0


class TimedReader:
    """The reader under watch."""

    def __init__(self, reader: FrameReader, clock: Clock) -> None:
        self._reader, self._clock = reader, clock

    @property
    def reads_side_by_side(self) -> bool:
        """The reader's."""
        return self._reader.reads_side_by_side

    def frames(self, file: MediaFile, span: Span, rate_hz: Fraction) -> Iterator[SampledFrame]:
        """Pictures, and how long each was waited for."""
        frames = iter(self._reader.frames(file, span, rate_hz))
        while True:
            began = time.perf_counter()
            frame = next(frames, None)
            self._clock.seconds += time.perf_counter() - began
            if frame is None:
                return
            yield frame

    def key_frames(self, file: MediaFile, span: Span, least_gap: Seconds) -> Iterator[tuple[SampledFrame, int]]:
        """Key pictures, and how long each was waited for."""
        keys = iter(self._reader.key_frames(file, span, least_gap))
        while True:
            began = time.perf_counter()
            key = next(keys, None)
            self._clock.seconds += time.perf_counter() - began
            if key is None:
                return
            yield key

    def remarks(self) -> tuple[str, ...]:
        """The reader's."""
        return self._reader.remarks()


class TimedModel:
    """The pose model under watch."""

    def __init__(self, model: PoseModel, clock: Clock) -> None:
        self._model, self._clock = model, clock
        self.name, self.certainty = model.name, model.certainty

    def find_people(self, pictures: Sequence[Picture]) -> list[tuple[Pose, ...]]:
        """The model's word, and how long it took."""
        began = time.perf_counter()
        try:
            return self._model.find_people(pictures)
        finally:
            self._clock.seconds += time.perf_counter() - began

    def find_boxes(self, pictures: Sequence[AnyPicture]) -> list[tuple[Pose, ...]]:
        """The model's word, and how long it took."""
        began = time.perf_counter()
        try:
            return self._model.find_boxes(pictures)
        finally:
            self._clock.seconds += time.perf_counter() - began

    def pose_in(self, picture: Picture, box: Box) -> Pose | None:
        """The model's word, and how long it took."""
        began = time.perf_counter()
        try:
            return self._model.pose_in(picture, box)
        finally:
            self._clock.seconds += time.perf_counter() - began


def waiting_rows(job: Job) -> list[list[str]]:
    """A row per reader; the network runs on the best that the machine has."""
    from bench.gpu import readers_of

    backend = Backend(name="onnx", models=tuple(job.models), provider=CUDA if job.is_graphic else CPU)
    rungs = plan_rungs(ComputeWish(), graphics=job.is_graphic)
    model = open_pose_model(backend, job.models, rungs=rungs, hear=job.remarks.append)
    rows = []
    for name, reader in readers_of(job):
        try:
            rows.append([name, *_watched(job, reader, model)])
        except RinkreelError as error:
            job.remarks.append(f"{name} failed: {error.why}")
            rows.append([name, *["–"] * 4])
    return rows


def _watched(job: Job, reader: FrameReader, model: PoseModel) -> list[str]:
    span = Span(Fraction(0), min(job.file.span.end, Fraction(STRETCH_S)))
    heard = ChunkPlanned(
        recording=Recording(id="job", name="job", files=(job.file,)),
        chunk=Chunk(recording_id="job", index=0, file_index=0, span=span),
        rule=WatchingRule(),
    )
    decoding, network = Clock(), Clock()
    tools = (TimedReader(reader, decoding), TimedModel(model, network))
    began = time.perf_counter()
    artefacts = FolderArtefacts(job.place.room("gpu", "samples"))
    asyncio.run(analyse(heard, reader=tools[0], model=tools[1], artefacts=artefacts, progress=NoProgress()))
    seconds = time.perf_counter() - began
    shares = (decoding.seconds, network.seconds, seconds - decoding.seconds - network.seconds)
    return [f"{float(span.length) / seconds:.1f}", *(f"{share / seconds:.0%}" for share in shares)]
