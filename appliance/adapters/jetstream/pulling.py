"""Taking one message at a time from a durable consumer.

The client's own `fetch` waits out its time when a consumer vanishes; this one hears it at once. The server is asked to keep
the request a little shorter than it is waited for, so that no message is sent to somebody who has just stopped waiting.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

from nats.aio.msg import Msg
from nats.errors import Error, NoRespondersError
from nats.js.errors import APIError

from appliance.adapters.jetstream.line import Link

#: How much longer than the server we wait, for its answer that there was nothing.
GRACE_S = 2.0
#: The server's answers that are no message: there was none within the time.
NOTHING = ("404", "408")
BACK = b"-NAK"


class Puller:
    """One consumer over one connection."""

    def __init__(self, link: Link, stream: str, consumer: str) -> None:
        self._link = link
        self._asked_at = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}"
        self._inbox = link.client.new_inbox()
        self._came: asyncio.Queue[Msg] = asyncio.Queue()
        self._one_at_a_time = asyncio.Lock()

    async def open(self) -> Puller:
        """Begin to hear answers."""
        await self._link.client.subscribe(self._inbox, cb=self._came.put)
        return self

    async def pull(self, wait_s: float) -> Msg | None:
        """The next message, or None when none came within `wait_s`. Raises what NATS raises."""
        async with self._one_at_a_time:
            if (late := self._late()) is not None:
                return late
            wait_s = max(wait_s, 0.01)
            asked = json.dumps({"batch": 1, "expires": int(wait_s * 1e9)}).encode()
            await self._link.client.publish(self._asked_at, asked, reply=self._inbox)
            with suppress(asyncio.TimeoutError):
                return _message_or_none(await asyncio.wait_for(self._came.get(), wait_s + GRACE_S))
            raise Error("nats: the server does not answer")

    async def give_back(self) -> None:
        """Hand back at once what came and was not taken."""
        while (late := self._late()) is not None:
            await self._link.client.publish(late.reply, BACK)

    def _late(self) -> Msg | None:
        """A message that came after somebody had given up waiting; answers without one are of no interest any more."""
        while not self._came.empty():
            message = self._came.get_nowait()
            if not _status_of(message):
                return message
        return None


def _status_of(message: Msg) -> str:
    return (message.headers or {}).get("Status", "")


def _message_or_none(message: Msg) -> Msg | None:
    status = _status_of(message)
    if not status:
        return message
    if status in NOTHING:
        return None
    if status == "503":
        raise NoRespondersError
    raise APIError(code=int(status), description=(message.headers or {}).get("Description", ""))
