"""Watches a stage at work: heartbeats and notes from real progress, an end to silence, a short while to leave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from appliance.domain.errors import Transient
from appliance.domain.facts import ChunkPlanned, Fact
from appliance.domain.order import ProgressNote
from appliance.ports.bus import Delivery, WorkerBus
from appliance.ports.surroundings import Clock, Journal
from appliance.services.worker_stage import StageInterrupted, StageProgress

#: Looks at a stage that is at work, seconds apart.
LOOK_EVERY_S = 0.2
#: A bus that does not take a word for this long is away.
WORD_LIMIT_S = 5.0
#: Reading and writing this many bytes within such a time is work, even where a stage has no words for it: joining parts, looking
#: for a file's end. Less is what a process moves by being alive, and by being watched.
WORK_BYTES, WORK_TIME_S = 1024**2, 2.0
#: Bytes alone keep a stage alive for this many times its limit; a loop that reads for ever ends then.
WORDLESS_LIMITS = 10


class StageStalled(Exception):  # noqa: N818 - a state, not a failure of the watcher
    """A stage at work has said nothing for too long; its thread still hangs."""

    def __init__(self, silent_s: float) -> None:
        super().__init__(f"no progress for {silent_s:.0f} s")
        self.silent_s = silent_s


class StageAbandoned(Exception):  # noqa: N818 - a state, not a failure of the watcher
    """The worker leaves and the stage does not end; its thread still runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRule:
    """stall_after_s: silence that ends the process. heartbeat_every_s, show_every_s: at most so often. leave_after_s: what a
    stage gets to finish when the worker leaves. clean_up_s: what it gets afterwards to clean up."""

    name: str
    stall_after_s: float = 180.0
    heartbeat_every_s: float = 10.0
    show_every_s: float = 0.5
    leave_after_s: float = 2.0
    clean_up_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchTools:
    """moved_bytes: what this process and its children have read and written so far; 0 where nobody counts.
    alive: told whenever the stage really got on."""

    bus: WorkerBus
    clock: Clock
    journal: Journal
    moved_bytes: Callable[[], int] = lambda: 0
    alive: Callable[[], None] = lambda: None


class StageWatch:
    """One stage, from its start to its end."""

    def __init__(self, delivery: Delivery, progress: StageProgress, tools: WatchTools, rule: WatchRule) -> None:
        self._delivery, self._progress, self._tools, self._rule = delivery, progress, tools, rule
        self._moved_at = self._beaten_for = progress.moved_at
        self._beaten_at = self._shown_at = time.monotonic()
        self._shown: tuple[float, float] | None = None
        self._bytes, self._counted_at = tools.moved_bytes(), time.monotonic()
        self._warned = False

    async def wait_for(self, stage: asyncio.Future[tuple[Fact, ...]], stop: asyncio.Event) -> tuple[Fact, ...]:
        """What the stage tells.

        Raises:
            StageStalled: it hangs. StageInterrupted: the worker leaves, and it has ended. StageAbandoned: it has not.
            Anything that the stage raises.
        """
        while not await _ended(stage, LOOK_EVERY_S):
            if stop.is_set():
                return await self._leave(stage)
            self._look()
            await self._beat()
            await self._show()
            if (silent_s := time.monotonic() - self._moved_at) > self._rule.stall_after_s:
                raise StageStalled(silent_s)
        return stage.result()

    async def _leave(self, stage: asyncio.Future[tuple[Fact, ...]]) -> tuple[Fact, ...]:
        if await _ended(stage, self._rule.leave_after_s):
            return stage.result()
        self._progress.interrupt()
        if await _ended(stage, self._rule.clean_up_s):
            return stage.result()
        raise StageAbandoned

    def _look(self) -> None:
        """Find out when the stage last moved: its own word, or else bytes that really went somewhere."""
        now = time.monotonic()
        spoke_at = self._progress.moved_at
        self._moved_at = max(self._moved_at, spoke_at)
        if now - max(self._moved_at, self._counted_at) < min(WORK_TIME_S, self._rule.heartbeat_every_s):
            return
        before, self._bytes, self._counted_at = self._bytes, self._tools.moved_bytes(), now
        wordless_s = now - spoke_at
        if self._bytes - before >= WORK_BYTES and wordless_s <= self._rule.stall_after_s * WORDLESS_LIMITS:
            self._moved_at = now

    async def _beat(self) -> None:
        if self._moved_at > self._beaten_for and time.monotonic() - self._beaten_at >= self._rule.heartbeat_every_s:
            self._beaten_for, self._beaten_at = self._moved_at, time.monotonic()
            self._tools.alive()
            await self._say(self._delivery.heartbeat())

    async def _show(self) -> None:
        latest, now = self._progress.latest, time.monotonic()
        if latest is None or latest == self._shown or now - self._shown_at < self._rule.show_every_s:
            return
        self._shown, self._shown_at = latest, now
        await self._say(self._tools.bus.show_progress(self._note(latest)))

    def _note(self, latest: tuple[float, float]) -> ProgressNote:
        order = self._delivery.order
        return ProgressNote(
            item_id=order.item_id,
            revision=order.revision,
            stage=order.stage,
            done_s=latest[0],
            total_s=latest[1],
            worker=self._rule.name,
            at_s=self._tools.clock.now_s(),
            chunk_index=order.heard.chunk.index if isinstance(order.heard, ChunkPlanned) else 0,
        )

    async def _say(self, word: Awaitable[None]) -> None:
        """Say something that may be lost; the stage goes on in any case."""
        try:
            await asyncio.wait_for(word, WORD_LIMIT_S)
        except (Transient, TimeoutError) as error:
            if not self._warned:
                self._warned = True
                self._tools.journal.warn("bus not reached while a stage runs", order_id=self._delivery.order.id, why=str(error))


async def _ended(stage: asyncio.Future[tuple[Fact, ...]], limit_s: float) -> bool:
    """Whether the stage has ended, waiting for it for a while."""
    await asyncio.wait({stage}, timeout=limit_s)
    return stage.done()


__all__ = ["StageAbandoned", "StageInterrupted", "StageStalled", "StageWatch", "WatchRule", "WatchTools"]
