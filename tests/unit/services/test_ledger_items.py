from __future__ import annotations

import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.domain.job import CutRules, ItemState
from appliance.domain.request import (
    CancelItem,
    DeleteItem,
    ForgetOriginal,
    ForgetReel,
    PinItem,
    RecutItem,
    Request,
    RetryItem,
    UndoCut,
)
from appliance.domain.rules import ReelRule, WatchingRule
from appliance.domain.timespan import Span
from tests.ledger_examples import Rink, a_failure, play

ITEM = "item-1"
OTHER_RULES = CutRules(reel=ReelRule(pad_before=Fraction(5)))


async def finished(rink: Rink) -> None:
    await rink.add()
    await rink.turn()
    await rink.work_all()
    assert rink.item().state is ItemState.COMPLETED


async def recut(rink: Rink, pad_s: int) -> None:
    assert (await rink.ask(RecutItem(item_id=ITEM, rules=CutRules(reel=ReelRule(pad_before=Fraction(pad_s)))))).ok
    await rink.turn()
    await rink.work_all()


@pytest.mark.parametrize(
    "request_",
    [
        *(RetryItem(item_id="x"), CancelItem(item_id="x"), DeleteItem(item_id="x"), PinItem(item_id="x", pinned=True)),
        *(RecutItem(item_id="x", rules=CutRules()), UndoCut(item_id="x")),
        *(ForgetOriginal(item_id="x"), ForgetReel(item_id="x", why="old")),
    ],
    ids=lambda request: type(request).__name__,
)
def test_nothing_is_done_to_a_recording_that_is_not_there(tmp_path: Path, request_: Request) -> None:
    async def scene(rink: Rink) -> None:
        answer = await rink.ask(request_)
        assert not answer.ok
        assert answer.why == "there is no such recording"
        assert answer.remedy

    play(tmp_path, scene)


def test_a_failed_recording_goes_on_from_the_stage_that_failed(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        await rink.work(rink.orders["item-1.1.probe"])
        for order in list(rink.orders.values()):
            await rink.work(order)
        await rink.work(rink.orders["item-1.1.select"])
        await rink.tell("item-1.1.assemble", a_failure())
        assert rink.item().state is ItemState.FAILED
        assert (await rink.ask(RetryItem(item_id=ITEM))).ok
        assert (rink.item().state, rink.item().message, rink.item().remedy) == (ItemState.QUEUED, "Waiting", "")
        assert (await rink.ask(RetryItem(item_id=ITEM))).ok
        await rink.turn()
        assert set(rink.orders) == {"item-1.1.assemble"}
        await rink.work_all()
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_chunks_that_were_watched_are_not_watched_again(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        await rink.work(rink.orders["item-1.1.probe"])
        await rink.work(rink.orders["item-1.1.analyse.00001"])
        assert (await rink.ask(CancelItem(item_id=ITEM))).ok
        await rink.turn()
        assert rink.orders == {}
        assert rink.item().state is ItemState.CANCELLED
        assert (await rink.ask(RetryItem(item_id=ITEM))).ok
        await rink.turn()
        assert set(rink.orders) == {"item-1.1.analyse.00000", "item-1.1.analyse.00002"}
        assert rink.item().chunks_done == 1
        await rink.work_all()
        assert (rink.item().state, rink.item().chunks_done) == (ItemState.COMPLETED, 3)

    play(tmp_path, scene)


def test_chunks_that_failed_are_watched_again_when_all_of_them_had(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        await rink.work(rink.orders["item-1.1.probe"])
        for order_id in list(rink.orders):
            await rink.tell(order_id, a_failure())
        await rink.ask(RetryItem(item_id=ITEM))
        await rink.turn()
        assert len(rink.orders) == 3
        assert rink.item().chunks_done == 0
        await rink.work_all()
        assert (rink.item().state, rink.item().remarks) == (
            ItemState.COMPLETED,
            ("two cuts grew to the key frames around them",),
        )

    play(tmp_path, scene)


def test_what_was_seen_and_is_gone_is_watched_again(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        await rink.work(rink.orders["item-1.1.probe"])
        for order in list(rink.orders.values()):
            await rink.work(order)
        await rink.tell("item-1.1.select", a_failure("it can no longer be read"), dead=True)
        (rink.data.features / ITEM / "rec-item-1-00002.npz").unlink()
        await rink.ask(RetryItem(item_id=ITEM))
        await rink.turn()
        assert set(rink.orders) == {"item-1.1.analyse.00002"}
        await rink.work_all()
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_a_finished_recording_is_neither_retried_nor_cancelled(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        assert not (await rink.ask(RetryItem(item_id=ITEM))).ok
        assert not (await rink.ask(CancelItem(item_id=ITEM))).ok

    play(tmp_path, scene)


def test_cancelling_takes_the_orders_off_the_bus_even_after_a_crash(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        assert (await rink.ask(CancelItem(item_id=ITEM))).ok
        assert (await rink.ask(CancelItem(item_id=ITEM))).ok
        assert set(rink.orders) == {"item-1.1.probe"}
        rink.start()
        await rink.turn()
        assert rink.orders == {}
        assert rink.item().message == "Cancelled"

    play(tmp_path, scene)


def test_a_deleted_recording_is_gone_and_may_come_again(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        for _ in range(2):
            assert (await rink.ask(DeleteItem(item_id=ITEM))).ok
            assert rink.book.item(ITEM) is None
        answer = await rink.add("item-2", content="content-item-1")
        assert (answer.ok, answer.value) == (True, "")
        await rink.turn()
        await rink.work_all()
        assert rink.item("item-2").state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_a_recording_that_is_deleted_and_comes_again_under_its_old_id_is_worked_on_anew(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        await rink.ask(DeleteItem(item_id=ITEM))
        await rink.add()
        await rink.turn()
        assert set(rink.orders) == {"item-1.1.probe"}
        await rink.work_all()
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_a_new_cut_runs_no_model_and_shows_the_old_reel_meanwhile(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        rules = replace(OTHER_RULES, watching=WatchingRule(target_fps=Fraction(2)))
        for _ in range(2):
            assert (await rink.ask(RecutItem(item_id=ITEM, rules=rules))).ok
            await rink.turn()
        assert set(rink.orders) == {"item-1.2.select"}
        assert rink.item().reel == "reels/item-1/001/highlight_A.mp4"
        order = rink.orders["item-1.2.select"]
        assert (order.rules.reel, order.rules.watching) == (OTHER_RULES.reel, WatchingRule())
        await rink.work_all()
        assert (rink.item().revision, rink.item().reel) == (2, "reels/item-1/002/highlight_A.mp4")
        assert (await rink.ask(RecutItem(item_id=ITEM, rules=rules))).ok
        assert rink.item().state is ItemState.COMPLETED
        assert len(rink.book.revisions(ITEM)) == 2

    play(tmp_path, scene)


def test_without_what_was_seen_or_the_original_nothing_is_cut_anew(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        shutil.rmtree(rink.data.features / ITEM)
        answer = await rink.ask(RecutItem(item_id=ITEM, rules=OTHER_RULES))
        assert not answer.ok
        assert "what was seen" in answer.why
        await rink.ask(ForgetOriginal(item_id=ITEM))
        answer = await rink.ask(RecutItem(item_id=ITEM, rules=OTHER_RULES))
        assert not answer.ok
        assert "original" in answer.why
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_a_recording_that_is_being_worked_on_is_not_cut_anew(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        answer = await rink.ask(RecutItem(item_id=ITEM, rules=OTHER_RULES))
        assert not answer.ok
        assert "being worked on" in answer.why

    play(tmp_path, scene)


def test_undoing_goes_one_cut_back_however_often_it_is_asked(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        assert not (await rink.ask(UndoCut(item_id=ITEM))).ok
        await recut(rink, 5)
        await recut(rink, 6)
        assert rink.item().revision == 3
        for _ in range(2):
            assert (await rink.ask(UndoCut(item_id=ITEM))).value == "2"
        item = rink.item()
        assert (item.state, item.revision, item.reel) == (ItemState.COMPLETED, 2, "reels/item-1/002/highlight_A.mp4")
        revision = rink.book.revision(ITEM)
        assert revision is not None
        assert revision.number == 2
        await recut(rink, 7)
        assert rink.item().revision == 4

    play(tmp_path, scene)


def test_a_cut_whose_reel_was_swept_is_not_gone_back_to(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        await recut(rink, 5)
        shutil.rmtree(rink.data.reel_folder(ITEM, 1))
        answer = await rink.ask(UndoCut(item_id=ITEM))
        assert (answer.ok, answer.why) == (False, "there is no cut before this one")
        assert rink.item().revision == 2

    play(tmp_path, scene)


def test_originals_of_finished_recordings_alone_may_be_forgotten(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        assert not (await rink.ask(ForgetOriginal(item_id=ITEM))).ok
        assert rink.item().has_original
        await rink.turn()
        await rink.work_all()
        for _ in range(2):
            assert (await rink.ask(ForgetOriginal(item_id=ITEM))).ok
        assert not rink.item().has_original
        assert [row.stored for row in rink.book.parts_of(ITEM)] == [None]
        assert [row.stored for row in rink.book.files_of("job-1")] == [None]

    play(tmp_path, scene)


def test_a_reel_that_is_kept_for_good_is_not_forgotten(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        assert (await rink.ask(PinItem(item_id=ITEM, pinned=True))).ok
        assert not (await rink.ask(ForgetReel(item_id=ITEM, why="old"))).ok
        assert rink.item().reel is not None
        await rink.ask(PinItem(item_id=ITEM, pinned=False))
        for _ in range(2):
            assert (await rink.ask(ForgetReel(item_id=ITEM, why="It was older than 180 days."))).ok
        item = rink.item()
        assert (item.reel, item.poster, item.reel_bytes) == (None, None, None)
        assert (item.state, item.message) == (ItemState.COMPLETED, "It was older than 180 days.")
        assert [cut.reel for cut in rink.book.revisions(ITEM)] == [None]
        await rink.ask(RecutItem(item_id=ITEM, rules=CutRules()))
        await rink.turn()
        await rink.work_all()
        assert rink.item().reel == "reels/item-1/002/highlight_A.mp4"

    play(tmp_path, scene)


def test_a_reel_is_not_forgotten_while_a_new_cut_is_made(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        await rink.ask(RecutItem(item_id=ITEM, rules=OTHER_RULES))
        assert not (await rink.ask(ForgetReel(item_id=ITEM, why="old"))).ok
        assert not (await rink.ask(UndoCut(item_id=ITEM))).ok

    play(tmp_path, scene)


def test_a_cut_by_hand_goes_to_the_worker_and_is_undone_like_any_other(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        parts = (Span(Fraction(1), Fraction(2)), Span(Fraction(5), Fraction(9)))
        by_hand = CutRules(reel=ReelRule(parts=parts))
        for _ in range(2):
            assert (await rink.ask(RecutItem(item_id=ITEM, rules=by_hand))).ok
            await rink.turn()
        assert rink.orders["item-1.2.select"].rules.reel.parts == parts
        await rink.work_all()
        revision = rink.book.revision(ITEM)
        assert revision is not None
        assert (revision.number, revision.rules.reel.parts) == (2, parts)
        assert (await rink.ask(UndoCut(item_id=ITEM))).value == "1"

    play(tmp_path, scene)


def test_a_cut_of_which_nothing_would_be_left_is_refused(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await finished(rink)
        beyond = CutRules(reel=ReelRule(parts=(Span(Fraction(10**6), Fraction(10**6 + 1)),)))
        answer = await rink.ask(RecutItem(item_id=ITEM, rules=beyond))
        assert not answer.ok
        assert "inside" in answer.why
        assert rink.item().revision == 1

    play(tmp_path, scene)
