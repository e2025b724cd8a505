from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.domain.facts import ChunkAnalysed, FootageAnalysed, RecordingProbed, SegmentsSelected
from appliance.domain.job import CutRules, ItemState
from appliance.domain.order import Outcome
from appliance.domain.reel import ReelPlan
from appliance.domain.request import CancelItem, DeleteItem, RecutItem, RetryItem
from appliance.domain.rules import ReelRule
from tests.ledger_examples import Rink, a_failure, facts_for, play

OTHER_RULES = CutRules(reel=ReelRule(budget=None, pad_before=ReelRule().pad_before + 1))


async def probed(rink: Rink) -> None:
    """An item whose chunks wait to be watched."""
    await rink.add()
    await rink.turn()
    await rink.work(rink.orders["item-1.1.probe"])


async def finished(rink: Rink) -> None:
    await rink.add()
    await rink.turn()
    await rink.work_all()


async def repeat(rink: Rink, outcome: Outcome) -> None:
    """The bus delivers an outcome once more, long after it forgot that it knew it."""
    rink.clock.time_s += 1000
    await rink.bus.tell(outcome)
    await rink.hear()


def log_of(rink: Rink, order_id: str) -> list[str]:
    rows = rink.book._rows("SELECT verdict FROM outcomes WHERE order_id = ? ORDER BY rowid", [order_id])
    return [row[0] for row in rows]


def test_the_same_outcome_twice_changes_nothing_the_second_time(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        outcome = await rink.work(rink.orders["item-1.1.probe"])
        before, orders = rink.item(), set(rink.orders)
        await repeat(rink, outcome)
        assert (rink.item(), set(rink.orders)) == (before, orders)
        assert log_of(rink, "item-1.1.probe") == ["done"]

    play(tmp_path, scene)


def test_another_outcome_of_an_order_that_is_done_is_logged_and_ignored(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await probed(rink)
        before = rink.item()
        await rink.tell("item-1.1.probe", a_failure())
        assert rink.item() == before
        assert log_of(rink, "item-1.1.probe") == ["done", "ignored"]

    play(tmp_path, scene)


@pytest.mark.parametrize("request_", [CancelItem(item_id="item-1"), DeleteItem(item_id="item-1")], ids=["cancelled", "deleted"])
def test_an_outcome_of_an_item_that_is_gone_is_logged_and_ignored(tmp_path: Path, request_: CancelItem | DeleteItem) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        order = rink.orders["item-1.1.probe"]
        await rink.ask(request_)
        before = rink.book.item("item-1")
        await rink.tell(order.id, *facts_for(order))
        assert rink.book.item("item-1") == before
        assert rink.orders == {}
        assert log_of(rink, order.id) == ["ignored"]

    play(tmp_path, scene)


def test_an_outcome_of_an_order_that_was_taken_back_is_ignored_although_its_item_waits_for_another_try(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        order = rink.orders["item-1.1.probe"]
        await rink.ask(CancelItem(item_id="item-1"))
        await rink.ask(RetryItem(item_id="item-1"))
        await rink.bus.tell(rink.outcome(order.id, *facts_for(order)))
        assert await rink.ledger.hear_one()
        assert log_of(rink, order.id) == ["ignored"]
        assert rink.item().state is ItemState.QUEUED
        await rink.turn()
        await rink.work_all()
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_an_outcome_of_an_order_that_nobody_gave_is_logged_and_ignored(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.tell("stranger.1.probe", a_failure())
        assert log_of(rink, "stranger.1.probe") == ["ignored"]

    play(tmp_path, scene)


def test_an_outcome_of_a_cut_that_was_given_up_is_ignored(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        await rink.ask(RecutItem(item_id="item-1", rules=OTHER_RULES))
        await rink.turn()
        late = rink.orders["item-1.2.select"]
        await rink.ask(CancelItem(item_id="item-1"))
        before = rink.item()
        await rink.tell(late.id, *facts_for(late))
        assert rink.item() == before
        assert (before.state, before.revision, before.reel) == (
            ItemState.COMPLETED,
            1,
            "reels/item-1/001/highlight_A.mp4",
        )

    play(tmp_path, scene)


def test_a_late_outcome_counts_once_although_its_order_was_sent_anew(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        order = rink.orders["item-1.1.probe"]
        rink.bus.wipe()
        await rink.ledger.audit()
        await rink.turn()
        assert set(rink.orders) == {order.id}
        await rink.bus.tell(rink.outcome(order.id, *facts_for(order)))
        await rink.hear()
        assert rink.item().message == "Watching"
        await rink.tell(order.id, *facts_for(order))
        assert rink.item().chunks_total == 3
        assert log_of(rink, order.id) == ["done", "ignored"]

    play(tmp_path, scene)


def test_a_recording_that_cannot_be_opened_fails_with_reason_and_remedy(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        await rink.tell("item-1.1.probe", a_failure("it is no video", "Copy it again."))
        item = rink.item()
        assert (item.state, item.stage) == (ItemState.FAILED, "probe")
        assert (item.message, item.remedy) == ("it is no video", "Copy it again.")
        assert rink.book.dead_letters(9) == ()
        assert rink.bus.buried == []

    play(tmp_path, scene)


def test_what_was_given_up_although_it_may_be_fine_is_buried_and_shown(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        order = rink.orders["item-1.1.probe"]
        await rink.tell(order.id, a_failure("it stopped the worker"), dead=True)
        (letter,) = rink.book.dead_letters(9)
        assert (letter.order_id, letter.why, letter.remedy) == (order.id, "it stopped the worker", "Copy it again.")
        assert rink.bus.buried == [(order, "it stopped the worker")]
        await rink.ask(RetryItem(item_id="item-1"))
        assert rink.book.dead_letters(9) == ()

    play(tmp_path, scene)


def test_one_chunk_that_cannot_be_watched_is_a_remark(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await probed(rink)
        await rink.tell("item-1.1.analyse.00001", a_failure("nothing in it decodes"), dead=True)
        assert rink.item().state is ItemState.PROCESSING
        await rink.work_all()
        item = rink.item()
        assert (item.state, item.chunks_done) == (ItemState.COMPLETED, 3)
        assert "3:20 to 6:40 could not be watched: nothing in it decodes" in item.remarks
        assert rink.book.dead_letters(9) == ()

    play(tmp_path, scene)


def test_choosing_hears_of_the_chunks_that_were_watched_in_order(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await probed(rink)
        await rink.work(rink.orders["item-1.1.analyse.00002"])
        await rink.tell("item-1.1.analyse.00001", a_failure())
        await rink.work(rink.orders["item-1.1.analyse.00000"])
        heard = rink.orders["item-1.1.select"].heard
        assert isinstance(heard, FootageAnalysed)
        assert heard.features == (("rec-item-1-00000", "rec-item-1-00002"),)

    play(tmp_path, scene)


def test_when_no_chunk_can_be_watched_the_item_fails_with_the_first_reason(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await probed(rink)
        for index in (2, 0, 1):
            await rink.tell(f"item-1.1.analyse.{index:05}", a_failure(f"chunk {index} is broken"))
        item = rink.item()
        assert (item.state, item.message, item.chunks_done) == (ItemState.FAILED, "chunk 0 is broken", 3)
        assert rink.orders == {}

    play(tmp_path, scene)


def test_a_recording_in_which_nobody_moves_is_completed_without_a_reel(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await probed(rink)
        for order in list(rink.orders.values()):
            await rink.work(order)
        select = rink.orders["item-1.1.select"]
        await rink.tell(select.id, *facts_for(select, moves=False))
        item = rink.item()
        assert (item.state, item.message) == (ItemState.COMPLETED, "Nobody moves in this recording.")
        assert (item.reel, item.moments, item.kept_s) == (None, 0, 0.0)
        assert rink.orders == {}

    play(tmp_path, scene)


def test_a_setback_is_shown_until_it_is_over(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await probed(rink)
        await rink.bus.tell(rink.outcome("item-1.1.analyse.00000", setback="the share went away"))
        await rink.hear()
        assert rink.item().message == "Trying again: the share went away"
        assert set(rink.orders) == {f"item-1.1.analyse.{index:05}" for index in range(3)}
        await rink.work(rink.orders["item-1.1.analyse.00001"])
        assert rink.item().message == "Watching"

    play(tmp_path, scene)


def test_an_order_that_was_handed_back_for_want_of_room_rests_and_is_sent_anew(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await probed(rink)
        first = await rink.tell("item-1.1.analyse.00000", setback="the disk is full", held=True)
        assert rink.item().message == "Waiting for room on the disk: the disk is full"
        assert "item-1.1.analyse.00000" not in rink.orders
        rink.clock.time_s += rink.rule.held_for_s + 1
        await rink.turn()
        assert "item-1.1.analyse.00000" in rink.orders
        assert rink.item().message == "Watching"
        await repeat(rink, first)
        await rink.work_all()
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_a_new_cut_that_fails_leaves_the_old_reel(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        before = rink.item()
        await rink.ask(RecutItem(item_id="item-1", rules=OTHER_RULES))
        await rink.turn()
        await rink.work(rink.orders["item-1.2.select"])
        await rink.tell("item-1.2.assemble", a_failure("the encoder broke", "Report it."), dead=True)
        item = rink.item()
        assert (item.state, item.revision, item.reel) == (ItemState.COMPLETED, 1, before.reel)
        assert "the encoder broke" in item.message
        assert (item.remedy, item.kept_s, item.moments) == ("Report it.", before.kept_s, before.moments)
        assert item.finished_at_s is not None
        assert rink.book.dead_letters(9) == ()

    play(tmp_path, scene)


def test_a_new_cut_in_which_nothing_is_left_keeps_the_old_reel(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        await rink.ask(RecutItem(item_id="item-1", rules=OTHER_RULES))
        await rink.turn()
        select = rink.orders["item-1.2.select"]
        await rink.tell(select.id, *facts_for(select, moves=False))
        item = rink.item()
        assert (item.state, item.revision) == (ItemState.COMPLETED, 1)
        assert item.reel == "reels/item-1/001/highlight_A.mp4"
        assert item.message.startswith("Nothing moves enough")

    play(tmp_path, scene)


def test_an_outcome_without_anything_useful_in_it_fails_the_item(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        wrong = ChunkAnalysed(recording_id="r", chunk_index=0, features="f")
        await rink.tell("item-1.1.probe", wrong)
        assert rink.item().state is ItemState.FAILED
        assert "nothing that it could use" in rink.item().message

    play(tmp_path, scene)


def test_an_outcome_that_cannot_be_understood_fails_its_item_instead_of_coming_back_for_ever(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await probed(rink)
        for order in list(rink.orders.values()):
            await rink.work(order)
        empty = SegmentsSelected(recordings=(), segments=(), signals=(), plan=ReelPlan(cuts=()))
        await rink.tell("item-1.1.select", empty)
        assert rink.item().state is ItemState.FAILED
        assert "could not be written down" in rink.item().message
        assert [letter.order_id for letter in rink.book.dead_letters(9)] == ["item-1.1.select"]

    play(tmp_path, scene)


def test_a_recording_that_is_opened_again_is_planned_anew(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        order = rink.orders["item-1.1.probe"]
        (told, *_) = facts_for(order)
        assert isinstance(told, RecordingProbed)
        await rink.tell(order.id, told)
        assert rink.item().state is ItemState.FAILED
        await rink.ask(RetryItem(item_id="item-1"))
        await rink.turn()
        await rink.work(rink.orders[order.id])
        assert [row.chunk.index for row in rink.book.chunks_of("item-1")] == [0, 1, 2]
        await rink.work_all()
        assert rink.item() == replace(rink.item(), state=ItemState.COMPLETED, chunks_done=3)

    play(tmp_path, scene)
