from __future__ import annotations

from typing import Any

import pytest

from appliance.domain.job import Item, ItemState
from appliance.domain.order import ProgressNote
from appliance.services.api import live_progress
from appliance.services.api.live_progress import WEIGHTS, LiveProgress

NOW_S = 1000.0


def item(state: ItemState = ItemState.PROCESSING, **changes: Any) -> Item:
    told: dict[str, Any] = {"stage": "analyse", "chunks_total": 4, "chunks_done": 0, "started_at_s": NOW_S - 100, **changes}
    return Item(id="i", job_id="j", name="n", content_id="c", trace_id="t", state=state, revision=1, created_at_s=0.0, **told)


def note(chunk: int = 0, done_s: float = 30.0, **changes: Any) -> ProgressNote:
    told: dict[str, Any] = {"item_id": "i", "revision": 1, "stage": "analyse", "at_s": NOW_S, **changes}
    return ProgressNote(done_s=done_s, total_s=60.0, worker="w", chunk_index=chunk, **told)


def test_the_weights_of_all_stages_are_one_whole() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("state", "share"),
    [(ItemState.QUEUED, 0.0), (ItemState.COMPLETED, 1.0), (ItemState.FAILED, 0.0), (ItemState.CANCELLED, 0.0)],
)
def test_what_is_not_being_worked_on_needs_no_notes(state: ItemState, share: float) -> None:
    assert LiveProgress().standing(item(state), NOW_S).share == share


def test_chunks_that_are_done_and_those_under_way_add_up() -> None:
    live = LiveProgress()
    live.hear(note(chunk=1))
    live.hear(note(chunk=2, done_s=15.0))
    standing = live.standing(item(chunks_done=1), NOW_S)
    shares = {each.stage: each.share for each in standing.stages}
    assert shares == {"probe": 1.0, "analyse": pytest.approx((1 + 0.5 + 0.25) / 4, abs=1e-4), "select": 0.0, "assemble": 0.0}


def test_the_time_that_is_left_follows_from_the_time_that_went_by() -> None:
    live = LiveProgress()
    standing = live.standing(item(chunks_done=2), NOW_S)
    assert standing.eta_s == pytest.approx(100 * (1 - standing.share) / standing.share, abs=0.1)
    assert live.standing(item(stage="probe"), NOW_S).eta_s is None
    assert live.standing(item(started_at_s=None, chunks_done=2), NOW_S).eta_s is None


def test_old_notes_notes_of_an_earlier_cut_and_finished_chunks_count_for_nothing() -> None:
    live = LiveProgress()
    live.hear(note(chunk=0, at_s=NOW_S - 31))
    live.hear(note(chunk=1, done_s=60.0))
    live.hear(note(chunk=2, revision=0))
    assert live.standing(item(chunks_done=1), NOW_S) == LiveProgress().standing(item(chunks_done=1), NOW_S)


def test_progress_never_reads_as_done_before_it_is() -> None:
    live = LiveProgress()
    for chunk in range(8):
        live.hear(note(chunk=chunk, done_s=59.9))
    live.hear(note(stage="assemble", done_s=59.9))
    assert live.standing(item(chunks_done=4), NOW_S).share < 1
    assert live.standing(item(stage="assemble"), NOW_S).share < 1


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_progress, "MOST_ITEMS", 2)
    monkeypatch.setattr(live_progress, "MOST_CHUNKS", 2)
    live = LiveProgress()
    for number in range(3):
        live.hear(note(item_id=f"other {number}"))
    for chunk in range(3):
        live.hear(note(chunk=chunk, at_s=NOW_S + chunk))
    shares = {each.stage: each.share for each in live.standing(item(), NOW_S + 3).stages}
    assert shares["analyse"] == pytest.approx(2 * 0.5 / 4)
    live.forget("i")
    assert {each.stage: each.share for each in live.standing(item(), NOW_S).stages}["analyse"] == 0.0
