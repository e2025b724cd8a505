"""Watches the share. Events only hasten the next look; what a look finds is the truth, and the book remembers the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from appliance.algorithms.drop_accounting import signature_of
from appliance.algorithms.drop_grouping import split_drops
from appliance.algorithms.resting import RestRule
from appliance.domain.errors import RinkreelError
from appliance.domain.footage import OddEntry, ShareListing
from appliance.domain.job import Notice
from appliance.domain.place import DataFolder
from appliance.domain.request import ClearNotice, RaiseNotice
from appliance.ports.book import BookView
from appliance.ports.bus import Desk
from appliance.ports.intake import FolderLister, FolderWatch
from appliance.ports.surroundings import Clock, Disk, Journal
from appliance.services.halting import run_abandonable
from appliance.services.intake import Intake
from appliance.services.watcher_drop import LOOSE, Drop, DropRule, Look
from appliance.services.watcher_memory import WatcherMemory
from appliance.services.watcher_taking import Taker, TakingRule

MOUNT, DISK = "mount", "intake-disk"
#: Looks follow each other no closer, however much happens, and rest ten times as long as they took.
_LEAST_GAP_S, _GAP_PER_LOOK = 1.0, 10.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WatcherRule:
    """How the share is watched. min_free_bytes: below this, nothing is copied from other disks. mount_marker: name of a file
    that has to be in the share; empty when none is asked for."""

    rest_s: float
    scan_every_s: float
    give_up_after_s: float
    ready_marker: str
    mount_marker: str
    keep_duplicates: bool
    min_free_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatcherTools:
    """What the watcher works with."""

    data: DataFolder
    intake: Intake
    book: BookView
    desk: Desk
    lister: FolderLister
    watch: FolderWatch
    clock: Clock
    disk: Disk
    journal: Journal


class Watcher:
    """Follows everything in the share from its first byte to its receipt."""

    def __init__(self, tools: WatcherTools, rule: WatcherRule) -> None:
        self._tools, self._rule = tools, rule
        rest = RestRule(rest_s=rule.rest_s, give_up_after_s=rule.give_up_after_s)
        self._drop_rule = DropRule(
            share=tools.data.footage, rest=rest, marker=rule.ready_marker, keep_duplicates=rule.keep_duplicates
        )
        self._memory = WatcherMemory(tools.book, self._drop_rule)
        self._taker = Taker(tools.intake, tools.lister, tools.clock, tools.journal)
        self._drops: dict[str, Drop] = {}
        #: Whether the book has to be read anew, because something was begun and its end was not heard of.
        self._unsure = True
        self._notices: dict[str, str | None] = {}
        self._identity: tuple[int, int] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until told to stop."""
        work = asyncio.ensure_future(self._watch())
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait({work, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()
        finally:
            for task in (work, stopping):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            self._tools.watch.close()

    async def look_once(self) -> bool:
        """One look at the share, and all that follows from it; whether there is more to do right away.

        Raises:
            RinkreelError: the ledger or the share did not answer; nothing is lost.
        """
        if self._unsure:
            await self._remember()
        if not await self._share_is_there():
            return False
        listing = await run_abandonable(partial(self._tools.lister.list_share, self._tools.data.footage))
        self._follow_mounts(listing)
        await asyncio.to_thread(self._see, listing)
        self._taker.begin(self._taking_rule())
        for drop in self._drops.values():
            await self._without_doubt(drop.account(self._tools.intake, self._loose_name()))
        more = await self._take_ready()
        for drop in self._drops.values():
            await self._finish(drop)
        await self._say_room()
        self._forget_gone()
        return more

    async def _watch(self) -> None:
        wait_s = _FIRST_WAIT_S
        while True:
            began_s = self._tools.clock.now_s()
            try:
                more = await self.look_once()
            except RinkreelError as error:
                self._tools.journal.warn("the share waits", why=error.why)
                await self._tools.clock.sleep(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
                continue
            wait_s = _FIRST_WAIT_S
            if not more:
                took_s = max(0.0, self._tools.clock.now_s() - began_s)
                await self._tools.clock.sleep(min(max(_LEAST_GAP_S, _GAP_PER_LOOK * took_s), self._rule.scan_every_s))
                await self._wait_for_change(self._rule.scan_every_s - _LEAST_GAP_S)

    async def _wait_for_change(self, most_s: float) -> None:
        """Until something happens in the share, or it is time for the next look."""
        if most_s <= 0:
            return
        tasks = [asyncio.ensure_future(self._tools.watch.changed()), asyncio.ensure_future(self._tools.clock.sleep(most_s))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _remember(self) -> None:
        """Finish what was begun, and start from what the book says."""
        await self._tools.intake.resume()
        await asyncio.to_thread(self._memory.load)
        for job in self._memory.overtaken_jobs():
            await self._tools.intake.settle(job)
        old = self._drops
        self._drops = {name: self._memory.drop_named(name) for name in {*self._memory.open_names(), *old}}
        for name, drop in self._drops.items():
            if name in old:
                drop.keep_resting(old[name])
        self._unsure = False

    async def _share_is_there(self) -> bool:
        marker = self._rule.mount_marker
        if not marker or self._tools.lister.stamp_of(self._tools.data.footage / marker) is not None:
            await self._say(MOUNT, None)
            return True
        why = f"The share is not there: the file {marker} is missing in it. Nothing is taken in until it is back."
        await self._say(MOUNT, why, remedy="Check that the disk or network share is connected.")
        return False

    def _follow_mounts(self, listing: ShareListing) -> None:
        if self._identity not in (None, listing.identity):
            self._tools.journal.warn("another file system lies in the share's place")
            self._tools.watch.renew()
        self._identity = listing.identity

    def _see(self, listing: ShareListing) -> None:
        now_s = self._tools.clock.now_s()
        by_drop = split_drops(file for file in listing.files if file.top or file.place != self._rule.mount_marker)
        elsewhere = {signature_of(file): file for file in listing.files}
        passed_over, unread = _by_top(listing.passed_over), _by_top(listing.unread)
        for name in by_drop:
            if name not in self._drops:
                self._drops[name] = self._memory.drop_named(name)
        for name, drop in self._drops.items():
            look = Look(
                now_s=now_s,
                files=by_drop.get(name, ()),
                passed_over=passed_over.get(name, ()),
                unread=unread.get(name, ()),
                elsewhere=elsewhere,
            )
            drop.see(look)

    def _taking_rule(self) -> TakingRule:
        originals = self._tools.data.originals
        return TakingRule(
            give_up_after_s=self._rule.give_up_after_s,
            device=self._tools.lister.device_of(originals),
            room_bytes=self._tools.disk.free_bytes(originals) - self._rule.min_free_bytes,
        )

    async def _take_ready(self) -> bool:
        """Take recordings for as long as a look may be old; whether some are left."""
        until_s = self._tools.clock.now_s() + self._rule.scan_every_s
        ready = [(drop, group) for drop in self._drops.values() for group in drop.ready_groups()]
        for drop, group in ready:
            if self._tools.clock.now_s() > until_s:
                return True
            await self._without_doubt(self._taker.take(drop, group))
            if self._taker.is_unsure:
                self._unsure = True
                return True
        return False

    async def _finish(self, drop: Drop) -> None:
        await self._without_doubt(drop.account(self._tools.intake, self._loose_name()))
        await self._without_doubt(drop.settle_when_done(self._tools.intake))
        settled_at_s, now_s = drop.settled_at_s, self._tools.clock.now_s()
        if settled_at_s is not None and now_s - settled_at_s >= self._rule.rest_s and drop.job is None:
            drop.settled_at_s = None
            if drop.folder is not None:
                await asyncio.to_thread(self._tools.lister.remove_empty, drop.folder)

    async def _without_doubt(self, doing: Awaitable[object]) -> None:
        """Whatever fails on the way may have been done all the same: look into the book before going on."""
        try:
            await doing
        except BaseException:
            self._unsure = True
            raise

    async def _say_room(self) -> None:
        if self._tools.disk.free_bytes(self._tools.data.originals) >= self._rule.min_free_bytes and not self._taker.lacked_room:
            await self._say(DISK, None)
            return
        why = "The disk is almost full. Footage from other disks and uploads wait."
        await self._say(DISK, why, remedy="Delete reels that nobody needs any more, or let the oldest ones go.")

    async def _say(self, key: str, why: str | None, remedy: str = "") -> None:
        """Raise or clear a notice when it changes, and once after the start."""
        if self._notices.get(key, "unknown") == why:
            return
        at_s = self._tools.clock.now_s()
        notice = None if why is None else Notice(key=key, why=why, remedy=remedy, at_s=at_s)
        await self._tools.desk.ask(ClearNotice(key=key) if notice is None else RaiseNotice(notice=notice))
        if why is not None:
            self._tools.journal.warn("intake is paused", key=key, why=why)
        self._notices[key] = why

    def _forget_gone(self) -> None:
        gone = [name for name, drop in self._drops.items() if drop.is_empty and drop.settled_at_s is None]
        for name in gone:
            del self._drops[name]

    def _loose_name(self) -> str:
        moment = datetime.fromtimestamp(self._tools.clock.now_s()).astimezone()
        return f"{LOOSE}{moment.day} {moment:%B %H:%M}"


def _by_top(entries: Sequence[OddEntry]) -> dict[str, list[OddEntry]]:
    tops: dict[str, list[OddEntry]] = {}
    for entry in entries:
        tops.setdefault(entry.top, []).append(entry)
    return tops
