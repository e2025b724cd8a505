"""The bus over a real NATS server that is killed, restarted and robbed of its store: everything mends itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.adapters.jetstream.bus import JetstreamBus
from appliance.domain.errors import Transient
from appliance.domain.order import BookChanged, Lane
from appliance.domain.request import Answer, CancelItem, Request
from tests.bus_grounds import (
    NOT_S,
    SOON_S,
    Bus,
    NatsGround,
    acknowledged,
    an_order,
    an_outcome,
    on_a_bus,
    opened,
    soon,
    taken,
)
from tests.nats_place import running_nats


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
        # Ended in peace: a server that is killed may have forgotten what it delivered in its last instant, and delivers it again.
        nats.server.stop()
        nats.server.start()
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
