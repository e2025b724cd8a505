from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.domain.errors import Transient
from appliance.domain.job import ItemState
from appliance.domain.request import DeleteItem, SettleJob
from tests.ledger_examples import Rink, play


async def lose(rink: Rink, order_id: str) -> None:
    """The bus loses one order."""
    await rink.take_off(order_id)


def test_an_order_that_the_bus_lost_is_sent_anew_after_a_grace(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        await lose(rink, "item-1.1.probe")
        assert await rink.ledger.audit() == 0
        rink.clock.time_s += rink.rule.grace_s + 1
        assert await rink.ledger.audit() == 0
        assert await rink.ledger.audit() == 1
        await rink.turn()
        assert set(rink.orders) == {"item-1.1.probe"}
        await rink.work_all()
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_the_bus_does_not_take_an_order_that_is_sent_anew_for_the_one_that_it_lost(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        rink.rule = replace(rink.rule, grace_s=1.0)
        rink.start()
        await rink.add()
        await rink.turn()
        await lose(rink, "item-1.1.probe")
        rink.clock.time_s += 2
        assert [await rink.ledger.audit() for _ in range(2)] == [0, 1]
        await rink.turn()
        assert set(rink.orders) == {"item-1.1.probe"}

    play(tmp_path, scene)


def test_an_order_that_the_bus_holds_is_left_alone_however_long_it_takes(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        for _ in range(5):
            rink.clock.time_s += rink.rule.grace_s + 1
            assert await rink.ledger.audit() == 0
        assert len(rink.orders) == 1

    play(tmp_path, scene)


def test_an_order_whose_outcome_arrives_between_two_looks_is_not_sent_anew(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        rink.clock.time_s += rink.rule.grace_s + 1
        order = rink.orders["item-1.1.probe"]
        await lose(rink, order.id)
        assert await rink.ledger.audit() == 0
        await rink.work(order)
        assert await rink.ledger.audit() == 0
        assert order.id not in rink.orders

    play(tmp_path, scene)


@pytest.mark.parametrize("restarted", [False, True])
def test_when_the_store_is_lost_everything_unfinished_is_sent_anew(tmp_path: Path, restarted: bool) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add("item-1")
        await rink.add("item-2")
        await rink.turn()
        await rink.work(rink.orders["item-1.1.probe"])
        await rink.work(rink.orders["item-1.1.analyse.00001"])
        before = set(rink.orders)
        assert len(before) == 3
        rink.bus.wipe()
        if restarted:
            rink.start()
        else:
            assert await rink.ledger.audit() == 3
        await rink.turn()
        assert set(rink.orders) == before
        await rink.work_all()
        assert {rink.item("item-1").state, rink.item("item-2").state} == {ItemState.COMPLETED}

    play(tmp_path, scene)


def test_a_bus_that_is_away_is_no_reason_to_send_anything_anew(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        rink.clock.time_s += rink.rule.grace_s + 1
        rink.bus.away = True
        with pytest.raises(Transient):
            await rink.ledger.audit()
        rink.bus.away = False
        assert await rink.ledger.audit() == 0

    play(tmp_path, scene)


def test_orders_are_looked_at_in_bounded_numbers_and_all_in_the_end(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        for number in range(5):
            await rink.add(f"item-{number}")
        await rink.turn()
        for order_id in list(rink.orders):
            await lose(rink, order_id)
        rink.rule = replace(rink.rule, most_orders=2)
        rink.start()
        rink.clock.time_s += rink.rule.grace_s + 1
        found = 0
        for _ in range(12):
            found += await rink.ledger.audit()
        assert found == 5

    play(tmp_path, scene)


def test_old_lines_of_the_log_and_receipts_without_a_recording_are_dropped(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add("item-1", job_id="job-1")
        await rink.add("item-2", job_id="job-2")
        await rink.turn()
        await rink.work_all()
        for job_id in ("job-1", "job-2"):
            await rink.ask(SettleJob(job_id=job_id))
        await rink.ask(DeleteItem(item_id="item-1"))
        rink.clock.time_s += rink.rule.outcomes_for_s + 1
        await rink.ledger.audit()
        assert rink.book._rows("SELECT count(*) FROM outcomes") == [(0,)]
        assert len(rink.book.jobs(9)) == 2
        rink.clock.time_s += rink.rule.receipts_for_s
        await rink.ledger.audit()
        assert [job.id for job in rink.book.jobs(9)] == ["job-2"]
        assert rink.book._rows("SELECT id FROM items") == [("item-2",)]

    play(tmp_path, scene)
