from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.algorithms.order_composing import Papers, arrival_of, compose_order
from appliance.domain.facts import ChunkPlanned, FootageAnalysed, RecordingArrived, SegmentsSelected
from appliance.domain.job import CutRules, Fate
from appliance.domain.order import Lane
from appliance.domain.outbox import ChunkRow, ChunkState, OrderRow
from appliance.pipeline import PLAN, Room
from tests.book_examples import a_file, a_recording, a_revision, an_item, chunks_of

RECORDING = a_recording()
ROWS = tuple(ChunkRow(chunk=chunk) for chunk in chunks_of(RECORDING, 2))
PAPERS = Papers(item=an_item(), revision=a_revision(), target=Path("reels/a.mp4"), parts=(a_file(),), chunks=ROWS)


def row(stage: str, chunk_index: int | None = None) -> OrderRow:
    return OrderRow(
        id=f"item-1.1.{stage}", item_id="item-1", revision=1, stage=stage, lane=Lane.CPU, issue=1, chunk_index=chunk_index
    )


@pytest.mark.parametrize("room", PLAN, ids=lambda room: room.name)
def test_an_order_of_every_stage_says_what_that_stage_hears(room: Room) -> None:
    order = compose_order(row(room.name, 0), PAPERS)
    assert isinstance(order.heard, room.hears)
    assert (order.item_id, order.revision, order.trace_id, order.rules) == ("item-1", 1, "trace-job-1", CutRules())
    assert (order.target is None) == (room.name != "assemble")


def test_chapters_come_in_order_each_with_its_twin() -> None:
    parts = (
        a_file("B.MP4", fate=Fate.CHAPTER, part=1),
        a_file("A.MP4"),
        a_file("B.LRV", fate=Fate.PROXY, part=1),
    )
    heard = arrival_of(parts)
    folder = Path("originals/item-1")
    assert heard == RecordingArrived(paths=(folder / "A.MP4", folder / "B.MP4"), proxies=(None, folder / "B.LRV"))
    assert arrival_of(parts[:2]).proxies == ()


def test_a_chunk_goes_with_its_recording_and_rule() -> None:
    assert compose_order(row("analyse", 1), PAPERS).heard == ChunkPlanned(recording=RECORDING, chunk=ROWS[1].chunk)


def test_choosing_hears_of_watched_chunks_alone() -> None:
    chunks = (replace(ROWS[0], state=ChunkState.FAILED), replace(ROWS[1], state=ChunkState.WATCHED, features="f1"))
    heard = compose_order(row("select"), replace(PAPERS, chunks=chunks)).heard
    assert heard == FootageAnalysed(recordings=(RECORDING,), features=(("f1",),))


def test_cutting_hears_what_was_chosen() -> None:
    heard = compose_order(row("assemble"), PAPERS).heard
    revision = a_revision()
    assert isinstance(heard, SegmentsSelected)
    assert (heard.segments, heard.signals, heard.plan) == ((revision.segments,), ("rec-1-signal",), revision.plan)


@pytest.mark.parametrize(
    ("stage", "papers"),
    [
        ("probe", replace(PAPERS, parts=())),
        ("probe", replace(PAPERS, parts=(a_file(), replace(a_file("B.MP4", fate=Fate.CHAPTER, part=1), stored=None)))),
        ("analyse", replace(PAPERS, chunks=())),
        ("select", replace(PAPERS, revision=replace(a_revision(), recording=None))),
        ("assemble", replace(PAPERS, revision=replace(a_revision(), plan=None))),
        ("polish", PAPERS),
    ],
)
def test_an_order_that_lacks_something_is_not_given(stage: str, papers: Papers) -> None:
    with pytest.raises(ValueError, match=r"not there|not planned|needs|not in the plan"):
        compose_order(row(stage, 7), papers)
