"""One connection that is there whenever it can be.

A connection that ends is never mended: it is thrown away and a new one is made, so that nothing old, half-sent or waiting
for an answer that cannot come is carried over. Whoever was using it hears at once that it is lost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.js import JetStreamContext

from appliance.adapters.jetstream.failures import lost, reason_of
from appliance.adapters.jetstream.place import BusPlace
from appliance.ports.surroundings import Journal

T = TypeVar("T")
#: How long a call waits for a connection before it says that there is none.
REACH_S = 2.0
#: How long one answer of the server is waited for.
ANSWER_S = 5.0
#: Between two attempts to connect; doubled up to the second figure.
FIRST_WAIT_S, LONGEST_WAIT_S = 0.1, 2.0
#: A server that does not answer two pings in a row is gone.
PING_S = 5
#: How often a connection is looked at besides being told that it ended.
LOOK_S = 1.0
#: Refused attempts of one outage between two lines in the journal: about a minute.
QUIET = 30


class Link:
    """One connection, as long as it lives. store: which streams it found; empty until it has looked."""

    def __init__(self, client: Client, gone: asyncio.Event) -> None:
        self.client, self.gone = client, gone
        self.streams: JetStreamContext = client.jetstream(timeout=ANSWER_S)
        self.laying = asyncio.Lock()
        self.store = ""

    async def until_gone(self, work: Coroutine[Any, Any, T], doing: str) -> T:
        """Do something over this connection. Raises Transient at once when it ends meanwhile."""
        task, watch = asyncio.ensure_future(work), asyncio.ensure_future(self.gone.wait())
        try:
            await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise lost(doing)
            return task.result()
        finally:
            task.cancel()
            watch.cancel()
            await asyncio.gather(task, watch, return_exceptions=True)


#: What is done anew on every connection: subscriptions, mostly.
Greeting = Callable[[Link], Awaitable[None]]


class Line:
    """Keeps connecting until it is closed."""

    def __init__(self, place: BusPlace, journal: Journal) -> None:
        self._place, self._journal = place, journal
        self._tls = place.tls()
        self._link: Link | None = None
        self._reached = asyncio.Event()
        self._greetings: list[Greeting] = []
        self._failures = 0
        self._trouble: Exception | None = None
        self._closed = False
        self._keeper = asyncio.ensure_future(self._keep())

    async def link(self, doing: str, wait_s: float = REACH_S) -> Link:
        """The connection. Raises Transient when there is none within `wait_s`."""
        if self._link is None and wait_s > 0:
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._reached.wait(), wait_s)
        if self._link is None:
            raise lost(doing)
        return self._link

    @property
    def present(self) -> Link | None:
        """The connection, if there is one now."""
        return self._link

    async def greet(self, greeting: Greeting) -> None:
        """Do this on the present connection and on every later one."""
        self._greetings.append(greeting)
        if self._link is not None:
            await self._greet(self._link, greeting)

    async def close(self) -> None:
        """Connect no more. A client that is connecting may swallow that it was cancelled, so it is said until it is heard."""
        self._closed = True
        while not self._keeper.done():
            self._keeper.cancel()
            await asyncio.wait({self._keeper}, timeout=LOOK_S)
        await asyncio.gather(self._keeper, return_exceptions=True)

    async def _keep(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._closed:
            client, gone = Client(), asyncio.Event()
            try:
                if await self._connect(client, gone):
                    wait_s = FIRST_WAIT_S
                    await self._use(Link(client, gone))
            finally:
                await _shut(client)
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _connect(self, client: Client, gone: asyncio.Event) -> bool:
        async def end() -> None:
            gone.set()

        self._trouble = None
        try:
            await client.connect(
                self._place.url,
                name=self._place.client_name,
                token=self._place.token,
                user=self._place.user,
                password=self._place.password,
                tls=self._tls,
                error_cb=self._hear_error,
                closed_cb=end,
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=2,
                ping_interval=PING_S,
                max_outstanding_pings=2,
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, the next attempt may succeed
            if self._failures % QUIET == 0:
                why = reason_of(self._trouble or error)  # what went wrong rather than that all servers were tried
                self._journal.warn("bus not reached", url=self._place.url, why=why)
            self._failures += 1
            return False
        return True

    async def _use(self, link: Link) -> None:
        """Hand a connection out until it ends."""

        self._link, self._failures = link, 0
        self._reached.set()
        self._journal.note("bus reached", url=self._place.url)
        try:
            for greeting in self._greetings:
                await self._greet(link, greeting)
            await self._watch(link)
            self._journal.warn("bus lost", url=self._place.url)
        finally:
            self._link = None
            self._reached.clear()
            link.gone.set()

    @staticmethod
    async def _watch(link: Link) -> None:
        """Come back when it has ended, also when the client is stuck in taking leave of a server that is silent."""
        while link.client.is_connected and not link.gone.is_set():
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(link.gone.wait(), LOOK_S)

    async def _greet(self, link: Link, greeting: Greeting) -> None:
        """A greeting that fails ends the connection: with the next one it is tried again."""
        try:
            await greeting(link)
        except Exception as error:  # noqa: BLE001 - whatever it is, the line must not end by it
            self._journal.warn("bus not usable", why=reason_of(error))
            link.gone.set()

    async def _hear_error(self, error: Exception) -> None:
        """Errors that concern no call; refused connections are told once an outage by whoever connects."""
        self._trouble = error
        if self._link is not None:
            self._journal.warn("bus trouble", why=reason_of(error))


async def _shut(client: Client) -> None:
    """Close what is open of it. It may never have been connected, or be half closed."""
    with suppress(Exception):
        await asyncio.wait_for(client.close(), LONGEST_WAIT_S)
