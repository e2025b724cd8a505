"""The bus between the ledger, the workers and the page. Orders and outcomes are delivered at least once; progress may be lost.

Every method may raise Transient when the bus is not reached; connections mend themselves, so trying again is right.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from appliance.domain.order import BookChanged, Lane, Order, Outcome, ProgressNote
from appliance.domain.request import Answer, Request

#: Answers a request; never raises, whatever is asked.
Answerer = Callable[[Request], Awaitable[Answer]]
News = BookChanged | ProgressNote


class Delivery(Protocol):
    """An order in a worker's hands. Exactly one of done, try_again and put_back ends it."""

    @property
    def order(self) -> Order:
        """What is to be done."""

    @property
    def attempt(self) -> int:
        """1 for the first delivery, counted up however the earlier ones ended."""

    async def heartbeat(self) -> None:
        """Say that there was real progress, so that nobody else gets the order."""

    async def done(self) -> None:
        """The outcome was told; returns once the bus has confirmed it. The order leaves the bus."""

    async def try_again(self, after_s: float) -> None:
        """Deliver it again, to anybody, no sooner than this."""

    async def put_back(self) -> None:
        """Deliver it again at once: this worker is leaving."""


class WorkerBus(Protocol):
    """A worker's side."""

    async def next_order(self, lane: Lane, wait_s: float) -> Delivery | None:
        """The next order of a lane, or None when none came within `wait_s`. Orders that cannot be read are buried."""

    async def tell(self, outcome: Outcome) -> None:
        """Tell what became of an order; returns once the bus has it on disk."""

    async def show_progress(self, note: ProgressNote) -> None:
        """Tell how far it has come; may be lost, and is while the bus is away."""


class HeardOutcome(Protocol):
    """An outcome in the ledger's hands."""

    @property
    def outcome(self) -> Outcome:
        """What became of an order."""

    async def recorded(self) -> None:
        """It is in the book; do not deliver it again."""

    async def not_now(self, after_s: float) -> None:
        """It could not be recorded; deliver it again later."""


class LedgerBus(Protocol):
    """The ledger's side."""

    async def send_order(self, order: Order, lane: Lane, issue: int) -> int:
        """Put an order on the bus, once per (order id, issue) within a short while; returns its number in the store."""

    async def holds_order(self, number: int, order_id: str) -> bool:
        """Whether the order with this number still waits or is being worked on."""

    async def withdraw_orders(self, item_id: str) -> None:
        """Take an item's orders off the bus; those in a worker's hands end when it next looks."""

    async def bury(self, order: Order, why: str) -> None:
        """Keep a copy of an order that was given up, for people who look into it."""

    async def store_id(self) -> str:
        """Changes when the store was lost and made anew."""

    async def next_outcome(self, wait_s: float) -> HeardOutcome | None:
        """The next outcome, or None when none came within `wait_s`."""

    async def serve(self, answerer: Answerer) -> None:
        """Answer requests from now on, one after the other, until the bus is closed; returns at once."""

    async def announce(self, change: BookChanged) -> None:
        """Tell whoever shows the book that it has changed; may be lost."""


class Desk(Protocol):
    """Where the ledger is asked."""

    async def ask(self, request: Request, timeout_s: float = 10.0) -> Answer:
        """Ask and wait for the answer.

        Raises:
            Transient: nobody answered in time. What was asked may or may not have been done; ask again.
        """


class Ears(Protocol):
    """Where the page hears what happens."""

    def listen(self) -> AsyncIterator[News]:
        """Everything from now on, until closed. News is dropped for whoever listens too slowly."""
