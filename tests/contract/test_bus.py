"""The bus, over a real NATS server and within one process: what is sent is delivered, once to one, until it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.domain.errors import Transient
from appliance.domain.order import BookChanged, Lane, ProgressNote
from appliance.domain.request import Answer, CancelItem, PinItem, Request
from appliance.ports.bus import News
from tests.bus_grounds import (
    ACK_WAIT_S,
    NOT_S,
    SOON_S,
    Bus,
    Ground,
    MemoryGround,
    NatsGround,
    an_order,
    an_outcome,
    on_a_bus,
    soon,
    taken,
)
from tests.nats_place import running_nats


@pytest.fixture(params=["memory", "jetstream"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    if request.param == "memory":
        yield MemoryGround()
    else:
        with running_nats(tmp_path) as server:
            yield NatsGround(server)


def test_an_order_is_delivered_once_on_its_own_lane(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        await bus.send_order(an_order(), Lane.CPU, 1)
        assert await bus.next_order(Lane.POSE, NOT_S) is None
        delivery = await taken(bus)
        assert (delivery.order, delivery.attempt) == (an_order(), 1)
        assert await bus.next_order(Lane.CPU, NOT_S) is None
        await delivery.done()

    on_a_bus(ground, check)


def test_orders_come_in_the_order_in_which_they_were_sent(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        for item in ("a", "b", "c"):
            await bus.send_order(an_order(item), Lane.POSE, 1)
        assert [(await taken(bus, Lane.POSE)).order.item_id for _ in range(3)] == ["a", "b", "c"]

    on_a_bus(ground, check)


def test_an_order_that_is_done_leaves_the_bus(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        number = await bus.send_order(an_order(), Lane.CPU, 1)
        assert await bus.holds_order(number, an_order().id)
        delivery = await taken(bus)
        assert await bus.holds_order(number, an_order().id)
        await delivery.done()
        assert not await bus.holds_order(number, an_order().id)
        await ground.pass_time(ACK_WAIT_S + 0.2)
        assert await bus.next_order(Lane.CPU, NOT_S) is None

    on_a_bus(ground, check)


def test_an_order_whose_worker_is_silent_goes_to_another_and_counts_up(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        await bus.send_order(an_order(), Lane.CPU, 1)
        assert (await taken(bus)).attempt == 1
        await ground.pass_time(ACK_WAIT_S)
        again = await taken(bus)
        assert (again.order, again.attempt) == (an_order(), 2)

    on_a_bus(ground, check)


def test_real_progress_keeps_an_order_in_its_workers_hands(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        await bus.send_order(an_order(), Lane.CPU, 1)
        delivery = await taken(bus)
        for _ in range(8):
            await ground.pass_time(ACK_WAIT_S / 5)
            await delivery.heartbeat()
        assert await bus.next_order(Lane.CPU, NOT_S) is None
        await delivery.done()

    on_a_bus(ground, check)


def test_an_order_that_is_to_be_tried_again_comes_no_sooner_than_said(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        await bus.send_order(an_order(), Lane.CPU, 1)
        await (await taken(bus)).try_again(1.5)
        assert await bus.next_order(Lane.CPU, NOT_S) is None
        await ground.pass_time(1.5)
        assert (await taken(bus)).attempt == 2

    on_a_bus(ground, check)


def test_an_order_that_is_put_back_comes_at_once(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        await bus.send_order(an_order(), Lane.CPU, 1)
        await (await taken(bus)).put_back()
        assert (await taken(bus)).attempt == 2

    on_a_bus(ground, check)


def test_the_same_issue_of_an_order_is_there_once_and_the_next_issue_passes(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        first = await bus.send_order(an_order(), Lane.CPU, 1)
        assert await bus.send_order(an_order(), Lane.CPU, 1) == first
        assert await bus.send_order(an_order(), Lane.CPU, 2) > first
        for _ in range(2):
            await (await taken(bus)).done()
        assert await bus.next_order(Lane.CPU, NOT_S) is None

    on_a_bus(ground, check)


def test_the_bus_knows_which_orders_it_holds(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        number = await bus.send_order(an_order(), Lane.CPU, 1)
        assert await bus.holds_order(number, an_order().id)
        assert not await bus.holds_order(number, "another")
        assert not await bus.holds_order(number + 1, an_order().id)
        assert not await bus.holds_order(0, an_order().id)

    on_a_bus(ground, check)


def test_orders_of_one_item_are_withdrawn_and_others_stay(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        for item, lane in (("a", Lane.CPU), ("a", Lane.POSE), ("ab", Lane.CPU)):
            await bus.send_order(an_order(item), lane, 1)
        await bus.withdraw_orders("a")
        assert (await taken(bus)).order.item_id == "ab"
        assert await bus.next_order(Lane.CPU, NOT_S) is None
        assert await bus.next_order(Lane.POSE, NOT_S) is None

    on_a_bus(ground, check)


def test_an_order_that_was_withdrawn_ends_quietly_in_its_workers_hands(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        await bus.send_order(an_order(), Lane.CPU, 1)
        delivery = await taken(bus)
        await bus.withdraw_orders("item")
        await delivery.heartbeat()
        await delivery.done()
        assert await bus.next_order(Lane.CPU, NOT_S) is None

    on_a_bus(ground, check)


def test_an_outcome_is_delivered_until_it_is_recorded(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        await bus.tell(an_outcome())
        heard = await soon(lambda: bus.next_outcome(1.0))
        assert heard.outcome == an_outcome()
        await ground.pass_time(ACK_WAIT_S)
        heard = await soon(lambda: bus.next_outcome(1.0))
        await heard.not_now(1.0)
        assert await bus.next_outcome(NOT_S) is None
        await ground.pass_time(1.0)
        heard = await soon(lambda: bus.next_outcome(1.0))
        assert heard.outcome == an_outcome()
        await heard.recorded()
        await ground.pass_time(ACK_WAIT_S + 0.2)
        assert await bus.next_outcome(NOT_S) is None

    on_a_bus(ground, check)


def test_an_outcome_that_is_told_twice_is_heard_once(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        for outcome in (an_outcome("a"), an_outcome("a"), an_outcome("b")):
            await bus.tell(outcome)
        assert [(await soon(lambda: bus.next_outcome(1.0))).outcome.id for _ in range(2)] == ["a", "b"]
        assert await bus.next_outcome(NOT_S) is None

    on_a_bus(ground, check)


def test_a_long_outcome_comes_whole(ground: Ground) -> None:
    long = an_outcome(remarks=tuple(f"remark number {number}" for number in range(20_000)))

    async def check(bus: Bus) -> None:
        await bus.tell(long)
        assert (await soon(lambda: bus.next_outcome(1.0))).outcome == long

    on_a_bus(ground, check)


def test_what_cannot_be_read_is_buried_and_does_not_stand_in_the_way(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        await bus.store_id()
        await ground.put_garbage(Lane.CPU)
        assert await bus.next_order(Lane.CPU, 1.0) is None
        await bus.send_order(an_order(), Lane.CPU, 1)
        assert (await taken(bus)).order == an_order()
        assert await ground.count_buried() == 1
        await bus.bury(an_order(), "its frames:\n ÷ 0")
        assert await ground.count_buried() == 2

    on_a_bus(ground, check)


def test_the_ledger_answers_one_request_after_the_other(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        asked: list[Request] = []
        inside = 0

        async def answerer(request: Request) -> Answer:
            nonlocal inside
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1
            asked.append(request)
            return Answer(ok=True, value=str(len(asked)))

        await bus.serve(answerer)
        requests = [PinItem(item_id=str(number), pinned=True) for number in range(5)]
        answers = await asyncio.gather(*(bus.ask(each, timeout_s=SOON_S) for each in requests))
        assert asked == requests
        assert [answer.value for answer in answers] == ["1", "2", "3", "4", "5"]

    on_a_bus(ground, check)


def test_a_ledger_that_fails_at_a_request_says_so_and_answers_the_next(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        async def answerer(request: Request) -> Answer:
            if request == CancelItem(item_id="i"):
                raise RuntimeError("no such table")
            return Answer(ok=True)

        await bus.serve(answerer)
        answer = await bus.ask(CancelItem(item_id="i"), timeout_s=SOON_S)
        assert not answer.ok
        assert "no such table" in answer.why
        assert (await bus.ask(PinItem(item_id="i", pinned=True), timeout_s=SOON_S)).ok

    on_a_bus(ground, check)


def test_without_a_ledger_asking_says_that_it_may_be_tried_again(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        with pytest.raises(Transient, match="does not answer"):
            await bus.ask(CancelItem(item_id="i"), timeout_s=0.3)

    on_a_bus(ground, check)


def test_whoever_asks_waits_for_a_ledger_that_is_just_starting(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        async def answerer(request: Request) -> Answer:
            return Answer(ok=True)

        asking = asyncio.ensure_future(bus.ask(CancelItem(item_id="i"), timeout_s=SOON_S))
        await asyncio.sleep(0.2)
        assert not asking.done()
        await bus.serve(answerer)
        assert (await asking).ok

    on_a_bus(ground, check)


def test_news_is_heard_by_whoever_listens_until_the_bus_is_closed(ground: Ground) -> None:
    note = ProgressNote(item_id="item", revision=1, stage="analyse", done_s=1.0, total_s=2.0, worker="w", at_s=0.0)

    async def check(bus: Bus) -> None:
        listener = bus.listen()
        heard: list[News] = []
        while len(heard) < 2:
            await bus.announce(BookChanged(item_id="item"))
            await bus.show_progress(note)
            try:
                heard.append(await asyncio.wait_for(anext(listener), 0.1))
            except TimeoutError:
                continue
        assert all(news in (BookChanged(item_id="item"), note) for news in heard)
        await bus.close()
        assert all(news in (BookChanged(item_id="item"), note) for news in [each async for each in listener])

    on_a_bus(ground, check)


def test_a_store_that_was_lost_has_another_id_and_forgets_what_it_held(ground: Ground) -> None:
    async def check(bus: Bus) -> None:
        before = await bus.store_id()
        assert await bus.store_id() == before
        number = await bus.send_order(an_order(), Lane.CPU, 1)
        ground.wipe()
        assert await soon(bus.store_id) != before
        assert not await bus.holds_order(number, an_order().id)
        assert await bus.send_order(an_order(), Lane.CPU, 1) == number
        assert (await taken(bus)).attempt == 1

    on_a_bus(ground, check)
