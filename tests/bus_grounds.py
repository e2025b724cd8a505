"""Buses to hold to their contract: over a real NATS server, and within one process. What both are asked is in contract/."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from appliance.adapters.jetstream.bus import open_bus
from appliance.adapters.memory_bus import MemoryBus
from appliance.domain.errors import Transient
from appliance.domain.facts import ChunkAnalysed, RecordingArrived
from appliance.domain.job import CutRules
from appliance.domain.order import Lane, Order, Outcome
from appliance.ports.bus import Delivery, Desk, Ears, LedgerBus, WorkerBus
from tests.appliance_fakes import HandClock, HeardJournal
from tests.nats_place import NatsServer

#: How long what has to come may take, and how long what must not come is waited for.
SOON_S, NOT_S = 20.0, 0.1
ACK_WAIT_S = 1.5


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


async def acknowledged(delivery: Delivery) -> bool:
    await delivery.done()
    return True
