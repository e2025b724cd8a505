"""Orders as workers get them, put together from what the book holds: their bodies are kept nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.algorithms.ordering import ANALYSE, ASSEMBLE, PROBE, SELECT
from appliance.domain.facts import ChunkPlanned, Fact, FootageAnalysed, RecordingArrived, SegmentsSelected
from appliance.domain.job import Fate, FileRow, Item, Revision
from appliance.domain.media import Recording
from appliance.domain.order import Order
from appliance.domain.outbox import ChunkRow, ChunkState, OrderRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What the book holds of an item. chunks: those that the order speaks of. target: where its reel goes."""

    item: Item
    revision: Revision
    target: Path
    parts: tuple[FileRow, ...] = ()
    chunks: tuple[ChunkRow, ...] = ()


def compose_order(row: OrderRow, papers: Papers) -> Order:
    """The order. Raises ValueError when the book does not hold what it needs."""
    return Order(
        id=row.id,
        item_id=row.item_id,
        revision=row.revision,
        stage=row.stage,
        heard=_heard(row, papers),
        rules=papers.revision.rules,
        trace_id=papers.item.trace_id,
        target=papers.target if row.stage == ASSEMBLE else None,
    )


def _heard(row: OrderRow, papers: Papers) -> Fact:
    if row.stage == PROBE:
        return arrival_of(papers.parts)
    recording = papers.revision.recording
    if recording is None:
        raise ValueError(f"{row.id} needs a recording that was opened")
    match row.stage:
        case stage if stage == ANALYSE:
            return _planned(row, papers, recording)
        case stage if stage == SELECT:
            watched = tuple(each.features for each in papers.chunks if each.state is ChunkState.WATCHED)
            return FootageAnalysed(recordings=(recording,), features=(watched,))
        case stage if stage == ASSEMBLE:
            return _selected(row, papers.revision, recording)
    raise ValueError(f"{row.id} is for a stage that is not in the plan")


def arrival_of(parts: Sequence[FileRow]) -> RecordingArrived:
    """The recording that files form, each full file with its twin. Raises ValueError when one of them is not there."""
    full = sorted((row for row in parts if row.fate is not Fate.PROXY), key=lambda row: row.part)
    if not full or any(row.stored is None for row in full):
        raise ValueError("the original is not there")
    twins = {row.part: Path(row.stored) for row in parts if row.fate is Fate.PROXY and row.stored is not None}
    paths = tuple(Path(row.stored) for row in full if row.stored is not None)
    return RecordingArrived(paths=paths, proxies=tuple(twins.get(row.part) for row in full) if twins else ())


def _planned(row: OrderRow, papers: Papers, recording: Recording) -> ChunkPlanned:
    chunk = next((each.chunk for each in papers.chunks if each.chunk.index == row.chunk_index), None)
    if chunk is None:
        raise ValueError(f"{row.id} is for a chunk that was not planned")
    return ChunkPlanned(recording=recording, chunk=chunk, rule=papers.revision.rules.watching)


def _selected(row: OrderRow, revision: Revision, recording: Recording) -> SegmentsSelected:
    if revision.plan is None or not revision.plan.cuts:
        raise ValueError(f"{row.id} needs moments that were chosen")
    return SegmentsSelected(
        recordings=(recording,), segments=(revision.segments,), signals=(revision.signal or "",), plan=revision.plan
    )
