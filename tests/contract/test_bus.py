"""The bus, over a real NATS server and within one process: orders and outcomes are not lost, and everything mends itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from appliance.adapters.jetstream.bus import JetstreamBus, open_bus
from appliance.adapters.memory_bus import MemoryBus
from appliance.domain.errors import Transient
from appliance.domain.facts import ChunkAnalysed, RecordingArrived
from appliance.domain.job import CutRules
from appliance.domain.order import BookChanged, Lane, Order, Outcome, ProgressNote
from appliance.domain.request import Answer, CancelItem, PinItem, Request
from appliance.ports.bus import Delivery, Desk, Ears, LedgerBus, News, WorkerBus
from tests.appliance_fakes import HandClock, HeardJournal
from tests.nats_place import NatsServer, running_nats

#: How long what has to come may take, and how long what must not come is waited for.
SOON_S, NOT_S = 15.0, 0.1
ACK_WAIT_S = 1.0


class Bus(WorkerBus, LedgerBus, Desk, Ears, Protocol):
    """All sides of it."""

    async def close(self) -> None: ...


class Ground(Protocol):
    """What a bus stands on, and what can happen to it."""

    journal: HeardJournal

    async def open(self) -> Bus: ...
    async def pass_time(self, seconds: float) -> None: ...
    async def put_garbage(self, lane: Lane) -> None: ...
    async def count_buried(self) -> int: ...
    def wipe(self) -> None: ...


@dataclass
class MemoryGround:
    journal: HeardJournal = field(default_factory=HeardJournal)
    clock: HandClock = field(default_factory=HandClock)

    def __post_init__(self) -> None:
        self.bus = MemoryBus(clock=self.clock, ack_wait_s=ACK_WAIT_S)

    async def open(self) -> Bus:
        return self.bus

    async def pass_time(self, seconds: float) -> None:
        self.clock.time_s += seconds

    async def put_garbage(self, lane: Lane) -> None:
        self.bus.put_text(lane, "{}")

    async def count_buried(self) -> int:
        return len(self.bus.buried)

    def wipe(self) -> None:
        self.bus.wipe()


@dataclass
class NatsGround:
    server: NatsServer
    journal: HeardJournal = field(default_factory=HeardJournal)

    async def open(self) -> Bus:
        return await open_bus(self.server.place(ack_wait_s=ACK_WAIT_S), self.journal)

    async def pass_time(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def put_garbage(self, lane: Lane) -> None:
        await self._say(f"PUB orders.{lane}.probe.i 2\r\n{{}}\r\n")

    async def count_buried(self) -> int:
        bus = await open_bus(self.server.place(), self.journal)
        try:
            link = await bus._line.link("counting")
            return (await link.streams.stream_info("DEAD")).state.messages
        finally:
            await bus.close()

    def wipe(self) -> None:
        self.server.wipe()

    async def _say(self, line: str) -> None:
        reader, writer = await asyncio.open_connection(self.server.rule.host, self.server.rule.port)
        writer.write(f'CONNECT {{"verbose":false}}\r\n{line}PING\r\n'.encode())
        while not (await reader.readline()).startswith(b"PONG"):
            pass
        writer.close()
        await writer.wait_closed()


@pytest.fixture(params=["memory", "jetstream"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    if request.param == "memory":
        yield MemoryGround()
    else:
        with running_nats(tmp_path) as server:
            yield NatsGround(server)


@asynccontextmanager
async def opened(ground: Ground) -> AsyncIterator[Bus]:
    bus = await ground.open()
    try:
        yield bus
    finally:
        await bus.close()


def on_a_bus(ground: Ground, check: Callable[[Bus], Coroutine[Any, Any, None]]) -> None:
    """Run a dialogue on a bus of its own."""

    async def run() -> None:
        async with opened(ground) as bus:
            await check(bus)

    asyncio.run(run())


def an_order(item_id: str = "item", stage: str = "probe") -> Order:
    return Order(
        id=f"{item_id}.1.{stage}",
        item_id=item_id,
        revision=1,
        stage=stage,
        heard=RecordingArrived(paths=(Path("originals/item/a b.mp4"),)),
        rules=CutRules(),
        trace_id="trace",
    )


def an_outcome(name: str = "o", remarks: tuple[str, ...] = ()) -> Outcome:
    return Outcome(
        id=name,
        order_id="item.1.analyse.00000",
        item_id="item",
        revision=1,
        stage="analyse",
        facts=(ChunkAnalysed(recording_id="r", chunk_index=0, features="f", remarks=remarks),),
        attempt=1,
        took_s=2.0,
        worker="w",
        trace_id="trace",
        at_s=1.0,
    )


async def soon(call: Callable[[], Awaitable[Any]]) -> Any:
    """What comes once the bus has mended itself."""
    until_s = asyncio.get_running_loop().time() + SOON_S
    while True:
        try:
            if (found := await call()) is not None:
                return found
        except Transient:
            await asyncio.sleep(0.02)
        assert asyncio.get_running_loop().time() < until_s, "it did not come"


async def taken(bus: Bus, lane: Lane = Lane.CPU) -> Delivery:
    delivery: Delivery = await soon(lambda: bus.next_order(lane, 1.0))
    return delivery


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
        for _ in range(6):
            await ground.pass_time(ACK_WAIT_S / 3)
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


async def acknowledged(delivery: Delivery) -> bool:
    await delivery.done()
    return True


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsGround]:
    with running_nats(tmp_path) as server:
        yield NatsGround(server)


def test_a_worker_that_waited_while_the_store_was_lost_gets_what_is_sent_anew(nats: NatsGround) -> None:
    async def check(bus: Bus) -> None:
        await bus.send_order(an_order(), Lane.CPU, 1)
        delivery = await taken(bus)
        waiting = asyncio.ensure_future(soon(lambda: bus.next_order(Lane.CPU, 5.0)))
        await asyncio.sleep(0.05)
        nats.wipe()
        again = replace(an_order(), trace_id="anew")
        await soon(lambda: bus.send_order(again, Lane.CPU, 1))
        assert (await waiting).order == again
        await soon(lambda: acknowledged(delivery))
        assert await bus.holds_order(1, again.id), "an old worker's word took a new order away"

    on_a_bus(nats, check)


def test_nothing_is_lost_when_the_server_is_killed_between_sending_and_taking(nats: NatsGround) -> None:
    async def check(bus: Bus) -> None:
        before = await bus.store_id()
        number = await bus.send_order(an_order(), Lane.CPU, 1)
        await bus.tell(an_outcome())
        nats.server.restart()
        assert (await taken(bus)).order == an_order()
        assert (await soon(lambda: bus.next_outcome(1.0))).outcome == an_outcome()
        assert await bus.holds_order(number, an_order().id)
        assert await bus.store_id() == before

    on_a_bus(nats, check)


def test_an_order_is_acknowledged_over_a_later_connection(nats: NatsGround) -> None:
    async def check(bus: Bus) -> None:
        number = await bus.send_order(an_order(), Lane.CPU, 1)
        delivery = await taken(bus)
        nats.server.restart()
        await soon(lambda: acknowledged(delivery))
        assert not await bus.holds_order(number, an_order().id)

    on_a_bus(nats, check)


def test_a_stream_that_vanishes_under_a_running_server_is_made_anew(nats: NatsGround) -> None:
    async def check(bus: Bus) -> None:
        assert isinstance(bus, JetstreamBus)
        before = await bus.store_id()
        assert await bus.next_order(Lane.CPU, NOT_S) is None
        link = await bus._line.link("deleting")
        for stream in ("ORDERS", "FACTS", "DEAD"):
            await link.streams.delete_stream(stream)
        await soon(lambda: bus.send_order(an_order(), Lane.CPU, 1))
        assert (await taken(bus)).order == an_order()
        assert await bus.store_id() != before

    on_a_bus(nats, check)


def test_the_ledger_answers_and_news_is_heard_again_after_the_server_came_back(nats: NatsGround) -> None:
    async def check(bus: Bus) -> None:
        async def answerer(request: Request) -> Answer:
            return Answer(ok=True)

        await bus.serve(answerer)
        listener = bus.listen()
        nats.server.restart()
        assert (await bus.ask(CancelItem(item_id="i"), timeout_s=SOON_S)).ok
        await bus.announce(BookChanged(item_id="i"))
        assert await asyncio.wait_for(anext(listener), SOON_S) == BookChanged(item_id="i")

    on_a_bus(nats, check)


def test_a_bus_opens_before_its_server_and_works_once_it_is_there(nats: NatsGround) -> None:
    nats.server.kill()

    async def check(bus: Bus) -> None:
        with pytest.raises(Transient, match="not reached"):
            await bus.send_order(an_order(), Lane.CPU, 1)
        nats.server.start()
        await soon(lambda: bus.send_order(an_order(), Lane.CPU, 1))
        assert (await taken(bus)).order == an_order()
        assert nats.journal.events.count("bus not reached") == 1

    on_a_bus(nats, check)


def test_what_was_delivered_to_somebody_who_had_stopped_waiting_is_handed_back_on_leaving(nats: NatsGround) -> None:
    async def run() -> None:
        async with opened(nats) as other:
            async with opened(nats) as leaving:
                waiting = asyncio.ensure_future(leaving.next_order(Lane.CPU, SOON_S))
                await asyncio.sleep(0.3)
                waiting.cancel()
                await asyncio.gather(waiting, return_exceptions=True)
                await other.send_order(an_order(), Lane.CPU, 1)
                await asyncio.sleep(0.1)
            assert (await taken(other)).order == an_order()

    asyncio.run(run())
