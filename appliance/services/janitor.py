"""Keeps the box tidy: what has had its time goes, what room needs goes, what nobody owns goes; the book is copied each day.

The ledger is asked before anything is removed that the book counts on, so that the book never promises what is not there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from appliance.algorithms.house_ruling import kept_by
from appliance.algorithms.retaining import (
    RetainingRule,
    originals_to_spare,
    overdue_originals,
    overdue_reels,
    reels_to_spare,
)
from appliance.algorithms.sweeping import Reading, doubt_clock
from appliance.domain.errors import RinkreelError
from appliance.domain.job import Item, ItemState, Notice
from appliance.domain.place import DataFolder
from appliance.domain.request import BackUp, ClearNotice, ForgetOriginal, ForgetReel, RaiseNotice, Request
from appliance.ports.book import BookView
from appliance.ports.bus import Desk
from appliance.ports.surroundings import Clock, Disk, Journal
from appliance.ports.sweeping import FileSweeper
from appliance.services.janitor_sweep import MOST_ITEMS, Sweep, SweepRule, SweepTools

DAY_S = 86400.0
#: A clock that was wrong is believed again after this long without another jump.
STEADY_AGAIN_S = 3600.0
OVER_AGE, FOR_ROOM = "The reel was removed after its time.", "The reel was removed to make room."


@dataclass(frozen=True, slots=True, kw_only=True)
class JanitorTools:
    """What a janitor needs. steady: seconds that really pass, whatever the clock says."""

    data: DataFolder
    desk: Desk
    book: BookView
    disk: Disk
    clock: Clock
    journal: Journal
    files: FileSweeper
    steady: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True, kw_only=True)
class JanitorRule(RetainingRule):
    """When a janitor does what. min_free_bytes: room is made below twice this. every_s: time between two passes. The others as
    a sweep has them."""

    min_free_bytes: int
    backups: int = 14
    upload_expiry_s: float = DAY_S
    every_s: float = 600.0


class Janitor:
    """Goes through the box again and again."""

    def __init__(self, tools: JanitorTools, rule: JanitorRule) -> None:
        self._tools, self._rule = tools, rule
        self._reading: Reading | None = None
        self._doubt, self._doubted_at = "", 0.0
        self._told: dict[str, str] = {}
        self._stop = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Tidy up until stopped."""
        self._stop = stop
        while not stop.is_set():
            await self.tidy()
            try:
                await asyncio.wait_for(stop.wait(), self._rule.every_s)
            except TimeoutError:
                continue

    async def tidy(self) -> None:
        """One pass. Each part is tried, whatever became of the one before it."""
        await self._try("clock", self._look_at_clock)
        if not self._doubt:
            await self._try("retention", self._retain)
        await self._try("room", self._make_room)
        if not self._doubt:
            await self._try("sweep", self._sweep)
        await self._try("backup", self._back_up)

    async def _try(self, part: str, work: Callable[[], Awaitable[None]]) -> None:
        if self._stop.is_set():
            return
        try:
            await work()
        except (RinkreelError, OSError) as error:
            self._tools.journal.warn("tidying interrupted", part=part, why=str(error))

    async def _look_at_clock(self) -> None:
        """Nothing is removed for its age while the clock is in doubt."""
        now = Reading(wall_s=self._tools.clock.now_s(), steady_s=self._tools.steady())
        doubt, self._reading = doubt_clock(now, self._reading), now
        if doubt:
            self._doubt, self._doubted_at = doubt, now.steady_s
        elif now.steady_s - self._doubted_at > STEADY_AGAIN_S:
            self._doubt = ""
        await self._say("clock", self._doubt, "Set the clock of this box, and let it follow a time server.")

    async def _retain(self) -> None:
        items, now_s = self._items(), self._tools.clock.now_s()
        rule = kept_by(self._tools.book.house_rules(), self._rule)
        for item in overdue_originals(items, rule, now_s):
            await self._drop_original(item)
        for item in overdue_reels(items, rule, now_s):
            await self._drop_reel(item, OVER_AGE)

    async def _make_room(self) -> None:
        """Reels go before originals: they can be made again."""
        if not self._rule.make_room or self._has_room():
            return
        items = self._items()
        for item in reels_to_spare(items, self._rule):
            if self._has_room():
                return
            await self._drop_reel(item, FOR_ROOM)
        for item in originals_to_spare(self._items(), self._rule):
            if self._has_room():
                return
            await self._drop_original(item)

    async def _sweep(self) -> None:
        tools = SweepTools(
            data=self._tools.data,
            book=self._tools.book,
            files=self._tools.files,
            journal=self._tools.journal,
            stopped=self._stop.is_set,
        )
        rule = SweepRule(backups=self._rule.backups, upload_expiry_s=self._rule.upload_expiry_s)
        strays = await Sweep(tools=tools, rule=rule, now_s=self._tools.clock.now_s()).run()
        why = f"{strays} folders in originals and reels belong to no recording in the book" if strays else ""
        await self._say("strays", why, "Nothing in them is removed. Copy what is wanted into the share again, and delete them.")

    async def _back_up(self) -> None:
        copies = await asyncio.to_thread(self._tools.files.entries, self._tools.data.backups)
        if not any(abs(self._tools.clock.now_s() - copy.touched_at_s) < DAY_S for copy in copies):
            await self._ask(BackUp(), "book backed up")

    def _items(self) -> tuple[Item, ...]:
        return self._tools.book.items_in((ItemState.COMPLETED, ItemState.FAILED, ItemState.CANCELLED), MOST_ITEMS)

    def _has_room(self) -> bool:
        return self._tools.disk.free_bytes(self._tools.data.root) >= 2 * self._rule.min_free_bytes

    async def _drop_reel(self, item: Item, why: str) -> None:
        if await self._ask(ForgetReel(item_id=item.id, why=why), "reel removed", item_id=item.id, why=why):
            await self._remove([self._tools.data.reels / item.id])

    async def _drop_original(self, item: Item) -> None:
        """An original may have come under another id than its item's."""
        stored = [part.stored for part in self._tools.book.parts_of(item.id) if part.stored is not None]
        folders = {(self._tools.data.root / each).parent for each in stored} | {self._tools.data.original_folder(item.id)}
        if await self._ask(ForgetOriginal(item_id=item.id), "original removed", item_id=item.id):
            await self._remove(sorted(folders))

    async def _remove(self, paths: Sequence[Path]) -> None:
        for path in paths:
            await asyncio.to_thread(self._tools.files.remove, path)

    async def _say(self, key: str, why: str, remedy: str) -> None:
        """Raise a notice or clear it, once."""
        if self._told.get(key) == why:
            return
        notice = Notice(key=key, why=why, remedy=remedy, at_s=self._tools.clock.now_s())
        await self._tools.desk.ask(RaiseNotice(notice=notice) if why else ClearNotice(key=key))
        self._told[key] = why

    async def _ask(self, request: Request, event: str, **fields: object) -> bool:
        """Whether the ledger agrees. Nothing more is asked once it is time to stop."""
        if self._stop.is_set():
            return False
        answer = await self._tools.desk.ask(request)
        if answer.ok:
            self._tools.journal.note(event, **fields)
        else:
            self._tools.journal.note("the ledger said no", request=type(request).__name__, answer=answer.why, **fields)
        return answer.ok
