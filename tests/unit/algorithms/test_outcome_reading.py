from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.algorithms.outcome_reading import failure_in, told_in, verdict_on, watched_chunk
from appliance.domain.facts import ChunkAnalysed, StageFailed
from appliance.domain.order import Outcome
from appliance.domain.outbox import ChunkRow, ChunkState
from tests.book_examples import a_recording, chunks_of

SEEN = ChunkAnalysed(recording_id="rec-1", chunk_index=0, features="f", remarks=("dark",))
FAILED = StageFailed(stage="analyse", subject="rec-1", why="nothing decodes", remedy="Copy it again.")
SILENT = Outcome(
    id="o.1",
    order_id="o",
    item_id="item-1",
    revision=1,
    stage="analyse",
    facts=(),
    attempt=1,
    took_s=1.0,
    worker="w",
    trace_id="t",
    at_s=0.0,
)


@pytest.mark.parametrize(
    ("outcome", "verdict"),
    [
        (replace(SILENT, facts=(SEEN,)), "done"),
        (replace(SILENT, facts=(FAILED,)), "failed"),
        (SILENT, "failed"),
        (replace(SILENT, setback="busy"), "setback"),
        (replace(SILENT, setback="full", held=True), "held"),
    ],
)
def test_an_outcome_is_done_failed_set_back_or_held(outcome: Outcome, verdict: str) -> None:
    assert verdict_on(outcome) == verdict


def test_facts_are_found_by_their_kind() -> None:
    assert told_in(ChunkAnalysed, replace(SILENT, facts=(FAILED, SEEN))) == SEEN
    assert told_in(ChunkAnalysed, SILENT) is None


def test_a_stage_that_told_nothing_has_failed_with_a_reason_as_well() -> None:
    assert failure_in(replace(SILENT, facts=(FAILED,))) == FAILED
    assert failure_in(SILENT).why
    assert failure_in(SILENT).remedy


def test_a_chunk_was_watched_or_given_up() -> None:
    before = ChunkRow(chunk=chunks_of(a_recording(), 1)[0], state=ChunkState.FAILED, why="old", remedy="old")
    watched = watched_chunk(before, replace(SILENT, facts=(SEEN,)))
    assert (watched.state, watched.features, watched.remarks, watched.why) == (ChunkState.WATCHED, "f", ("dark",), "")
    given_up = watched_chunk(watched, replace(SILENT, facts=(FAILED,)))
    assert (given_up.state, given_up.features, given_up.why) == (ChunkState.FAILED, "", "nothing decodes")
