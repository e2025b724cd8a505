"""What follows from what became of an order: how its item stands now, and what has to be done next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from appliance.domain.facts import RecordingProbed, ReelAssembled, SegmentsSelected
from appliance.domain.job import Item, ItemState, Revision
from appliance.domain.media import Recording
from appliance.domain.outbox import ChunkCounts, ChunkRow, ChunkState

PROBE, ANALYSE, SELECT, ASSEMBLE = "probe", "analyse", "select", "assemble"
#: What people read while a stage of an item runs.
MESSAGES = {PROBE: "Opening", ANALYSE: "Watching", SELECT: "Choosing moments", ASSEMBLE: "Cutting the reel"}
WAITING = "Waiting"
WAITING_FOR_ROOM = "Waiting for room on the disk"
NOTHING_MOVES = "Nobody moves in this recording."
DONE = "Done"
#: More of them nobody reads.
MOST_REMARKS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A piece of work that has to be done next."""

    stage: str
    chunk_index: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """What follows. revision: as it is now, where it changed. final: nothing more is to be done."""

    item: Item
    revision: Revision | None = None
    wanted: tuple[Wanted, ...] = ()

    @property
    def is_final(self) -> bool:
        """Whether the item has come to its end."""
        return self.item.state.is_final


def queue(item: Item, stage: str) -> Item:
    """The item, waiting for its turn to go on at a stage."""
    return replace(item, state=ItemState.QUEUED, stage=stage, message=WAITING, remedy="", finished_at_s=None)


def begin(item: Item, wanted: Sequence[Wanted], now_s: float) -> Item:
    """The item when its turn has come."""
    stage = wanted[0].stage
    started_at_s = now_s if item.started_at_s is None else item.started_at_s
    return replace(item, state=ItemState.PROCESSING, stage=stage, message=MESSAGES[stage], remedy="", started_at_s=started_at_s)


def resume(stage: str, revision: Revision, chunks: Sequence[ChunkRow], gone: Collection[str] = ()) -> tuple[Wanted, ...]:
    """What has to be done next for an item that stopped at a stage. gone: features that are no longer there."""
    if revision.recording is None or not chunks:
        return (Wanted(stage=PROBE),)
    if stage == ASSEMBLE and revision.plan is not None and revision.plan.cuts:
        return (Wanted(stage=ASSEMBLE),)
    unwatched = [row for row in chunks if _is_unwatched(row, gone) or (row.state is ChunkState.FAILED and stage == ANALYSE)]
    if unwatched:
        return tuple(Wanted(stage=ANALYSE, chunk_index=row.chunk.index) for row in unwatched)
    return (Wanted(stage=SELECT),)


def follow_probing(item: Item, revision: Revision, told: RecordingProbed, chunks: Sequence[ChunkRow]) -> Following:
    """A recording was opened: every chunk of it is to be watched."""
    seen = replace(
        item,
        stage=ANALYSE,
        message=MESSAGES[ANALYSE],
        remedy="",
        duration_s=float(told.recording.duration),
        chunks_total=len(chunks),
        chunks_done=0,
        remarks=gather_remarks(told.recording, ()),
    )
    wanted = tuple(Wanted(stage=ANALYSE, chunk_index=row.chunk.index) for row in chunks)
    return Following(item=seen, revision=replace(revision, recording=told.recording), wanted=wanted)


def follow_watching(item: Item, counts: ChunkCounts) -> Following:
    """A chunk was watched, or given up. Once nothing more is expected of any, the moments are chosen."""
    seen = replace(item, message=MESSAGES[ANALYSE], remedy="", chunks_total=counts.total, chunks_done=counts.done)
    if counts.done < counts.total or not counts.watched:
        return Following(item=seen)
    return Following(item=replace(seen, stage=SELECT, message=MESSAGES[SELECT]), wanted=(Wanted(stage=SELECT),))


def follow_selecting(item: Item, revision: Revision, told: SegmentsSelected, now_s: float) -> Following:
    """Moments were chosen: they are cut, unless there are none."""
    chosen = replace(revision, segments=told.segments[0], plan=told.plan, signal=told.signals[0])
    kept_s, moments = float(told.plan.duration), len(told.plan.cuts)
    if told.plan.cuts:
        seen = replace(item, stage=ASSEMBLE, message=MESSAGES[ASSEMBLE], remedy="")
        seen = seen if item.reel else replace(seen, kept_s=kept_s, moments=moments)
        return Following(item=seen, revision=chosen, wanted=(Wanted(stage=ASSEMBLE),))
    ended = _ended(replace(item, kept_s=0.0, moments=0), ItemState.COMPLETED, NOTHING_MOVES, now_s)
    return Following(item=ended, revision=chosen)


def follow_assembling(item: Item, revision: Revision, told: ReelAssembled, now_s: float) -> Following:
    """The reel is there."""
    cut = replace(revision, reel=told.reel)
    return Following(item=_ended(show_cut(item, cut), ItemState.COMPLETED, DONE, now_s), revision=cut)


def fail(item: Item, why: str, remedy: str, now_s: float) -> Item:
    """The item when it was given up."""
    return replace(_ended(item, ItemState.FAILED, why, now_s), remedy=remedy)


def fall_back(item: Item, earlier: Revision, message: str, now_s: float) -> Item:
    """The item when a new cut did not come about: the one before it stays."""
    return _ended(replace(show_cut(item, earlier), stage=ASSEMBLE), ItemState.COMPLETED, message, now_s)


def show_cut(item: Item, cut: Revision) -> Item:
    """The item as this cut of it shows it."""
    if cut.reel is None:
        return replace(item, revision=cut.number, reel=None, poster=None, reel_bytes=None)
    return replace(
        item,
        revision=cut.number,
        reel=cut.reel.path.as_posix(),
        poster=None if cut.reel.poster is None else cut.reel.poster.as_posix(),
        reel_bytes=cut.reel.size_bytes,
        kept_s=float(cut.reel.duration),
        moments=0 if cut.plan is None else len(cut.plan.cuts),
    )


def cut_of_reel(revisions: Iterable[Revision], reel: str | None) -> Revision | None:
    """The cut that a reel came from."""
    return next((each for each in revisions if each.reel is not None and each.reel.path.as_posix() == reel), None)


def gather_remarks(recording: Recording | None, chunks: Iterable[ChunkRow], more: Iterable[str] = ()) -> tuple[str, ...]:
    """Everything odd about a recording and the watching of it, each thing once."""
    said = [*(recording.remarks if recording else ()), *(each for row in chunks for each in _remarks_of(row)), *more]
    return tuple(dict.fromkeys(said))[:MOST_REMARKS]


def _remarks_of(row: ChunkRow) -> tuple[str, ...]:
    if row.state is not ChunkState.FAILED:
        return row.remarks
    start_s, end_s = int(row.chunk.span.start), int(row.chunk.span.end)
    stretch = f"{start_s // 60}:{start_s % 60:02} to {end_s // 60}:{end_s % 60:02}"
    return (*row.remarks, f"{stretch} could not be watched: {row.why}")


def _is_unwatched(row: ChunkRow, gone: Collection[str]) -> bool:
    return row.state is ChunkState.WAITING or (row.state is ChunkState.WATCHED and row.features in gone)


def _ended(item: Item, state: ItemState, message: str, now_s: float) -> Item:
    return replace(item, state=state, message=message, remedy="", finished_at_s=now_s)
