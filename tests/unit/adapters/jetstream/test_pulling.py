"""One message at a time; a consumer that is not there is noticed at once, and what came late is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from nats.errors import NoRespondersError
from nats.js.errors import APIError

from appliance.adapters.jetstream.layout import lay_out
from appliance.adapters.jetstream.line import Line, Link
from appliance.adapters.jetstream.pulling import Puller
from tests.appliance_fakes import HeardJournal
from tests.nats_place import NatsServer, running_nats

SOON_S = 15.0


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    with running_nats(tmp_path) as server:
        yield server


def pulling(nats: NatsServer, check: Callable[[Link, Puller], Coroutine[Any, Any, None]]) -> None:
    """Run a dialogue with a puller of the CPU lane."""

    async def run() -> None:
        line = Line(nats.place(), HeardJournal())
        link = await line.link("pulling", SOON_S)
        await lay_out(link.streams, nats.place(), HeardJournal())
        await check(link, await Puller(link, "ORDERS", "cpu").open())
        await line.close()

    asyncio.run(run())


def test_a_message_comes_when_there_is_one_and_nothing_when_there_is_none(nats: NatsServer) -> None:
    async def check(link: Link, puller: Puller) -> None:
        assert await puller.pull(0.05) is None
        await link.streams.publish("orders.cpu.probe.i", b"body")
        message = await puller.pull(SOON_S)
        assert message is not None
        assert message.data == b"body"

    pulling(nats, check)


def test_a_consumer_that_is_not_there_is_noticed_at_once(nats: NatsServer) -> None:
    async def check(link: Link, puller: Puller) -> None:
        await link.streams.delete_consumer("ORDERS", "cpu")
        with pytest.raises(NoRespondersError):
            await asyncio.wait_for(puller.pull(600), SOON_S)

    pulling(nats, check)


def test_a_consumer_that_vanishes_while_one_waits_is_noticed_at_once(nats: NatsServer) -> None:
    async def check(link: Link, puller: Puller) -> None:
        waiting = asyncio.ensure_future(puller.pull(600))
        while not (await link.streams.consumer_info("ORDERS", "cpu")).num_waiting:
            await asyncio.sleep(0.01)
        await link.streams.delete_consumer("ORDERS", "cpu")
        with pytest.raises(APIError, match="onsumer"):
            await asyncio.wait_for(waiting, SOON_S)

    pulling(nats, check)


def test_a_message_that_came_after_one_stopped_waiting_is_the_next(nats: NatsServer) -> None:
    async def check(link: Link, puller: Puller) -> None:
        waiting = asyncio.ensure_future(puller.pull(600))
        while not (await link.streams.consumer_info("ORDERS", "cpu")).num_waiting:
            await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await link.streams.publish("orders.cpu.probe.i", b"late")
        while not (await link.streams.consumer_info("ORDERS", "cpu")).num_ack_pending:
            await asyncio.sleep(0.01)
        message = await puller.pull(SOON_S)
        assert message is not None
        assert (message.data, message.metadata.num_delivered) == (b"late", 1)

    pulling(nats, check)


def test_what_came_late_can_be_handed_back(nats: NatsServer) -> None:
    async def check(link: Link, puller: Puller) -> None:
        waiting = asyncio.ensure_future(puller.pull(600))
        while not (await link.streams.consumer_info("ORDERS", "cpu")).num_waiting:
            await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await link.streams.publish("orders.cpu.probe.i", b"late")
        while puller._came.empty():
            await asyncio.sleep(0.01)
        await puller.give_back()
        other = await Puller(link, "ORDERS", "cpu").open()
        message = await other.pull(SOON_S)
        assert message is not None
        assert message.metadata.num_delivered == 2

    pulling(nats, check)
