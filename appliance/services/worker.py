"""The only loop that runs stages: next order, fetch, run, tell, done. Whatever a stage does, its order ends in a verdict."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from appliance.algorithms.retrying import decide, refuse_delivery
from appliance.domain.errors import RinkreelError, Transient
from appliance.domain.facts import ChunkPlanned, Fact, FootageAnalysed, RecordingArrived, SegmentsSelected, StageFailed
from appliance.domain.order import Lane, Order, Outcome
from appliance.domain.verdict import Done, GiveUp, Hold, TryAgain, Verdict
from appliance.ports.bus import Delivery, WorkerBus
from appliance.ports.media_access import MediaAccess
from appliance.ports.surroundings import Clock, Journal
from appliance.services.worker_stage import StageInterrupted, StageProgress, StageRunner, start_stage
from appliance.services.worker_watch import StageAbandoned, StageStalled, StageWatch, WatchRule, WatchTools

#: How the process ends when a stage hangs. Source: sysexits.h, EX_TEMPFAIL.
STALLED_EXIT = 75
#: Waits while the bus is away, doubled from the first to the last.
FIRST_WAIT_S, LAST_WAIT_S = 0.5, 15.0
#: What a worker that is about to go spends on its last words.
LAST_WORD_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerTools:
    """What a worker needs. run: runs the stage that an order names. die: ends the process at once, hung threads and all.

    moved_bytes: what this process and its children have read and written so far; real work that a stage has no words for.
    alive: told whenever the bus answered or a stage really got on.
    """

    bus: WorkerBus
    media: MediaAccess
    run: StageRunner
    clock: Clock
    journal: Journal
    die: Callable[[int], None] = os._exit
    moved_bytes: Callable[[], int] = lambda: 0
    alive: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRule(WatchRule):
    """How a worker works. poll_s: how long it asks for an order before it looks up. tell_for_s: how long it keeps an outcome
    that the bus does not take, before the order is left to be done again."""

    lane: Lane
    most_attempts: int = 5
    poll_s: float = 1.0
    tell_for_s: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """An order in hand, since when."""

    delivery: Delivery
    began_at: float

    @property
    def order(self) -> Order:
        return self.delivery.order

    @property
    def took_s(self) -> float:
        return time.monotonic() - self.began_at


class _Gone(Exception):  # noqa: N818 - never leaves this file
    """The process was told to die; only a test sees what comes after."""


class Worker:
    """Takes orders of one lane, one at a time."""

    def __init__(self, tools: WorkerTools, rule: WorkerRule) -> None:
        self._tools, self._rule = tools, rule
        self._watch_tools = WatchTools(
            bus=tools.bus, clock=tools.clock, journal=tools.journal, moved_bytes=tools.moved_bytes, alive=tools.alive
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Work until stopped."""
        wait_s = 0.0
        while not stop.is_set():
            try:
                delivery = await self._tools.bus.next_order(self._rule.lane, self._rule.poll_s)
                self._tools.alive()
                if delivery is not None:
                    await self._serve(_Attempt(delivery=delivery, began_at=time.monotonic()), stop)
                wait_s = 0.0
            except Transient as error:
                if not wait_s:
                    self._tools.journal.warn("bus not reached", worker=self._rule.name, why=error.why)
                wait_s = min(max(2 * wait_s, FIRST_WAIT_S), LAST_WAIT_S)
                await _stopped_within(stop, wait_s)
            except _Gone:
                return

    async def _serve(self, attempt: _Attempt, stop: asyncio.Event) -> None:
        """Bring one order to its verdict. Raises Transient when the bus does not hear of it: then the order comes again."""
        refusal = refuse_delivery(attempt.delivery.attempt, self._rule.most_attempts)
        if refusal is not None:
            await self._apply(attempt, refusal, stop)
            return
        progress = StageProgress()
        stage = start_stage(attempt.order, self._tools.run, self._tools.media, progress)
        watch = StageWatch(attempt.delivery, progress, self._watch_tools, self._rule)
        try:
            facts = await watch.wait_for(stage, stop)
        except StageInterrupted:
            await self._put_back(attempt)
        except StageAbandoned:
            await self._put_back(attempt)
            self._end(0)
        except StageStalled as stall:
            await self._end_stalled(attempt, stall, stop)
        except Exception as error:  # noqa: BLE001 - whatever a stage raises, its order ends in a verdict
            await self._apply(attempt, self._judge(attempt, error), stop)
        else:
            await self._apply(attempt, Done(facts), stop)

    def _judge(self, attempt: _Attempt, error: Exception) -> Verdict:
        """The verdict on a failure; what nobody foresaw is traced and tried again."""
        if not isinstance(error, RinkreelError):
            trace = "".join(traceback.format_exception(error))
            self._tools.journal.warn("stage broke", **self._particulars(attempt), trace=trace)
            error = Transient(
                f"the program stopped at an error of its own: {type(error).__name__}: {error}",
                remedy="Retry it; if that does not help, send the log to whoever looks after the program.",
            )
        return decide(error, attempt.delivery.attempt, self._rule.most_attempts, key=attempt.order.id)

    async def _apply(self, attempt: _Attempt, verdict: Verdict, stop: asyncio.Event) -> None:
        """Tell the outcome, end the delivery, and write one line about it."""
        outcome = self._outcome(attempt, verdict)
        await self._tell(outcome, stop)
        if isinstance(verdict, TryAgain):
            await attempt.delivery.try_again(verdict.after_s)
        else:
            await attempt.delivery.done()
        self._record(attempt, verdict)

    async def _tell(self, outcome: Outcome, stop: asyncio.Event) -> None:
        """Tell it as often as it takes: hours of work may be in it. Raises Transient when it was in vain."""
        deadline, wait_s = time.monotonic() + self._rule.tell_for_s, FIRST_WAIT_S
        while True:
            try:
                await self._tools.bus.tell(outcome)
            except Transient as error:
                self._tools.journal.warn("outcome not taken", order_id=outcome.order_id, why=error.why)
                if time.monotonic() >= deadline or await _stopped_within(stop, wait_s):
                    raise
                wait_s = min(2 * wait_s, LAST_WAIT_S)
            else:
                return

    async def _put_back(self, attempt: _Attempt) -> None:
        self._tools.journal.note("order put back", **self._particulars(attempt))
        await self._last_words(attempt.delivery.put_back())

    async def _end_stalled(self, attempt: _Attempt, stall: StageStalled, stop: asyncio.Event) -> None:
        """A hung native call cannot be cancelled: say so, let somebody else try, and end the process."""
        error = Transient(f"{attempt.order.stage} made {stall}", remedy="Retry it; play the recording on a computer first.")
        verdict = decide(error, attempt.delivery.attempt, self._rule.most_attempts, key=attempt.order.id)
        self._tools.journal.warn("stage hangs", **self._particulars(attempt), silent_s=round(stall.silent_s, 1))
        await self._last_words(self._apply(attempt, verdict, stop))
        self._end(STALLED_EXIT)

    async def _last_words(self, words: Awaitable[None]) -> None:
        """Whoever cannot be told finds out by himself, once the order's time is over."""
        try:
            await asyncio.wait_for(words, LAST_WORD_S)
        except (Transient, TimeoutError) as error:
            self._tools.journal.warn("last words not heard", worker=self._rule.name, why=str(error))

    def _end(self, status: int) -> None:
        self._tools.die(status)
        raise _Gone

    def _outcome(self, attempt: _Attempt, verdict: Verdict) -> Outcome:
        order = attempt.order
        return Outcome(
            id=f"{order.id}.{secrets.token_hex(8)}",
            order_id=order.id,
            item_id=order.item_id,
            revision=order.revision,
            stage=order.stage,
            facts=_facts_from(order, verdict),
            attempt=attempt.delivery.attempt,
            took_s=attempt.took_s,
            worker=self._rule.name,
            trace_id=order.trace_id,
            at_s=self._tools.clock.now_s(),
            dead=isinstance(verdict, GiveUp) and verdict.dead,
            setback=verdict.why if isinstance(verdict, TryAgain | Hold) else "",
            held=isinstance(verdict, Hold),
        )

    def _record(self, attempt: _Attempt, verdict: Verdict) -> None:
        particulars = self._particulars(attempt)
        match verdict:
            case Done(facts):
                self._tools.journal.note("order done", **particulars, facts=len(facts))
            case TryAgain(after_s=after_s, why=why):
                self._tools.journal.warn("order set back", **particulars, why=why, again_in_s=round(after_s, 1))
            case Hold(why=why):
                self._tools.journal.warn("order held", **particulars, why=why)
            case GiveUp(why=why, dead=dead):
                self._tools.journal.warn("order given up", **particulars, why=why, dead=dead)

    def _particulars(self, attempt: _Attempt) -> dict[str, object]:
        order = attempt.order
        return {
            "order_id": order.id,
            "item_id": order.item_id,
            "revision": order.revision,
            "stage": order.stage,
            "attempt": attempt.delivery.attempt,
            "took_s": round(attempt.took_s, 3),
            "worker": self._rule.name,
            "trace_id": order.trace_id,
        }


def _facts_from(order: Order, verdict: Verdict) -> tuple[Fact, ...]:
    match verdict:
        case Done(facts):
            return facts
        case GiveUp(why=why, remedy=remedy):
            return (StageFailed(stage=order.stage, subject=_subject_of(order), why=why, remedy=remedy),)
        case _:
            return ()


def _subject_of(order: Order) -> str:
    """What people call the thing that an order is about."""
    match order.heard:
        case RecordingArrived(paths=(first, *_)):
            return first.name
        case ChunkPlanned(recording=recording):
            return recording.name
        case FootageAnalysed(recordings=(first, *_)) | SegmentsSelected(recordings=(first, *_)):
            return first.name
        case _:
            return order.item_id


async def _stopped_within(stop: asyncio.Event, seconds: float) -> bool:
    """Wait, but no longer than until it is time to stop."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True
