"""The ledger as a whole: real book, bus in memory, workers played by hand."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest

from appliance.domain.errors import DiskFull, Misconfigured
from appliance.domain.job import CutRules, ItemState, Source
from appliance.domain.order import BookChanged, Order, Outcome
from appliance.domain.request import CancelItem, DeleteItem, OpenJob, RecutItem, Request, RetryItem, SettleJob
from appliance.domain.rules import ReelRule
from appliance.services.ledger import STEPS, Ledger
from tests.ledger_examples import Rink, a_failure, an_arrival, facts_for, keep_made, play

#: Longest that a test waits for something that happens in milliseconds.
DEADLINE_S = 20.0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.01)


async def running(rink: Rink, scene: Callable[[], Awaitable[None]]) -> None:
    """Play a scene while the ledger runs; then it has to end within two seconds."""
    stop = asyncio.Event()
    task = asyncio.create_task(rink.ledger.run(stop))
    try:
        await scene()
    finally:
        stop.set()
        await asyncio.wait_for(task, 2.0)


def test_a_recording_walks_through_every_stage_to_its_reel(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        assert (await rink.add()).ok
        assert (rink.item().state, rink.item().message) == (ItemState.QUEUED, "Waiting")
        await rink.turn()
        assert (rink.item().state, rink.item().message) == (ItemState.PROCESSING, "Opening")
        (probe,) = rink.orders.values()
        await rink.work(probe)
        item = rink.item()
        assert (item.stage, item.message, item.duration_s, item.chunks_total) == ("analyse", "Watching", 600.0, 3)
        for number, order in enumerate(rink.orders.values(), start=1):
            await rink.work(order)
            assert rink.item().chunks_done == number
        assert rink.item().message == "Choosing moments"
        (select,) = rink.orders.values()
        await rink.work(select)
        assert (rink.item().message, rink.item().moments, rink.item().kept_s) == ("Cutting the reel", 2, 24.0)
        (assemble,) = rink.orders.values()
        assert assemble.target == Path("reels/item-1/001/highlight_Name of item-1.mp4")
        await rink.work(assemble)
        item = rink.item()
        assert (item.state, item.reel, item.reel_bytes) == (ItemState.COMPLETED, "reels/item-1/001/highlight_A.mp4", 5 * 10**6)
        assert item.started_at_s is not None
        assert item.finished_at_s is not None
        assert rink.orders == {}
        assert rink.book.tallies().stage_s["analyse"] == (4.5, 3)

    play(tmp_path, scene)


def test_running_it_answers_sends_hears_and_tells_the_news(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        news: list[object] = []

        async def listen() -> None:
            heard = rink.bus.listen()
            while True:
                news.append(await anext(heard))

        async def life() -> None:
            ears = asyncio.create_task(listen())
            opening = OpenJob(job_id="job-1", name="Drop", source=Source.FOLDER, trace_id="t", at_s=0.0)
            assert (await rink.bus.ask(opening, DEADLINE_S)).ok
            assert (await rink.bus.ask(an_arrival("item-1"), DEADLINE_S)).ok
            while not rink.item().state.is_final:
                await until(lambda: bool(rink.orders) or rink.item().state.is_final)
                for order in rink.orders.values():
                    await say(rink, order)
            await until(lambda: BookChanged(job_id="job-1", item_id="item-1", what="item") in news)
            assert BookChanged(job_id="job-1", what="job") in news
            ears.cancel()

        await running(rink, life)
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


async def say(rink: Rink, order: Order) -> None:
    """A worker does an order; the ledger hears of it when it gets to it."""
    facts = facts_for(order)
    keep_made(rink.data, facts, order.item_id)
    await rink.bus.tell(rink.outcome(order.id, *facts))
    await rink.take_off(order.id)


def test_a_bus_that_is_away_is_waited_for(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        rink.bus.away = True

        async def life() -> None:
            await until(lambda: rink.journal.events.count("ledger waits") >= 3)
            rink.bus.away = False
            await until(lambda: bool(rink.orders))
            rink.bus.away = True
            waited = rink.journal.events.count("ledger waits")
            await until(lambda: rink.journal.events.count("ledger waits") > waited)

        await running(rink, life)

    play(tmp_path, scene)


def test_every_step_that_gets_on_is_told_and_one_that_waits_for_the_bus_is_not(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        alive: list[str] = []
        rink.ledger = Ledger(replace(rink.parts(), alive=alive.append), rink.rule)

        async def life() -> None:
            await until(lambda: set(alive) == set(STEPS))
            rink.bus.away = True
            await until(lambda: "ledger waits" in rink.journal.events)
            alive.clear()
            await until(lambda: rink.journal.events.count("ledger waits") >= 3)
            assert "hear_one" not in alive

        await running(rink, life)

    play(tmp_path, scene)


def test_a_full_disk_is_no_standstill_of_the_ledger(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        alive: list[str] = []
        rink.ledger = Ledger(replace(rink.parts(), alive=alive.append), rink.rule)

        async def full() -> bool:
            raise DiskFull("no room")

        async def life() -> None:
            await until(lambda: alive.count("take_turn") >= 2)

        with patch.object(rink.ledger, "take_turn", full):
            await running(rink, life)

    play(tmp_path, scene)


def test_an_outcome_that_cannot_be_written_comes_again_when_there_is_room(tmp_path: Path) -> None:
    @contextmanager
    def full() -> Iterator[None]:
        raise DiskFull("the disk is full")
        yield

    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        order = rink.orders["item-1.1.probe"]
        await rink.bus.tell(rink.outcome(order.id, *facts_for(order)))
        with patch.object(rink.book, "writing", full), pytest.raises(DiskFull):
            await rink.ledger.hear_one()
        assert rink.item().message == "Opening"
        assert not await rink.ledger.hear_one()
        rink.clock.time_s += 60
        assert await rink.ledger.hear_one()
        assert rink.item().message == "Watching"

    play(tmp_path, scene)


def test_an_outcome_that_was_written_but_not_confirmed_comes_again_and_changes_nothing(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        order = rink.orders["item-1.1.probe"]
        await rink.bus.tell(rink.outcome(order.id, *facts_for(order)))
        heard = await rink.bus.next_outcome(0)
        assert heard is not None
        rink.ledger._recorder.record(heard.outcome)
        before = rink.item()
        rink.start()
        rink.clock.time_s += 60
        assert await rink.ledger.hear_one()
        assert rink.item() == before
        assert rink.journal.events[-1] == "outcome known already"

    play(tmp_path, scene)


def test_a_book_that_turns_out_to_be_damaged_ends_it_with_the_reason(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        damage = Misconfigured("the book is damaged", remedy="Copy the backup in its place.")
        with patch.object(rink.book, "items_in", side_effect=damage), pytest.raises(Misconfigured):
            await asyncio.wait_for(rink.ledger.run(asyncio.Event()), DEADLINE_S)

    play(tmp_path, scene)


class Storm:
    """Workers, people and accidents in a random order that a seed tells."""

    def __init__(self, rink: Rink, seed: int) -> None:
        self.rink, self.chance = rink, random.Random(seed)
        self.said: list[Outcome] = []
        self.items = [f"item-{number}" for number in range(1, 6)]
        self.deleted: set[str] = set()

    async def rage(self, steps: int) -> None:
        for item_id in self.items:
            await self.rink.add(item_id)
        deeds = [self.work, self.work, self.work, self.repeat, self.set_back, self.lose, self.restart, self.wipe, self.ask]
        deeds += [self.listen] * 4 + [self.send] * 4
        for _ in range(steps):
            await self.chance.choice(deeds)()

    async def calm(self) -> None:
        """Everything works from now on: whatever is unfinished has to come to its end."""
        for _ in range(60):
            self.rink.clock.time_s += self.rink.rule.grace_s + 1
            await self.rink.ledger.audit()
            await self.rink.hear()
            for order in list(self.rink.orders.values()):
                await say(self.rink, order)
                await self.rink.hear()

    async def work(self) -> None:
        if orders := list(self.rink.orders.values()):
            order = self.chance.choice(orders)
            facts = facts_for(order, moves=self.chance.random() < 0.8)
            facts = (a_failure(),) if self.chance.random() < 0.2 else facts
            keep_made(self.rink.data, facts, order.item_id)
            await self.say(self.rink.outcome(order.id, *facts, dead=self.chance.random() < 0.5 and len(facts) == 1))
            await self.rink.take_off(order.id)

    async def say(self, outcome: Outcome) -> None:
        self.said.append(outcome)
        if self.chance.random() < 0.8:
            await self.rink.bus.tell(outcome)

    async def repeat(self) -> None:
        """An old outcome is delivered again, or comes late for the first time."""
        if self.said:
            self.rink.clock.time_s += 200
            await self.rink.bus.tell(self.chance.choice(self.said))

    async def set_back(self) -> None:
        if orders := list(self.rink.orders.values()):
            order, held = self.chance.choice(orders), self.chance.random() < 0.5
            await self.say(self.rink.outcome(order.id, setback="no room", held=held))
            if held:
                await self.rink.take_off(order.id)

    async def lose(self) -> None:
        """A worker takes an order with it."""
        if orders := list(self.rink.orders):
            await self.rink.take_off(self.chance.choice(orders))

    async def restart(self) -> None:
        self.rink.start()

    async def wipe(self) -> None:
        self.rink.bus.wipe()

    async def listen(self) -> None:
        await self.rink.ledger.hear_one()

    async def send(self) -> None:
        await self.rink.ledger.take_turn()

    async def ask(self) -> None:
        item_id = self.chance.choice(self.items)
        rules = CutRules(reel=ReelRule(pad_before=ReelRule().pad_before + self.chance.randrange(3)))
        wishes: list[Request] = [
            *(RetryItem(item_id=item_id), RetryItem(item_id=item_id), CancelItem(item_id=item_id)),
            *(RecutItem(item_id=item_id, rules=rules), SettleJob(job_id="job-1"), an_arrival(item_id)),
            *([DeleteItem(item_id=item_id)] if self.chance.random() < 0.2 else []),
        ]
        await self.rink.ask(self.chance.choice(wishes))


@pytest.mark.parametrize("seed", range(12))
def test_whatever_is_lost_repeated_or_restarted_each_item_ends_in_one_final_state(tmp_path: Path, seed: int) -> None:
    async def scene(rink: Rink) -> None:
        rink.rule = replace(rink.rule, most_active=3)
        rink.start()
        storm = Storm(rink, seed)
        await storm.rage(250)
        await storm.calm()
        assert rink.orders == {}
        assert rink.book._rows("SELECT id, state FROM orders") == []
        for item_id in storm.items:
            item = rink.book.item(item_id)
            assert item is not None or rink.book.is_deleted(item_id)
            if item is not None:
                assert item.state.is_final
                assert item.finished_at_s is not None
                assert item.message
                cut = rink.book.revision(item_id)
                assert cut is not None
                assert (item.reel is None) == (cut.reel is None)
                if item.state is ItemState.COMPLETED and item.reel is None:
                    assert item.message == "Nobody moves in this recording."

    play(tmp_path, scene)
