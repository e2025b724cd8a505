"""What the contract of the bus does not tell: several processes share it, a full store refuses, and closing leaves nothing."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from appliance.adapters.jetstream.bus import JetstreamBus, open_bus
from appliance.adapters.jetstream.place import BusPlace
from appliance.domain.errors import Misconfigured, Transient
from appliance.domain.facts import RecordingArrived
from appliance.domain.job import CutRules
from appliance.domain.order import Lane, Order
from appliance.domain.request import Answer, CancelItem, Request
from tests.appliance_fakes import HeardJournal
from tests.nats_place import NatsServer, free_port, running_nats

SOON_S = 15.0


@pytest.fixture
def nats(tmp_path: Path) -> Iterator[NatsServer]:
    with running_nats(tmp_path) as server:
        yield server


def an_order(number: int = 0, name: str = "a") -> Order:
    return Order(
        id=f"i{number}.1.probe",
        item_id=f"i{number}",
        revision=1,
        stage="probe",
        heard=RecordingArrived(paths=(Path(name),)),
        rules=CutRules(),
        trace_id="t",
    )


def test_orders_are_shared_out_between_workers_each_to_one(nats: NatsServer) -> None:
    async def work(bus: JetstreamBus) -> list[str]:
        done = []
        while (delivery := await bus.next_order(Lane.POSE, 1.0)) is not None:
            await delivery.done()
            done.append(delivery.order.id)
        return done

    async def check() -> None:
        ledger, *workers = [await open_bus(nats.place(), HeardJournal()) for _ in range(4)]
        sent = [an_order(number) for number in range(40)]
        for order in sent:
            await ledger.send_order(order, Lane.POSE, 1)
        done = await asyncio.gather(*(work(bus) for bus in workers))
        assert sorted(chain.from_iterable(done)) == sorted(order.id for order in sent)
        for bus in (ledger, *workers):
            await bus.close()

    asyncio.run(check())


def test_a_full_store_refuses_an_order_and_keeps_those_that_wait(nats: NatsServer) -> None:
    async def check() -> None:
        bus = await open_bus(replace(nats.place(), store_bytes=1024**2), HeardJournal())
        sent = 0
        with pytest.raises(Transient, match="maximum bytes"):  # noqa: PT012 - how many fit is the server's affair
            for sent in range(200):
                await bus.send_order(an_order(sent, "x" * 10_000), Lane.CPU, 1)
        assert sent > 20
        delivery = await bus.next_order(Lane.CPU, SOON_S)
        assert delivery is not None
        assert delivery.order.id == "i0.1.probe"
        await delivery.done()
        await bus.send_order(an_order(500, "x" * 10_000), Lane.CPU, 1)
        await bus.close()

    asyncio.run(check())


def test_closing_leaves_no_task_behind_whatever_is_going_on(nats: NatsServer) -> None:
    async def check() -> None:
        bus = await open_bus(nats.place(), HeardJournal())

        async def answerer(request: Request) -> Answer:
            await asyncio.sleep(3600)
            return Answer(ok=True)

        await bus.serve(answerer)
        listener = bus.listen()
        hearing = asyncio.ensure_future(anext(listener))
        waiting = asyncio.ensure_future(bus.next_order(Lane.CPU, 600))
        asking = asyncio.ensure_future(bus.ask(CancelItem(item_id="i"), 0.5))
        await asyncio.sleep(0.2)
        await asyncio.wait_for(bus.close(), SOON_S)
        told = await asyncio.wait_for(asyncio.gather(waiting, asking, hearing, return_exceptions=True), SOON_S)
        assert [type(each) for each in told] == [Transient, Transient, StopAsyncIteration]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(check())
    gc.collect()


def test_closing_without_a_server_is_quick_and_clean() -> None:
    async def check() -> None:
        bus = await open_bus(BusPlace(url=f"nats://127.0.0.1:{free_port()}"), HeardJournal())
        bus.listen()
        await asyncio.wait_for(bus.close(), SOON_S)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(check())


def test_a_certificate_that_is_not_there_is_said_on_opening(tmp_path: Path) -> None:
    async def check() -> None:
        with pytest.raises(Misconfigured):
            await open_bus(BusPlace(url="tls://127.0.0.1:4222", tls_ca=tmp_path / "ca.pem"), HeardJournal())

    asyncio.run(check())
