from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.algorithms.reserving import room_for
from appliance.domain.errors import Transient
from appliance.domain.job import CutRules, ItemState, Notice
from appliance.domain.order import Lane
from appliance.domain.request import CancelItem, ClearNotice, RaiseNotice, RecutItem, RetryItem
from appliance.domain.rules import ReelRule
from appliance.services.ledger_outbox import Dispatcher
from appliance.services.ledger_pages import LedgerPages
from tests.ledger_examples import FLOOR_BYTES, Rink, facts_for, play

SIZE = 10**9


def states(rink: Rink, count: int) -> list[ItemState]:
    return [rink.item(f"item-{number}").state for number in range(1, count + 1)]


def test_items_take_turns_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        rink.rule = replace(rink.rule, most_active=2)
        rink.start()
        for number in range(1, 5):
            await rink.add(f"item-{number}")
        await rink.turn()
        busy, waits = ItemState.PROCESSING, ItemState.QUEUED
        assert states(rink, 4) == [busy, busy, waits, waits]
        await rink.ask(CancelItem(item_id="item-2"))
        await rink.turn()
        assert states(rink, 4) == [busy, ItemState.CANCELLED, busy, waits]

    play(tmp_path, scene)


def test_new_cuts_do_not_wait_for_a_turn(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        rink.rule = replace(rink.rule, most_active=1)
        rink.start()
        await rink.add("item-1")
        await rink.turn()
        await rink.work_all()
        await rink.add("item-2")
        await rink.turn()
        await rink.ask(RecutItem(item_id="item-1", rules=CutRules(reel=ReelRule(pad_before=ReelRule().pad_before + 1))))
        await rink.turn()
        assert set(rink.orders) == {"item-2.1.probe", "item-1.2.select"}

    play(tmp_path, scene)


def test_watching_goes_to_the_lane_with_the_model(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        await rink.work(rink.orders["item-1.1.probe"])
        assert await rink.bus.next_order(Lane.CPU, 0) is None
        delivery = await rink.bus.next_order(Lane.POSE, 0)
        assert delivery is not None
        assert (delivery.order.stage, delivery.order.trace_id) == ("analyse", "trace")

    play(tmp_path, scene)


def test_an_item_that_does_not_fit_waits_for_room_and_says_so(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        rink.disk.free = FLOOR_BYTES + room_for(SIZE) + room_for(SIZE) - 1
        await rink.add("item-1")
        await rink.add("item-2")
        await rink.turn()
        assert states(rink, 2) == [ItemState.PROCESSING, ItemState.QUEUED]
        assert rink.item("item-2").message == "Waiting for room on the disk"
        (notice,) = rink.book.notices()
        assert (notice.key, notice.remedy != "") == ("disk", True)
        rink.disk.free += 1
        await rink.turn()
        assert states(rink, 2) == [ItemState.PROCESSING, ItemState.PROCESSING]
        assert rink.book.notices() == ()

    play(tmp_path, scene)


def test_what_was_begun_goes_on_while_the_floor_is_free(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        rink.disk.free = FLOOR_BYTES
        await rink.work_all()
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_below_the_floor_nothing_that_needs_room_is_sent(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        rink.disk.free = FLOOR_BYTES - 1
        await rink.work(rink.orders["item-1.1.probe"])
        assert rink.orders == {}
        assert rink.item().message == "Waiting for room on the disk"
        assert [notice.key for notice in rink.book.notices()] == ["disk"]
        rink.start()
        rink.disk.free = FLOOR_BYTES
        await rink.turn()
        assert rink.item().message == "Watching"
        assert rink.book.notices() == ()
        await rink.work_all()
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_choosing_needs_no_room(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        await rink.work(rink.orders["item-1.1.probe"])
        rink.disk.free = 0
        for order in list(rink.orders.values()):
            await rink.work(order)
        assert set(rink.orders) == {"item-1.1.select"}

    play(tmp_path, scene)


def test_somebody_elses_notice_about_the_disk_is_left_alone(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        notice = Notice(key="disk", why="intake pauses", remedy="make room", at_s=0.0)
        await rink.ask(RaiseNotice(notice=notice))
        await rink.turn()
        assert rink.book.notices() == (notice,)
        await rink.ask(ClearNotice(key="disk"))
        assert rink.book.notices() == ()

    play(tmp_path, scene)


def test_what_the_bus_did_not_take_is_sent_later(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        rink.bus.away = True
        with pytest.raises(Transient):
            await rink.turn()
        rink.bus.away = False
        await rink.turn()
        assert set(rink.orders) == {"item-1.1.probe"}

    play(tmp_path, scene)


def test_orders_that_were_sent_before_the_bus_went_are_not_sent_twice(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        for number in range(1, 4):
            await rink.add(f"item-{number}")
        send = rink.bus.send_order
        sent: list[str] = []

        async def send_two(order: object, lane: Lane, issue: int) -> int:
            if len(sent) == 2:
                raise Transient("gone")
            sent.append(order.id)  # type: ignore[attr-defined]
            return await send(order, lane, issue)  # type: ignore[arg-type]

        rink.bus.send_order = send_two  # type: ignore[method-assign]
        with pytest.raises(Transient):
            await rink.turn()
        assert len(rink.book.published_orders(9)) == 2
        assert [row.id for row in rink.book.waiting_orders(rink.clock.now_s(), 9)] == ["item-3.1.probe"]

    play(tmp_path, scene)


def test_an_outcome_that_is_faster_than_the_outbox_is_not_undone_by_it(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        send = rink.bus.send_order

        async def send_and_work(order: object, lane: Lane, issue: int) -> int:
            number = await send(order, lane, issue)  # type: ignore[arg-type]
            if order.stage == "probe":  # type: ignore[attr-defined]
                outcome = rink.outcome(order.id, *facts_for(order))  # type: ignore[attr-defined, arg-type]
                await rink.bus.tell(outcome)
                await rink.ledger.hear_one()
            return number

        rink.bus.send_order = send_and_work  # type: ignore[method-assign]
        await rink.turn()
        assert rink.book.order("item-1.1.probe") is None
        assert len(rink.book.published_orders(9)) == 3

    play(tmp_path, scene)


def test_a_recording_whose_pages_do_not_fit_together_fails_instead_of_stopping_the_others(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add("item-1")
        await rink.add("item-2")
        with rink.book.writing():
            rink.book.save_parts("item-1", ())
            rink.book._do("DELETE FROM revisions WHERE item_id = 'item-2'")
        await rink.add("item-3")
        await rink.turn()
        assert states(rink, 3) == [ItemState.FAILED, ItemState.FAILED, ItemState.PROCESSING]
        assert "does not fit together" in rink.item("item-1").message
        assert set(rink.orders) == {"item-3.1.probe"}

    play(tmp_path, scene)


def test_orders_of_an_item_are_not_sent_before_its_void_ones_are_off_the_bus(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        await rink.work(rink.orders["item-1.1.probe"])
        await rink.work(rink.orders["item-1.1.analyse.00000"])
        await rink.ask(CancelItem(item_id="item-1"))
        await rink.ask(RetryItem(item_id="item-1"))
        numbers = set(rink.orders)
        await rink.turn()
        assert set(rink.orders) == numbers
        assert rink.book.items_with_void_orders(9) == ()
        await rink.work_all()
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_a_turn_does_a_bounded_amount_of_work(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        rule = replace(rink.rule, most_orders=2)
        for number in range(1, 6):
            await rink.add(f"item-{number}")
        dispatcher = Dispatcher(rink.parts(), rule, LedgerPages(rink.parts()))
        assert [await dispatcher.take_turn() for _ in range(4)] == [2, 2, 1, 0]

    play(tmp_path, scene)
