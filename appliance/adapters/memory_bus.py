"""The bus within one process, for tests and for trying things out: as the real one behaves, without a server or a disk.

Everything is packed and unpacked as on the way through a server. When an order is due again is told by the clock it is
given; waiting for one takes real time and does not move that clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from itertools import count
from typing import TypeVar

from appliance.adapters.newsroom import Newsroom
from appliance.algorithms.message_packing import AS_IT_IS, pack, unpack
from appliance.domain.errors import Transient
from appliance.domain.order import BookChanged, Lane, Order, Outcome, ProgressNote
from appliance.domain.request import Answer, Request
from appliance.ports.bus import Answerer, News
from appliance.ports.surroundings import Clock

T = TypeVar("T")
#: How often somebody who waits looks again.
LOOK_S = 0.01
#: How long a second copy of the same message is recognised.
WINDOW_S = 120.0
Body = tuple[bytes, str]


@dataclass(kw_only=True)
class _Kept:
    """A message in a store: where it belongs, how often it was handed out, and from when on it may be again."""

    number: int
    key: str
    place: str
    body: Body
    deliveries: int = 0
    due_s: float = 0.0


@dataclass
class _Store:
    """Messages in the order in which they came."""

    messages: dict[int, _Kept] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))
    known: dict[str, tuple[int, float]] = field(default_factory=dict)

    def put(self, key: str, place: str, body: Body, now_s: float) -> int:
        """Keep a message, once per key within the window; its number."""
        self.known = {each: seen for each, seen in self.known.items() if seen[1] > now_s - WINDOW_S}
        if key not in self.known:
            number = next(self.numbers)
            self.known[key] = (number, now_s)
            self.messages[number] = _Kept(number=number, key=key, place=place, body=body)
        return self.known[key][0]

    def take(self, place: str, now_s: float, ack_wait_s: float) -> _Kept | None:
        """Hand out the first message of a place that is due."""
        for kept in self.messages.values():
            if kept.place.startswith(place) and kept.due_s <= now_s:
                kept.deliveries += 1
                kept.due_s = now_s + ack_wait_s
                return kept
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A message in somebody's hands."""

    bus: MemoryBus
    store: _Store
    kept: _Kept

    def release(self, after_s: float) -> None:
        self.bus.reach()
        self.kept.due_s = self.bus.clock.now_s() + after_s

    def remove(self) -> None:
        self.bus.reach()
        self.store.messages.pop(self.kept.number, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryDelivery:
    """An order in a worker's hands."""

    order: Order
    attempt: int
    held: _Held

    async def heartbeat(self) -> None:
        """Say that there was real progress."""
        self.held.release(self.held.bus.ack_wait_s)

    async def done(self) -> None:
        """The order leaves the bus."""
        self.held.remove()

    async def try_again(self, after_s: float) -> None:
        """Deliver it again, no sooner than this."""
        self.held.release(after_s)

    async def put_back(self) -> None:
        """Deliver it again at once."""
        self.held.release(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryOutcome:
    """An outcome in the ledger's hands."""

    outcome: Outcome
    held: _Held

    async def recorded(self) -> None:
        """Do not deliver it again."""
        self.held.remove()

    async def not_now(self, after_s: float) -> None:
        """Deliver it again later."""
        self.held.release(after_s)


@dataclass(kw_only=True)
class MemoryBus:
    """One object for all sides: workers, ledger, desk and ears.

    away: set it, and calls fail as if the server were gone; news is lost. buried: what was given up or could not be read,
    and why.
    """

    clock: Clock
    ack_wait_s: float = 30.0
    away: bool = False
    buried: list[tuple[Order | None, str]] = field(default_factory=list)
    _stores_made: int = 1
    _orders: _Store = field(default_factory=_Store)
    _outcomes: _Store = field(default_factory=_Store)
    _room: Newsroom = field(default_factory=Newsroom)
    _answerer: Answerer | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def orders(self) -> tuple[Order, ...]:
        """All orders that wait or are being worked on, oldest first."""
        return tuple(unpack(Order, *kept.body) for kept in self._orders.messages.values())

    def reach(self) -> None:
        """Raises Transient while the bus is away."""
        if self.away:
            raise Transient("the bus is not reached", remedy="It mends itself; try again.")

    def wipe(self) -> None:
        """Lose the store, and make it anew."""
        self._stores_made += 1
        self._orders, self._outcomes = _Store(), _Store()

    def put_text(self, lane: Lane, text: str) -> None:
        """Put something on a lane that may be no order at all."""
        self._orders.put(text, f"{lane}.", (text.encode(), AS_IT_IS), self.clock.now_s())

    async def close(self) -> None:
        """Nobody hears or answers any more."""
        self._room.close()
        self._answerer = None

    async def next_order(self, lane: Lane, wait_s: float) -> MemoryDelivery | None:
        """The next order of a lane."""
        kept = await self._waited(lambda: self._orders.take(f"{lane}.", self.clock.now_s(), self.ack_wait_s), wait_s)
        if kept is None:
            return None
        held = _Held(bus=self, store=self._orders, kept=kept)
        try:
            return MemoryDelivery(order=unpack(Order, *kept.body), attempt=kept.deliveries, held=held)
        except ValueError as error:
            self.buried.append((None, str(error)))
            held.remove()
            return None

    async def tell(self, outcome: Outcome) -> None:
        """Tell what became of an order."""
        self.reach()
        self._outcomes.put(outcome.id, outcome.stage, pack(outcome), self.clock.now_s())

    async def show_progress(self, note: ProgressNote) -> None:
        """Tell how far it has come."""
        self._spread(note)

    async def send_order(self, order: Order, lane: Lane, issue: int) -> int:
        """Put an order on the bus, once per (order id, issue)."""
        self.reach()
        place = f"{lane}.{order.item_id}"
        return self._orders.put(f"{order.id}#{issue}", place, pack(order), self.clock.now_s())

    async def holds_order(self, number: int, order_id: str) -> bool:
        """Whether the order with this number still waits or is being worked on."""
        self.reach()
        kept = self._orders.messages.get(number)
        return kept is not None and kept.key.rpartition("#")[0] == order_id

    async def withdraw_orders(self, item_id: str) -> None:
        """Take an item's orders off the bus."""
        self.reach()
        for kept in tuple(self._orders.messages.values()):
            if kept.place.partition(".")[2] == item_id:
                del self._orders.messages[kept.number]

    async def bury(self, order: Order, why: str) -> None:
        """Keep a copy of an order that was given up."""
        self.reach()
        self.buried.append((order, why))

    async def store_id(self) -> str:
        """Changes when the store was wiped."""
        self.reach()
        return f"memory.{self._stores_made}"

    async def next_outcome(self, wait_s: float) -> MemoryOutcome | None:
        """The next outcome."""
        kept = await self._waited(lambda: self._outcomes.take("", self.clock.now_s(), self.ack_wait_s), wait_s)
        if kept is None:
            return None
        held = _Held(bus=self, store=self._outcomes, kept=kept)
        return MemoryOutcome(outcome=unpack(Outcome, *kept.body), held=held)

    async def serve(self, answerer: Answerer) -> None:
        """Answer requests from now on; returns at once."""
        self._answerer = answerer

    async def announce(self, change: BookChanged) -> None:
        """Tell whoever shows the book that it has changed."""
        self._spread(change)

    async def ask(self, request: Request, timeout_s: float = 10.0) -> Answer:
        """Ask and wait for the answer."""
        asked: Request = unpack(Request, *pack(request))
        answerer = await self._waited(lambda: self._answerer, timeout_s)
        if answerer is None:
            raise Transient("the ledger does not answer", remedy="It is started again by itself; try again.")
        async with self._asking:
            try:
                return await answerer(asked)
            except Exception as error:  # noqa: BLE001 - whoever asked has to hear that it did not work
                return Answer(ok=False, why=f"the ledger could not do it: {error}", remedy="Look into its log.")

    def listen(self) -> AsyncIterator[News]:
        """Everything from now on, until closed."""
        return self._room.listen()

    def _spread(self, news: News) -> None:
        packed = pack(news)
        if not self.away:
            self._room.spread(unpack(News, *packed))

    async def _waited(self, find: Callable[[], T | None], wait_s: float) -> T | None:
        """Look until something is found or the time is over."""
        until_s = asyncio.get_running_loop().time() + wait_s
        while True:
            self.reach()
            if (found := find()) is not None:
                return found
            if (left_s := until_s - asyncio.get_running_loop().time()) <= 0:
                return None
            await asyncio.sleep(min(LOOK_S, left_s))
