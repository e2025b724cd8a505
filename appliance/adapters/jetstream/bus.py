"""The bus over NATS JetStream, for every side of it. It mends itself: calls fail while the server is away, none for good."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

from nats.aio.msg import Msg
from nats.errors import Error, MaxPayloadError
from nats.js.errors import NotFoundError

from appliance.adapters.jetstream import letters
from appliance.adapters.jetstream.desk import Answering, Asking
from appliance.adapters.jetstream.failures import reason_of, translated
from appliance.adapters.jetstream.held import BUSY, Held, JetstreamDelivery, JetstreamOutcome
from appliance.adapters.jetstream.layout import DEAD, FACTS, LEDGER, ORDERS, lay_out, read_store_id
from appliance.adapters.jetstream.line import ANSWER_S, REACH_S, Line, Link
from appliance.adapters.jetstream.place import BusPlace
from appliance.adapters.jetstream.pulling import Puller
from appliance.adapters.newsroom import Newsroom
from appliance.domain.errors import Transient
from appliance.domain.order import BookChanged, Lane, Order, Outcome, ProgressNote
from appliance.domain.request import Answer, Request
from appliance.ports.bus import Answerer, News
from appliance.ports.surroundings import Journal

T = TypeVar("T")
Work = Callable[[Link], Awaitable[T]]


async def open_bus(place: BusPlace, journal: Journal) -> JetstreamBus:
    """The bus, connected if the server is there by now; otherwise it goes on trying. Raises Misconfigured alone."""
    bus = JetstreamBus(place, journal)
    await bus.look()
    return bus


class JetstreamBus:
    """One connection and everything that goes over it."""

    def __init__(self, place: BusPlace, journal: Journal) -> None:
        self._place, self._journal = place, journal
        self._line = Line(place, journal)
        self._asking = Asking(self._line)
        self._answering: Answering | None = None
        self._room = Newsroom()
        self._hearing: asyncio.Future[None] | None = None
        self._pullers: dict[tuple[str, str], tuple[Link, Puller]] = {}

    async def look(self) -> None:
        """Give the connection a moment to come up."""
        with suppress(Transient):
            await self._line.link("connecting")

    async def close(self) -> None:
        """Hand back what was not taken, and leave."""
        for link, puller in self._pullers.values():
            if not link.gone.is_set():
                await asyncio.gather(link.until_gone(puller.give_back(), "leaving"), return_exceptions=True)
        if self._answering is not None:
            await self._answering.close()
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)
        await self._line.close()
        self._room.close()

    # The worker's side.

    async def next_order(self, lane: Lane, wait_s: float) -> JetstreamDelivery | None:
        """The next order of a lane, or None when none came within `wait_s`."""
        found = await self._next(Order, ORDERS, lane.value, wait_s)
        if found is None:
            return None
        order, message, held = found
        return JetstreamDelivery(order=order, attempt=message.metadata.num_delivered, held=held)

    async def tell(self, outcome: Outcome) -> None:
        """Tell what became of an order; returns once the bus has it on disk."""
        head = {letters.ID: letters.word(outcome.id), letters.ORDER: letters.word(outcome.order_id)}
        await self._publish(letters.outcome_subject(outcome), FACTS, outcome, head)

    async def show_progress(self, note: ProgressNote) -> None:
        """Tell how far it has come; lost while there is no connection."""
        await self._spread(letters.progress_subject(note.item_id), note)

    # The ledger's side.

    async def send_order(self, order: Order, lane: Lane, issue: int) -> int:
        """Put an order on the bus, once per (order id, issue); its number in the store."""
        head = {letters.ID: f"{letters.word(order.id)}#{issue}", letters.ORDER: letters.word(order.id)}
        return await self._publish(letters.order_subject(order, lane), ORDERS, order, head)

    async def holds_order(self, number: int, order_id: str) -> bool:
        """Whether the order with this number still waits or is being worked on."""
        if number < 1:
            return False

        async def look(link: Link) -> bool:
            try:
                message = await link.streams.get_msg(ORDERS, number, direct=True)
            except NotFoundError:
                return False
            return (message.headers or {}).get(letters.ORDER) == letters.word(order_id)

        return await self._call(look, "looking for an order")

    async def withdraw_orders(self, item_id: str) -> None:
        """Take an item's orders off the bus."""
        subject = letters.item_orders(item_id)
        await self._call(lambda link: link.streams.purge_stream(ORDERS, subject=subject), "withdrawing orders")

    async def bury(self, order: Order, why: str) -> None:
        """Keep a copy of an order that was given up."""
        head = {letters.ORDER: letters.word(order.id), letters.WHY: letters.plain_header(why)}
        await self._publish(letters.dead_subject(order), DEAD, order, head)

    async def store_id(self) -> str:
        """Changes when the store was lost and made anew."""
        return await self._call(lambda link: read_store_id(link.streams), "reading the store's id")

    async def next_outcome(self, wait_s: float) -> JetstreamOutcome | None:
        """The next outcome, or None when none came within `wait_s`."""
        found = await self._next(Outcome, FACTS, LEDGER, wait_s)
        return None if found is None else JetstreamOutcome(outcome=found[0], held=found[2])

    async def serve(self, answerer: Answerer) -> None:
        """Answer requests from now on, one after the other, over this connection and every later one; returns at once."""
        self._answering = Answering(answerer, self._journal)
        await self._line.greet(self._answering.subscribe)

    async def announce(self, change: BookChanged) -> None:
        """Tell whoever shows the book that it has changed; lost while there is no connection."""
        await self._spread(letters.BOOK_NEWS, change)

    # Whoever asks and listens.

    async def ask(self, request: Request, timeout_s: float = 10.0) -> Answer:
        """Ask the ledger and wait for its answer."""
        return await self._asking.ask(request, timeout_s)

    def listen(self) -> AsyncIterator[News]:
        """Everything from now on, until closed."""
        if self._hearing is None:
            self._hearing = asyncio.ensure_future(self._line.greet(self._hear_news))
        return self._room.listen()

    async def _hear_news(self, link: Link) -> None:
        await link.client.subscribe(letters.NEWS, cb=self._take_news)

    async def _take_news(self, message: Msg) -> None:
        try:
            self._room.spread(letters.read(News, message.data, message.headers))
        except ValueError as error:
            self._journal.warn("news cannot be read", why=reason_of(error))

    async def _spread(self, subject: str, news: News) -> None:
        body, headers = letters.write(news)
        if (link := self._line.present) is not None:
            with suppress(Error, OSError):
                await link.client.publish(subject, body, headers=headers)

    async def _publish(self, subject: str, stream: str, value: Any, head: dict[str, str]) -> int:
        """Put something into a stream; its number there. Returns once it is on disk."""
        trace = {letters.TRACE: letters.word(value.trace_id), letters.EXPECTED: stream}
        body, headers = letters.write(value, **head, **trace)

        async def publish(link: Link) -> int:
            return int((await link.streams.publish(subject, body, headers=headers)).seq)

        return await self._call(publish, f"sending to {stream}")

    async def _next(self, kind: Any, stream: str, consumer: str, wait_s: float) -> tuple[Any, Msg, Held] | None:
        async def pull(link: Link) -> tuple[Msg, str] | None:
            store = link.store
            message = await (await self._puller(link, stream, consumer)).pull(wait_s)
            return None if message is None else (message, store)

        if (found := await self._call(pull, f"taking from {stream}")) is None:
            return None
        message, store = found
        held = Held(subject=message.reply, say=self._sayer(store))
        try:
            return letters.read(kind, message.data, message.headers), message, held
        except ValueError as error:
            await self._bury_unreadable(message, held, reason_of(error))
            return None

    async def _bury_unreadable(self, message: Msg, held: Held, why: str) -> None:
        """What cannot be read is kept for people, and never delivered again."""
        kept = {name: text for name, text in (message.headers or {}).items() if not name.startswith("Nats-")}
        headers = {**kept, letters.WHY: letters.plain_header(why), letters.EXPECTED: DEAD}

        async def publish(link: Link) -> None:
            await link.streams.publish(letters.UNREADABLE, message.data, headers=headers)

        await self._call(publish, "burying what cannot be read")
        await held.is_unreadable()
        self._journal.warn("message buried", subject=message.subject, why=why)

    async def _puller(self, link: Link, stream: str, consumer: str) -> Puller:
        known = self._pullers.get((stream, consumer))
        if known is None or known[0] is not link:
            known = (link, await Puller(link, stream, consumer).open())
            self._pullers[stream, consumer] = known
        return known[1]

    def _sayer(self, store: str) -> Callable[[str, bytes, bool], Awaitable[None]]:
        async def say(subject: str, what: bytes, confirmed: bool) -> None:
            async def send(link: Link) -> None:
                if link.store != store:
                    return
                if confirmed:
                    await link.client.request(subject, what, timeout=ANSWER_S)
                else:
                    await link.client.publish(subject, what)

            # Whoever is busy does not wait for a connection to say so.
            await self._call(send, "acknowledging", 0.0 if what == BUSY else REACH_S)

        return say

    async def _call(self, work: Work[T], doing: str, reach_s: float = REACH_S) -> T:
        """Do something with the streams over the present connection, after making sure that they are there."""
        link = await self._line.link(doing, reach_s)

        async def run() -> T:
            await self._lay(link)
            return await work(link)

        with translated(doing):
            try:
                return await link.until_gone(run(), doing)
            except MaxPayloadError:
                raise
            except (TimeoutError, Error, OSError):
                link.store = ""  # whatever it was, look before the next call whether everything is there
                raise

    async def _lay(self, link: Link) -> None:
        async with link.laying:
            if not link.store:
                link.store = await lay_out(link.streams, self._place, self._journal)
