"""Asking the ledger, and the ledger's answering: request and reply, one request after the other."""

from __future__ import annotations

import asyncio

from nats.aio.msg import Msg
from nats.errors import Error, NoRespondersError

from appliance.adapters.jetstream import letters
from appliance.adapters.jetstream.failures import REMEDY, reason_of, translated
from appliance.adapters.jetstream.line import Line, Link
from appliance.domain.errors import Transient, Unusable
from appliance.domain.request import Answer, Request
from appliance.ports.bus import Answerer
from appliance.ports.surroundings import Journal

#: Requests that wait to be answered; more are dropped, and whoever asked asks again.
MOST_WAITING = 256
#: Between two looks whether there is a ledger by now.
LOOK_S = 0.1


class Asking:
    """The side that asks."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def ask(self, request: Request, timeout_s: float) -> Answer:
        """Ask until there is an answer. Raises Transient when there is none in time; asking twice is the same as once."""
        body, headers = letters.write(request)
        loop = asyncio.get_running_loop()
        until_s, why = loop.time() + timeout_s, "nobody answered in time"
        while (left_s := until_s - loop.time()) > 0:
            try:
                return await self._ask_once(body, headers, left_s)
            except Transient as error:
                why = error.why
            await asyncio.sleep(min(LOOK_S, max(until_s - loop.time(), 0.0)))
        raise Transient(f"the ledger does not answer: {why}", remedy=REMEDY)

    async def _ask_once(self, body: bytes, headers: dict[str, str], left_s: float) -> Answer:
        link = await self._line.link("asking", left_s)
        with translated("asking"):
            work = link.client.request(letters.DESK, body, timeout=left_s, headers=dict(headers))
            try:
                message = await link.until_gone(work, "asking")
            except NoRespondersError as error:
                raise Transient("the ledger is not there yet", remedy=REMEDY) from error
        try:
            answer: Answer = letters.read(Answer, message.data, message.headers)
        except ValueError as error:
            raise Transient(f"the answer cannot be read: {error}", remedy=REMEDY) from error
        return answer


class Answering:
    """The ledger's side. Connections come and go; a request that was begun is finished all the same."""

    def __init__(self, answerer: Answerer, journal: Journal) -> None:
        self._answerer, self._journal = answerer, journal
        self._waiting: asyncio.Queue[Msg] = asyncio.Queue(MOST_WAITING)
        self._task = asyncio.ensure_future(self._answer_all())

    async def subscribe(self, link: Link) -> None:
        """Hear requests over this connection."""
        await link.client.subscribe(letters.DESK, queue="ledger", cb=self._take)

    async def close(self) -> None:
        """Answer no more."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _take(self, message: Msg) -> None:
        try:
            self._waiting.put_nowait(message)
        except asyncio.QueueFull:
            self._journal.warn("request dropped", why=f"{MOST_WAITING} requests wait already")

    async def _answer_all(self) -> None:
        while True:
            message = await self._waiting.get()
            try:
                body, headers = letters.write(await self._answer(message))
                await message._client.publish(message.reply, body, headers=headers)
            except (Error, OSError, Unusable) as error:  # whoever asked will ask again
                self._journal.warn("answer lost", why=reason_of(error))

    async def _answer(self, message: Msg) -> Answer:
        try:
            request: Request = letters.read(Request, message.data, message.headers)
        except ValueError as error:
            self._journal.warn("request cannot be read", why=reason_of(error))
            return Answer(ok=False, why=f"the request cannot be read: {error}", remedy="Run the same version everywhere.")
        try:
            return await self._answerer(request)
        except Exception as error:  # noqa: BLE001 - whoever asked has to hear that it did not work
            self._journal.warn("request failed", request=type(request).__name__, why=reason_of(error))
            return Answer(ok=False, why=f"the ledger could not do it: {reason_of(error)}", remedy="Look into its log.")
