"""Tells headquarters how this box stands. What cannot be sent is kept, and sent when headquarters is there again.

Nothing on the box waits for it: it reads what others wrote, and whatever goes wrong here is tried again later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from appliance.algorithms.fleet_reporting import BoxLook, Reporting, compose_report
from appliance.domain.errors import RinkreelError, Transient
from appliance.ports.book import BookView
from appliance.ports.fleet import ReportOutbox
from appliance.ports.surroundings import Clock, Disk, Journal

#: Lines of the log of outcomes that are searched for mishaps.
MOST_OUTCOMES = 500
#: How long one report is waited for, and the waits while headquarters is away, doubled from the first to the last.
TAKE_S, FIRST_WAIT_S, LAST_WAIT_S = 5.0, 0.5, 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterTools:
    """What a reporter needs."""

    book: BookView
    outbox: ReportOutbox
    disk: Disk
    clock: Clock
    journal: Journal
    temperatures: Callable[[], Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterRule:
    """What is told, and how often. root: the folder on whose disk there has to be room."""

    reporting: Reporting
    root: Path
    min_free_bytes: int
    every_s: float


class Reporter:
    """Reports again and again."""

    def __init__(self, tools: ReporterTools, rule: ReporterRule) -> None:
        self._tools, self._rule = tools, rule
        self._away = False

    async def run(self, stop: asyncio.Event) -> None:
        """Look, keep and send until stopped."""
        sending = asyncio.create_task(self._send(stop))
        try:
            while not stop.is_set():
                await self.report()
                await _either(stop, self._rule.every_s)
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def report(self) -> None:
        """Look at the box and keep what was seen; a look that fails is left out."""
        try:
            look = await asyncio.to_thread(self._look)
            await self._tools.outbox.keep(compose_report(look, self._rule.reporting, self._tools.clock.now_s()))
        except Exception as error:  # noqa: BLE001 - whatever it is, the next report may be kept
            self._tools.journal.warn("report not kept", why=_why(error))

    async def _send(self, stop: asyncio.Event) -> None:
        wait_s = FIRST_WAIT_S
        while not stop.is_set():
            try:
                if await self._tools.outbox.pass_on(TAKE_S, self._tools.clock.now_s()):
                    self._is_back()
                wait_s = FIRST_WAIT_S
            except Exception as error:  # noqa: BLE001 - whatever it is, the next attempt may succeed
                self._is_away(error)
                await _either(stop, wait_s)
                wait_s = min(2 * wait_s, LAST_WAIT_S)

    def _is_away(self, error: Exception) -> None:
        """Said once an outage."""
        if not self._away:
            self._tools.journal.warn("reports wait", why=_why(error))
        self._away = True

    def _is_back(self) -> None:
        if self._away:
            self._tools.journal.note("reports are sent again")
        self._away = False

    def _look(self) -> BoxLook:
        disk, root = self._tools.disk, self._rule.root
        book = self._tools.book
        try:
            tallies, notices, outcomes = book.tallies(), book.notices(), book.outcomes(MOST_OUTCOMES)
        except Transient:
            tallies, notices, outcomes = None, (), ()
        return BoxLook(
            tallies=tallies,
            notices=notices,
            outcomes=outcomes,
            disk_free_bytes=disk.free_bytes(root),
            disk_total_bytes=disk.total_bytes(root),
            disk_wanted_bytes=self._rule.min_free_bytes,
            temperatures=self._tools.temperatures(),
        )


def _why(error: Exception) -> str:
    return error.why if isinstance(error, RinkreelError) else repr(error)


async def _either(stop: asyncio.Event, seconds: float) -> None:
    """Until stopped, or until this time is over."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
