"""What only the bus within a process can do: be away, be wiped, and go by a clock that is moved by hand."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from appliance.adapters.memory_bus import WINDOW_S, MemoryBus
from appliance.domain.errors import Transient, Unusable
from appliance.domain.facts import RecordingArrived
from appliance.domain.job import CutRules
from appliance.domain.order import BookChanged, Lane, Order, ProgressNote
from appliance.domain.request import Answer, CancelItem
from tests.appliance_fakes import HandClock

ORDER = Order(
    id="i.1.probe",
    item_id="i",
    revision=1,
    stage="probe",
    heard=RecordingArrived(paths=(Path("originals/i/a.mp4"),)),
    rules=CutRules(),
    trace_id="t",
)


def test_an_order_goes_to_another_when_the_clock_says_that_its_worker_was_silent() -> None:
    async def check() -> None:
        clock = HandClock()
        bus = MemoryBus(clock=clock, ack_wait_s=30)
        await bus.send_order(ORDER, Lane.CPU, 1)
        first = await bus.next_order(Lane.CPU, 0)
        assert first is not None
        clock.time_s += 29
        await first.heartbeat()
        clock.time_s += 29
        assert await bus.next_order(Lane.CPU, 0) is None
        clock.time_s += 1
        second = await bus.next_order(Lane.CPU, 0)
        assert second is not None
        assert (first.attempt, second.attempt) == (1, 2)

    asyncio.run(check())


def test_the_same_issue_counts_as_new_once_the_window_is_over() -> None:
    async def check() -> None:
        clock = HandClock()
        bus = MemoryBus(clock=clock)
        number = await bus.send_order(ORDER, Lane.CPU, 1)
        clock.time_s += WINDOW_S - 1
        assert await bus.send_order(ORDER, Lane.CPU, 1) == number
        clock.time_s += 1
        assert await bus.send_order(ORDER, Lane.CPU, 1) == number + 1
        assert bus.orders == (ORDER, ORDER)

    asyncio.run(check())


def test_while_the_bus_is_away_calls_say_that_they_may_be_tried_again_and_news_is_lost() -> None:
    async def check() -> None:
        bus = MemoryBus(clock=HandClock(), away=True)
        for call in (
            bus.next_order(Lane.CPU, 0),
            bus.next_outcome(0),
            bus.send_order(ORDER, Lane.CPU, 1),
            bus.store_id(),
            bus.holds_order(1, "i"),
            bus.withdraw_orders("i"),
            bus.bury(ORDER, "why"),
            bus.ask(CancelItem(item_id="i"), timeout_s=0),
        ):
            with pytest.raises(Transient):
                await call
        await bus.announce(BookChanged(item_id="i"))

    asyncio.run(check())


def test_a_wiped_store_holds_nothing_and_has_another_id() -> None:
    async def check() -> None:
        bus = MemoryBus(clock=HandClock())
        number = await bus.send_order(ORDER, Lane.CPU, 1)
        before = await bus.store_id()
        bus.wipe()
        assert await bus.store_id() != before
        assert not await bus.holds_order(number, ORDER.id)
        assert await bus.send_order(ORDER, Lane.CPU, 1) == number

    asyncio.run(check())


def test_what_the_real_bus_could_not_carry_is_not_carried_here() -> None:
    async def check() -> None:
        note = ProgressNote(item_id="i", revision=1, stage="s", done_s=float("nan"), total_s=1, worker="w", at_s=0)
        with pytest.raises(Unusable):
            await MemoryBus(clock=HandClock()).show_progress(note)

    asyncio.run(check())


def test_a_closed_bus_answers_nobody() -> None:
    async def check() -> None:
        bus = MemoryBus(clock=HandClock())

        async def answerer(_: object) -> Answer:
            return Answer(ok=True)

        await bus.serve(answerer)
        assert await bus.ask(CancelItem(item_id="i"), timeout_s=0) == Answer(ok=True)
        await bus.close()
        with pytest.raises(Transient):
            await bus.ask(CancelItem(item_id="i"), timeout_s=0)
        assert [news async for news in bus.listen()] == []

    asyncio.run(check())
