"""How an order's stage is run: the right stage with its tools in hand, in a worker's process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from appliance.bootstrap import open_encoder, prepare_backend
from appliance.bootstrap.gpu_wiring import compute_of
from appliance.bootstrap.pose_wiring import open_pose_model
from appliance.bootstrap.remarking import RemarkingReader, Remarks
from appliance.domain.backend import CPU
from appliance.domain.errors import Misconfigured
from appliance.domain.facts import ChunkPlanned, Fact, FootageAnalysed, RecordingArrived, SegmentsSelected
from appliance.domain.order import Lane, Order
from appliance.ports import ArtefactStore, FrameReader, PoseModel, Progress, ReelEncoder
from appliance.settings import Settings

UPDATE = "Update the workers and the head together."
RunStage = Callable[[Order, Progress], Awaitable[Sequence[Fact]]]
ArtefactsFor = Callable[[str], ArtefactStore]


@dataclass(frozen=True, slots=True, kw_only=True)
class StageTools:
    """What stages need besides the order. encoder_for: the encoder for a reel whose length was promised, or for any other.

    model, reader: in the pose lane alone.
    """

    artefacts_for: ArtefactsFor
    encoder_for: Callable[[bool], ReelEncoder]
    model: PoseModel | None = None
    reader: FrameReader | None = None

    async def run(self, order: Order, progress: Progress) -> Sequence[Fact]:
        """Run the stage that the order names. Paths in the order are absolute.

        Raises:
            What the stages raise. Misconfigured: this worker does not serve the stage.
        """
        match order.heard:
            case RecordingArrived() as arrived:
                return await self._probe(order, arrived)
            case ChunkPlanned() as planned:
                return await self._analyse(order, planned, progress)
            case FootageAnalysed() as analysed:
                return await self._select(order, analysed)
            case SegmentsSelected() as selected:
                return await self._assemble(order, selected, progress)
            case other:
                raise Misconfigured(f"no stage hears {type(other).__name__}", remedy=UPDATE)

    async def _probe(self, order: Order, heard: RecordingArrived) -> Sequence[Fact]:
        from appliance.adapters.pyav.prober import PyavProber
        from appliance.stages.probe import probe

        return await probe(heard, prober=PyavProber(), rule=order.rules.watching)

    async def _analyse(self, order: Order, heard: ChunkPlanned, progress: Progress) -> Sequence[Fact]:
        from appliance.stages.analyse import analyse

        if self.model is None or self.reader is None:
            raise Misconfigured("this worker has no pose model", remedy="Serve the pose lane with `rinkreel serve worker-pose`.")
        artefacts = self.artefacts_for(order.item_id)
        return await analyse(heard, reader=self.reader, model=self.model, artefacts=artefacts, progress=progress)

    async def _select(self, order: Order, heard: FootageAnalysed) -> Sequence[Fact]:
        from appliance.stages.select import select

        artefacts = self.artefacts_for(order.item_id)
        return await select(heard, artefacts=artefacts, motion=order.rules.motion, reel=order.rules.reel)

    async def _assemble(self, order: Order, heard: SegmentsSelected, progress: Progress) -> Sequence[Fact]:
        from appliance.stages.assemble import assemble

        if order.target is None:
            raise Misconfigured(f"the order {order.id} names no place for its reel", remedy=UPDATE)
        order.target.parent.mkdir(parents=True, exist_ok=True)
        encoder = self.encoder_for(order.rules.reel.is_exact)
        return await assemble(heard, encoder=encoder, target=order.target, progress=progress)


def open_stage_tools(
    settings: Settings, lane: Lane, artefacts_for: ArtefactsFor, say: Callable[[str], None], index: int = 0
) -> StageTools:
    """The tools of a lane; the pose lane's model is opened here, once per process. index: which of several workers alike.

    Raises:
        Misconfigured: the backend's models cannot be had.
    """
    encoder_for = cache(partial(_open_encoder, settings))
    if lane is Lane.CPU:
        return StageTools(artefacts_for=artefacts_for, encoder_for=encoder_for)
    from appliance.adapters.system.machine import limit_threads

    # The device is chosen before anything asks CUDA for one.
    settled = compute_of(settings, settings.workers.pose_processes).settle(index)
    backend, models = prepare_backend(settings, say=say)
    limit_threads(1)
    remarks = Remarks(say)
    rungs = settled.rungs(graphics=backend.provider != CPU)
    model = open_pose_model(backend, models, threads=1, rungs=rungs, hear=remarks.hear)
    reader = RemarkingReader(settled.open_reader(), remarks)
    return StageTools(artefacts_for=artefacts_for, encoder_for=encoder_for, model=model, reader=reader)


def local_artefacts(features: Path) -> ArtefactsFor:
    """Features on this box, a folder for each item."""
    from appliance.adapters.artefacts import FolderArtefacts

    return lambda item_id: FolderArtefacts(features / item_id)


def _open_encoder(settings: Settings, length_is_promised: bool) -> ReelEncoder:
    """The encoder, tried once per process. A promised length forbids copying pictures in whole groups."""
    if not length_is_promised:
        return open_encoder(settings)
    exact = settings.reel.model_copy(update={"cutting": "exact"})
    return open_encoder(settings.model_copy(update={"reel": exact}))
