"""Orders and outcomes in somebody's hands.

They are acknowledged over whatever connection there is by then. After the store was lost they are not: the number of an old
message may by then belong to a new one.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from appliance.domain.order import Order, Outcome

DONE, AGAIN, BUSY, TERMINATED = b"+ACK", b"-NAK", b"+WPI", b"+TERM"
#: Says a word to the server about the message with this acknowledging subject: (subject, word, whether it has to confirm).
Sayer = Callable[[str, bytes, bool], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A message in our hands. say: tells the server about it, while the store is the one that it came from."""

    subject: str
    say: Sayer

    async def is_done(self) -> None:
        """It leaves the consumer; returns once the server has confirmed it."""
        await self.say(self.subject, DONE, True)

    async def comes_again(self, after_s: float) -> None:
        """Deliver it again after a while."""
        delay = b" " + json.dumps({"delay": int(after_s * 1e9)}).encode() if after_s > 0 else b""
        await self.say(self.subject, AGAIN + delay, False)

    async def is_busy(self) -> None:
        """Somebody works on it."""
        await self.say(self.subject, BUSY, False)

    async def is_unreadable(self) -> None:
        """It is of no use to anybody."""
        await self.say(self.subject, TERMINATED, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class JetstreamDelivery:
    """An order in a worker's hands."""

    order: Order
    attempt: int
    held: Held

    async def heartbeat(self) -> None:
        """Say that there was real progress."""
        await self.held.is_busy()

    async def done(self) -> None:
        """The order leaves the bus."""
        await self.held.is_done()

    async def try_again(self, after_s: float) -> None:
        """Deliver it again, no sooner than this."""
        await self.held.comes_again(after_s)

    async def put_back(self) -> None:
        """Deliver it again at once."""
        await self.held.comes_again(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class JetstreamOutcome:
    """An outcome in the ledger's hands."""

    outcome: Outcome
    held: Held

    async def recorded(self) -> None:
        """Do not deliver it again."""
        await self.held.is_done()

    async def not_now(self, after_s: float) -> None:
        """Deliver it again later."""
        await self.held.comes_again(after_s)
