from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from appliance.adapters.sqlite import SqliteBookView
from appliance.algorithms.fleet_reporting import Reporting
from appliance.domain.errors import Transient
from appliance.domain.fleet import BoxReport
from appliance.services.reporter import Reporter, ReporterRule, ReporterTools
from tests.appliance_fakes import HandClock, HeardJournal, ToldDisk
from tests.book_examples import a_job, an_item, opened_book


@dataclass
class HandOutbox:
    """Keeps what it is given; headquarters is away so many times before it takes any."""

    away: int = 0
    broken: bool = False
    odd: bool = False
    kept: list[BoxReport] = field(default_factory=list)
    sent: list[tuple[BoxReport, float]] = field(default_factory=list)
    enough: Callable[[HandOutbox], bool] = lambda _self: False
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self, report: BoxReport) -> None:
        if self.broken:
            raise Transient("the outpost is away")
        self.kept.append(report)

    async def pass_on(self, wait_s: float, now_s: float) -> bool:
        await asyncio.sleep(0)
        if self.odd:
            self.odd = False
            raise KeyError("nobody thought of this")
        if self.away > 0:
            self.away -= 1
            raise Transient("headquarters is not reached")
        if len(self.sent) < len(self.kept):
            self.sent.append((self.kept[len(self.sent)], now_s))
        if self.enough(self):
            self.stop.set()
        return True


def a_reporter(folder: Path, outbox: HandOutbox, journal: HeardJournal, every_s: float = 0.01) -> Reporter:
    tools = ReporterTools(
        book=SqliteBookView(folder / "book.db"),
        outbox=outbox,
        disk=ToldDisk(free=7, total=9),
        clock=HandClock(),
        journal=journal,
        temperatures=lambda: {"cpu": 50.0},
    )
    reporting = Reporting(rink="north", version="0.1.0", since_s=5.0, stages=frozenset({"probe"}))
    return Reporter(tools, ReporterRule(reporting=reporting, root=folder, min_free_bytes=1, every_s=every_s))


def run(folder: Path, outbox: HandOutbox) -> HeardJournal:
    journal = HeardJournal()

    async def work() -> None:
        outbox.stop = asyncio.Event()
        await asyncio.wait_for(a_reporter(folder, outbox, journal).run(outbox.stop), 20)

    asyncio.run(work())
    return journal


def test_the_book_and_the_disk_are_reported_and_sent_with_the_time_of_sending(tmp_path: Path) -> None:
    with opened_book(tmp_path) as book, book.writing():
        book.save_job(a_job())
        book.save_item(an_item())
    outbox = HandOutbox(enough=lambda self: len(self.sent) >= 2)
    run(tmp_path, outbox)
    report, sent_at_s = outbox.sent[0]
    assert (report.rink, report.items, report.disk_free_bytes, report.hottest_c) == ("north", {"queued": 1}, 7, 50.0)
    assert (report.at_s, sent_at_s, report.troubles) == (HandClock().time_s, HandClock().time_s, ())


def test_without_a_book_the_box_reports_that_it_has_none(tmp_path: Path) -> None:
    outbox = HandOutbox(enough=lambda self: bool(self.sent))
    run(tmp_path, outbox)
    assert outbox.sent[0][0].troubles == ("book",)


def test_an_outage_is_said_once_and_its_end_once(tmp_path: Path) -> None:
    outbox = HandOutbox(away=2, enough=lambda self: bool(self.sent))
    events = run(tmp_path, outbox).events
    assert events == ["reports wait", "reports are sent again"]


def test_an_outpost_that_is_away_costs_a_report_and_no_more(tmp_path: Path) -> None:
    journal = HeardJournal()
    asyncio.run(a_reporter(tmp_path, HandOutbox(broken=True), journal).report())
    assert journal.lines == [("report not kept", {"why": "the outpost is away"})]


def test_what_nobody_thought_of_ends_neither_reporting_nor_sending(tmp_path: Path) -> None:
    outbox = HandOutbox(odd=True, enough=lambda self: bool(self.sent))
    assert run(tmp_path, outbox).lines[0] == ("reports wait", {"why": "KeyError('nobody thought of this')"})
