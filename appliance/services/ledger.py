"""The only writer of the book. It hears outcomes, answers requests, sends orders, and compares the bus with the book; whatever
is away for a while, it waits and goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from appliance.domain.errors import DiskFull, Transient
from appliance.domain.order import Order, Outcome
from appliance.domain.request import Answer, Request
from appliance.ports.bus import HeardOutcome
from appliance.services.ledger_audit import Auditor
from appliance.services.ledger_desk import LedgerDesk
from appliance.services.ledger_outbox import Dispatcher
from appliance.services.ledger_outcomes import OutcomeRecorder
from appliance.services.ledger_pages import LedgerPages, LedgerParts, LedgerRule

__all__ = ["Ledger", "LedgerParts", "LedgerRule"]

#: Waits while something is away, doubled from the first to the last.
FIRST_WAIT_S, LAST_WAIT_S = 0.2, 10.0
#: When an outcome that could not be written down is delivered again.
NOT_NOW_S = 5.0
#: How long one step may take before stopping ends it.
LEAVE_S = 1.0
#: What it does again and again, side by side.
STEPS = ("hear_one", "take_turn", "audit_in_time")

Step = Callable[[], Awaitable[bool]]


class Ledger:
    """Everything that is written goes through here; between two awaits nothing else happens to the book."""

    def __init__(self, parts: LedgerParts, rule: LedgerRule) -> None:
        self._parts, self._rule = parts, rule
        self._pages = LedgerPages(parts)
        self._desk = LedgerDesk(parts, self._pages)
        self._recorder = OutcomeRecorder(parts, rule, self._pages)
        self._dispatcher = Dispatcher(parts, rule, self._pages)
        self._auditor = Auditor(parts, rule, self._pages)
        self._wake = asyncio.Event()
        self._knows_store = False
        self._audited_at_s = float("-inf")

    async def run(self, stop: asyncio.Event) -> None:
        """Work until stopped. Raises Misconfigured when the book turns out to be damaged or may not be written."""
        loops = [asyncio.create_task(self._repeat(step, stop)) for step in STEPS]
        loops.append(asyncio.create_task(self._serve(stop)))
        ending = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([ending, *loops], return_when=asyncio.FIRST_COMPLETED)
            if stop.is_set():
                await asyncio.wait(loops, timeout=LEAVE_S)
        finally:
            for task in (ending, *loops):
                task.cancel()
            results = await asyncio.gather(ending, *loops, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def answer(self, request: Request) -> Answer:
        """Answer a request; never raises."""
        answer = await self._desk.answer(request)
        await self._announce()
        self._wake.set()
        return answer

    async def hear_one(self) -> bool:
        """Write the next outcome down; whether there was one. Raises Transient when the bus is away."""
        heard = await self._parts.bus.next_outcome(self._rule.poll_s)
        if heard is None:
            return False
        outcome = heard.outcome
        order = self._order_of(outcome) if outcome.dead else None
        try:
            verdict = self._recorder.record(outcome)
        except (DiskFull, Transient):
            with suppress(Transient):
                await heard.not_now(NOT_NOW_S)
            raise
        self._note(outcome, verdict)
        await self._after(heard, order if verdict == "failed" else None)
        return True

    async def take_turn(self) -> bool:
        """Send what can be sent; whether there was something. Raises Transient when the bus or the book is away."""
        self._wake.clear()
        if not self._knows_store:
            await self._auditor.check_store()
            self._knows_store = True
        try:
            return await self._dispatcher.take_turn() > 0
        finally:
            await self._announce()

    async def audit(self) -> int:
        """Compare the bus with the book; how many orders have to be sent anew. Raises Transient when the bus is away."""
        anew = await self._auditor.check_store() + await self._auditor.check_orders()
        self._auditor.prune()
        if anew:
            self._wake.set()
        return anew

    async def audit_in_time(self) -> bool:
        """Compare them when it is time; never busy. Raises Transient when the bus is away."""
        now_s = self._parts.clock.now_s()
        # A clock that was set back must not put this off.
        if self._audited_at_s <= now_s < self._audited_at_s + self._rule.audit_every_s:
            return False
        await self.audit()
        self._audited_at_s = now_s
        return False

    async def _serve(self, stop: asyncio.Event) -> None:
        wait_s = FIRST_WAIT_S
        while not stop.is_set():
            try:
                await self._parts.bus.serve(self.answer)
                await stop.wait()
            except Transient as error:
                self._parts.journal.warn("requests are not served yet", why=error.why)
                await self._pause(stop, wait_s)
                wait_s = min(2 * wait_s, LAST_WAIT_S)

    async def _repeat(self, name: str, stop: asyncio.Event) -> None:
        """Take a step again and again; when something is away, wait longer and longer, and go on."""
        step: Step = getattr(self, name)
        wait_s = FIRST_WAIT_S
        while not stop.is_set():
            try:
                busy = await step()
                self._parts.alive(name)
                wait_s = FIRST_WAIT_S
                if not busy:
                    await self._pause(stop, self._rule.poll_s, wakes=name == "take_turn")
            except (DiskFull, Transient) as error:
                if isinstance(error, DiskFull):
                    # Nothing but room helps, least of all a new start.
                    self._parts.alive(name)
                self._parts.journal.warn("ledger waits", step=name, why=error.why)
                await self._pause(stop, wait_s)
                wait_s = min(2 * wait_s, LAST_WAIT_S)

    async def _pause(self, stop: asyncio.Event, seconds: float, *, wakes: bool = False) -> None:
        waits = [asyncio.create_task(event.wait()) for event in ((stop, self._wake) if wakes else (stop,))]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waits:
                task.cancel()

    def _order_of(self, outcome: Outcome) -> Order | None:
        """The order that is about to be given up, as its worker got it."""
        row = self._parts.book.order(outcome.order_id)
        try:
            return None if row is None else self._dispatcher.order_from(row)
        except ValueError:
            return None

    async def _after(self, heard: HeardOutcome, buried: Order | None) -> None:
        """It is in the book; the bus may forget it. What does not reach the bus now is delivered again, and then ignored."""
        self._wake.set()
        with suppress(Transient):
            await heard.recorded()
        if buried is not None:
            with suppress(Transient):
                await self._parts.bus.bury(buried, self._why(heard.outcome))
        await self._announce()

    async def _announce(self) -> None:
        with suppress(Transient):
            for change in self._pages.take_news():
                await self._parts.bus.announce(change)

    def _note(self, outcome: Outcome, verdict: str) -> None:
        tell = self._parts.journal.warn if verdict == "failed" else self._parts.journal.note
        tell(
            "outcome recorded" if verdict else "outcome known already",
            order=outcome.order_id,
            item=outcome.item_id,
            stage=outcome.stage,
            verdict=verdict,
            attempt=outcome.attempt,
            took_s=round(outcome.took_s, 3),
            worker=outcome.worker,
            trace=outcome.trace_id,
            why=self._why(outcome),
        )

    @staticmethod
    def _why(outcome: Outcome) -> str:
        return outcome.setback or next((getattr(fact, "why", "") for fact in outcome.facts), "")
