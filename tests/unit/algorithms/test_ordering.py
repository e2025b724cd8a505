from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.algorithms.ordering import (
    ANALYSE,
    ASSEMBLE,
    MESSAGES,
    MOST_REMARKS,
    PROBE,
    SELECT,
    begin,
    cut_of_reel,
    fail,
    fall_back,
    follow_assembling,
    follow_probing,
    follow_selecting,
    follow_watching,
    gather_remarks,
    queue,
    resume,
    show_cut,
)
from appliance.domain.facts import RecordingProbed, ReelAssembled, SegmentsSelected
from appliance.domain.job import ItemState
from appliance.domain.outbox import ChunkCounts, ChunkRow, ChunkState
from appliance.domain.reel import ReelPlan
from appliance.pipeline import PLAN
from tests.book_examples import a_plan, a_recording, a_reel, a_revision, an_item, chunks_of, some_segments

RECORDING = a_recording()
BARE = replace(a_revision(), recording=None, segments=(), plan=None, signal=None, reel=None)
PROBED = replace(BARE, recording=RECORDING)
SELECTED = replace(PROBED, plan=a_plan(), segments=some_segments(), signal="s")


def rows(*states: ChunkState) -> tuple[ChunkRow, ...]:
    return tuple(
        ChunkRow(chunk=chunk, state=state, features=f"f{chunk.index}" if state is ChunkState.WATCHED else "")
        for chunk, state in zip(chunks_of(RECORDING, len(states)), states, strict=True)
    )


WATCHED, FAILED, WAITING = ChunkState.WATCHED, ChunkState.FAILED, ChunkState.WAITING


def test_there_is_a_message_for_every_stage_of_the_plan() -> None:
    assert list(MESSAGES) == [room.name for room in PLAN]


@pytest.mark.parametrize("stage", [PROBE, ANALYSE, SELECT, ASSEMBLE])
def test_what_was_not_opened_is_opened_first(stage: str) -> None:
    assert [each.stage for each in resume(stage, BARE, ())] == [PROBE]
    assert [each.stage for each in resume(stage, PROBED, ())] == [PROBE]


def test_only_chunks_that_were_not_watched_are_watched() -> None:
    wanted = resume(ANALYSE, PROBED, rows(WATCHED, WAITING, FAILED))
    assert [(each.stage, each.chunk_index) for each in wanted] == [(ANALYSE, 1), (ANALYSE, 2)]


def test_chunks_that_failed_are_left_alone_once_moments_were_being_chosen() -> None:
    assert [each.stage for each in resume(SELECT, PROBED, rows(WATCHED, FAILED))] == [SELECT]


def test_features_that_are_gone_are_made_again() -> None:
    wanted = resume(SELECT, PROBED, rows(WATCHED, FAILED, WATCHED), gone={"f2"})
    assert [(each.stage, each.chunk_index) for each in wanted] == [(ANALYSE, 2)]


def test_cutting_needs_no_features() -> None:
    assert [each.stage for each in resume(ASSEMBLE, SELECTED, rows(WATCHED), gone={"f0"})] == [ASSEMBLE]
    assert [each.stage for each in resume(ASSEMBLE, PROBED, rows(WATCHED))] == [SELECT]


def test_an_item_keeps_the_moment_when_it_first_began() -> None:
    wanted = resume(PROBE, BARE, ())
    first = begin(an_item(), wanted, 5.0)
    assert (first.state, first.message, first.started_at_s) == (ItemState.PROCESSING, "Opening", 5.0)
    again = begin(queue(fail(first, "why", "remedy", 6.0), PROBE), wanted, 7.0)
    assert (again.started_at_s, again.finished_at_s, again.remedy) == (5.0, None, "")


def test_a_recording_that_was_opened_is_watched_chunk_by_chunk() -> None:
    following = follow_probing(an_item(), BARE, RecordingProbed(recording=RECORDING), rows(WAITING, WAITING))
    assert following.revision == PROBED
    assert (following.item.duration_s, following.item.chunks_total, following.item.chunks_done) == (600.0, 2, 0)
    assert [each.chunk_index for each in following.wanted] == [0, 1]


@pytest.mark.parametrize(
    ("counts", "stages"),
    [
        (ChunkCounts(total=3, watched=2, failed=0), []),
        (ChunkCounts(total=3, watched=3, failed=0), [SELECT]),
        (ChunkCounts(total=3, watched=1, failed=2), [SELECT]),
        (ChunkCounts(total=3, watched=0, failed=3), []),
    ],
)
def test_moments_are_chosen_once_no_chunk_is_awaited_and_one_was_watched(counts: ChunkCounts, stages: list[str]) -> None:
    following = follow_watching(an_item(state=ItemState.PROCESSING), counts)
    assert [each.stage for each in following.wanted] == stages
    assert following.item.chunks_done == counts.done


def test_moments_lead_to_a_reel_and_none_to_the_end() -> None:
    told = SegmentsSelected(recordings=(RECORDING,), segments=(some_segments(),), signals=("s",), plan=a_plan())
    following = follow_selecting(an_item(), PROBED, told, 9.0)
    assert following.revision == SELECTED
    assert [each.stage for each in following.wanted] == [ASSEMBLE]
    empty = replace(told, segments=((),), plan=ReelPlan(cuts=()))
    ended = follow_selecting(an_item(), PROBED, empty, 9.0)
    assert (ended.is_final, ended.wanted, ended.item.finished_at_s) == (True, (), 9.0)
    assert ended.item.message == "Nobody moves in this recording."


def test_a_finished_reel_is_shown_with_its_real_length() -> None:
    following = follow_assembling(an_item(), SELECTED, ReelAssembled(reel=a_reel()), 9.0)
    assert following.revision == replace(SELECTED, reel=a_reel())
    item = following.item
    assert (item.state, item.kept_s, item.moments, item.reel_bytes) == (ItemState.COMPLETED, 24.0, 2, 5 * 10**6)
    assert (item.reel, item.poster) == ("reels/item-1/001/highlight_A.mp4", "reels/item-1/001/highlight_A.jpg")


def test_when_a_new_cut_fails_the_earlier_one_is_shown() -> None:
    first, second = a_revision(), replace(a_revision(number=2), reel=None)
    item = replace(show_cut(an_item(), first), revision=2, state=ItemState.PROCESSING)
    assert cut_of_reel((first, second), item.reel) == first
    assert cut_of_reel((second,), item.reel) is None
    assert cut_of_reel((second,), None) is None
    kept = fall_back(item, first, "it failed", 9.0)
    assert (kept.state, kept.revision, kept.reel, kept.message) == (ItemState.COMPLETED, 1, item.reel, "it failed")


def test_remarks_are_said_once_each_and_not_without_end() -> None:
    odd = replace(RECORDING, files=(replace(RECORDING.files[0], remarks=("interlaced",)),))
    watched, failed = rows(WATCHED, FAILED)
    said = gather_remarks(odd, (replace(watched, remarks=("damaged", "damaged")), replace(failed, why="broken")), ("damaged",))
    assert said == ("A.MP4: interlaced", "damaged", "5:00 to 10:00 could not be watched: broken")
    assert len(gather_remarks(None, (), map(str, range(500)))) == MOST_REMARKS
