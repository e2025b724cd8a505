"""Two rinks and a headquarters, three real servers: reports, outages, catching up, and nobody in anybody else's business."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from appliance.adapters.jetstream.fleet_ears import JetstreamFleetEars
from appliance.adapters.jetstream.fleet_layout import FLEET, REPORTS
from appliance.adapters.jetstream.line import Line
from appliance.adapters.jetstream.place import BusPlace
from appliance.adapters.jetstream.report_outbox import JetstreamReportOutbox
from appliance.algorithms.fleet_judging import judge_rink
from appliance.algorithms.fleet_reporting import report_from_text
from appliance.bootstrap.headquarters import remove_rink, server_text
from appliance.domain.errors import Transient
from appliance.domain.fleet import BoxReport, Heard
from appliance.domain.health import State
from appliance.services.api.fleet_page import fleet_figures
from tests.appliance_fakes import HeardJournal
from tests.conftest import REPOSITORY, skip_or_fail
from tests.fleet_place import AT_S, HeadquartersPlace, Rink, a_report, headquarters_in

#: What has to come may take this long on a busy machine; what must not come is waited for this long.
SOON_S, NOT_S = 30.0, 0.5


@pytest.fixture
def place(tmp_path: Path) -> Iterator[HeadquartersPlace]:
    with headquarters_in(tmp_path) as made:
        yield made


class Talk:
    """Everybody who takes part in one test, and what they do."""

    def __init__(self, place: HeadquartersPlace) -> None:
        self.place, self._leaving = place, AsyncExitStack()
        self.ears = JetstreamFleetEars(place.place, HeardJournal())
        self.outboxes: dict[str, JetstreamReportOutbox] = {}

    async def __aenter__(self) -> Talk:
        self._leaving.push_async_callback(self.ears.close)
        await self.ears.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._leaving.aclose()

    def outbox(self, rink: Rink) -> JetstreamReportOutbox:
        if rink.name not in self.outboxes:
            self.outboxes[rink.name] = JetstreamReportOutbox(rink.place, rink.name, HeardJournal())
            self._leaving.push_async_callback(self.outboxes[rink.name].close)
        return self.outboxes[rink.name]

    async def line(self, place: BusPlace) -> Line:
        line = Line(place, HeardJournal())
        self._leaving.push_async_callback(line.close)
        return line

    async def keep(self, rink: Rink, *numbers: int) -> None:
        for number in numbers:
            await soon(self.outbox(rink).keep, a_report(rink.name, number))

    async def send(self, rink: Rink, count: int, sent_at_s: float = AT_S) -> None:
        """Hand over so many, however long headquarters is away."""
        for _ in range(count):
            assert await soon(self.outbox(rink).pass_on, 2.0, sent_at_s)

    async def heard(self) -> dict[str, Heard]:
        return dict(await soon(self.ears.newest, ("north", "south")))

    async def kept_of(self, rink: Rink) -> list[BoxReport]:
        """All that headquarters keeps of a rink, in the order in which it came."""
        line = await self.line(self.place.place)
        link = await line.link("looking", SOON_S)
        last = (await link.streams.stream_info(FLEET)).state.last_seq
        found = [await link.streams.get_msg(FLEET, number) for number in range(1, last + 1)]
        mine = [each for each in found if each.subject == f"fleet.{rink.name}.health"]
        return [report_from_text((each.data or b"").decode()) for each in mine]


async def soon(call: Callable[..., Awaitable[Any]], *words: Any) -> Any:
    """What comes once everything is connected."""
    until_s = asyncio.get_running_loop().time() + SOON_S
    while True:
        try:
            return await call(*words)
        except Transient:
            assert asyncio.get_running_loop().time() < until_s, "it did not come"
            await asyncio.sleep(0.05)


def together(place: HeadquartersPlace, doing: Callable[[Talk], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        async with Talk(place) as talk:
            await doing(talk)

    asyncio.run(run())


@pytest.fixture
def rinks(place: HeadquartersPlace) -> tuple[Rink, Rink]:
    """Both let in, and all three servers started."""
    north, south = place.let_in("north"), place.let_in("south")
    for server in (place.server, north.server, south.server):
        server.start()
    return north, south


def test_headquarters_hears_how_every_rink_stands(place: HeadquartersPlace, rinks: tuple[Rink, Rink]) -> None:
    north, south = rinks

    async def check(talk: Talk) -> None:
        await talk.keep(north, 1, 2)
        await talk.keep(south, 7)
        await talk.send(north, 2)
        await talk.send(south, 1)
        heard = await talk.heard()
        assert {name: (each.report, each.kept) for name, each in heard.items()} == {
            "north": (a_report("north", 2), 2),
            "south": (a_report("south", 7), 1),
        }
        # What headquarters has is not kept on the box.
        assert not await talk.outbox(north).pass_on(NOT_S, AT_S)

    together(place, check)


def test_what_was_reported_while_headquarters_was_away_comes_later_whole_and_in_order(
    place: HeadquartersPlace, rinks: tuple[Rink, Rink]
) -> None:
    north, _ = rinks

    async def check(talk: Talk) -> None:
        await talk.keep(north, 0)
        await talk.send(north, 1)
        place.server.kill()
        await talk.keep(north, 1, 2, 3)
        with pytest.raises(Transient, match="headquarters"):
            await talk.outbox(north).pass_on(2.0, AT_S)
        # The box is switched off and on meanwhile; what it kept is on its disk.
        north.server.kill()
        north.server.start()
        await talk.keep(north, 4)
        place.server.start()
        await talk.send(north, 4)
        assert await talk.kept_of(north) == [a_report("north", number) for number in range(5)]

    together(place, check)


def test_a_rink_that_is_cut_off_is_silent_since_it_was_last_heard(place: HeadquartersPlace, rinks: tuple[Rink, Rink]) -> None:
    north, south = rinks

    async def check(talk: Talk) -> None:
        await talk.keep(north, 1)
        await talk.send(north, 1)
        south.server.kill()
        heard = await talk.heard()
        at_s = heard["north"].at_s
        assert judge_rink("south", heard.get("south"), at_s, 300).words == ("never heard of",)
        well, silent = (judge_rink("north", heard["north"], at_s + after_s, 300) for after_s in (299, 301))
        assert (well.silent_since_s, silent.silent_since_s) == (None, at_s)
        assert silent.state is State.BAD

    together(place, check)


def test_no_rink_reads_or_writes_what_another_says(place: HeadquartersPlace, rinks: tuple[Rink, Rink]) -> None:
    north, south = rinks

    async def check(talk: Talk) -> None:
        await talk.keep(north, 1)
        await talk.send(north, 1)
        thief = await (await talk.line(south.place)).link("stealing", SOON_S)
        overheard: list[str] = []

        async def hear(message: Any) -> None:
            overheard.append(message.subject)

        for subject in ("fleet.>", "reports.>", "$JS.ACK.>", "_INBOX.>"):
            await thief.client.subscribe(subject, cb=hear)
        await thief.client.flush()
        # A forged report of another, and every door of JetStream's interface on all three servers.
        doors = [f"$JS.headquarters.API.{each}" for each in (f"STREAM.INFO.{FLEET}", f"STREAM.DELETE.{FLEET}", "INFO")]
        doors += [f"$JS.headquarters.API.DIRECT.GET.{FLEET}", f"$JS.headquarters.API.STREAM.MSG.GET.{FLEET}"]
        doors += [f"$JS.north.API.STREAM.PURGE.{REPORTS}", "$JS.north.API.INFO", "fleet.north.health", "reports.north"]
        assert await asyncio.gather(*(answer_of(thief.client, door) for door in doors)) == [None] * len(doors)
        overheard.clear()  # what came so far are refusals to its own questions
        await talk.keep(north, 2)
        await talk.send(north, 1)
        await asyncio.sleep(NOT_S)
        assert overheard == []
        assert await talk.kept_of(north) == [a_report("north", 1), a_report("north", 2)]
        assert await talk.kept_of(south) == []
        # The same connection is good for what is its own.
        await talk.keep(south, 1)
        await talk.send(south, 1)
        assert await talk.kept_of(south) == [a_report("south", 1)]

    together(place, check)


def test_headquarters_reaches_nothing_on_a_box(place: HeadquartersPlace, rinks: tuple[Rink, Rink]) -> None:
    north, _ = rinks

    async def check(talk: Talk) -> None:
        await talk.keep(north, 1)
        await talk.send(north, 1)
        link = await (await talk.line(place.place)).link("asking", SOON_S)
        for door in (
            f"$JS.north.API.STREAM.DELETE.{REPORTS}",
            "$JS.north.API.INFO",
            "reports.health",
            "orders.cpu.x",
            "desk.ask",
        ):
            assert await answer_of(link.client, door) is None, door
        await talk.keep(north, 2)
        await talk.send(north, 1)

    together(place, check)


async def answer_of(client: Any, subject: str) -> object:
    """What is answered, if anything; waited for as long as what must not come."""
    with suppress(Exception):
        return json.loads((await client.request(subject, b'{"a":1}', timeout=NOT_S)).data)
    return None


def test_who_has_no_key_or_another_ones_is_not_let_in_as_a_rink(place: HeadquartersPlace, rinks: tuple[Rink, Rink]) -> None:
    north, south = rinks
    stranger = place.dial_in("north", "SUAIFTUA6YJX54M7AW6WZO6JFZGNA6YA2AB26CWXBOEAANPACKRVQEPUMQ")
    masked = place.dial_in("north", south.seed)
    for rink in (stranger, masked):
        rink.server.start()

    async def check(talk: Talk) -> None:
        for rink in (stranger, masked):
            outbox = JetstreamReportOutbox(rink.place, "north", HeardJournal())
            try:
                await soon(outbox.keep, replace(a_report(), dead_letters=99))
                with pytest.raises(Transient):
                    await outbox.pass_on(1.0, AT_S)
            finally:
                await outbox.close()
        assert await talk.heard() == {}
        await talk.keep(north, 1)
        await talk.send(north, 1)
        assert (await talk.heard())["north"].report == a_report("north", 1)

    together(place, check)
    assert "authentication" in place.server.said().lower() or "authorization" in place.server.said().lower()


def test_a_rink_that_is_removed_is_let_in_no_more(place: HeadquartersPlace, rinks: tuple[Rink, Rink]) -> None:
    north, south = rinks

    async def check(talk: Talk) -> None:
        await talk.keep(north, 1)
        await talk.send(north, 1)
        remove_rink(place.settings, "north")
        place.server.kill()
        place.server.text = server_text(place.settings)
        place.server.start()
        await talk.keep(south, 1)
        await talk.send(south, 1)
        await talk.keep(north, 2)
        with pytest.raises(Transient):
            await talk.outbox(north).pass_on(2.0, AT_S)
        assert await talk.kept_of(north) == [a_report("north", 1)]

    together(place, check)


def test_prometheus_fires_each_alert_about_a_rink_when_it_should_and_asks_for_what_is_told() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        skip_or_fail("promtool", "Prometheus's own checker is not installed (Debian: prometheus)")
    kit = REPOSITORY / "ansible/monitoring"
    for words in (("test", "rules", "headquarters.rules.test.yml"), ("check", "config", "headquarters.yml")):
        done = subprocess.run([str(promtool), *words], cwd=kit, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
    heard = Heard(at_s=AT_S, sent_at_s=AT_S, kept=1, report=a_report())
    families = text_string_to_metric_families(fleet_figures([judge_rink("north", heard, AT_S, 300)], AT_S).decode())
    told = {sample.name for family in families for sample in family.samples}
    asked = set(re.findall(r"rinkreel_fleet_[a-z_]+", (kit / "headquarters.rules.yml").read_text(encoding="utf-8")))
    assert asked - told == set()
