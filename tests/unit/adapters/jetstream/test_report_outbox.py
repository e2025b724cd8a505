"""What it does with headquarters away. With headquarters there, tests/system/test_fleet.py has it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from appliance.adapters.jetstream.fleet_layout import FLEET, REPORTS, fleet_stream, make_stream
from appliance.adapters.jetstream.report_outbox import JetstreamReportOutbox
from appliance.domain.errors import Transient
from tests.appliance_fakes import HeardJournal
from tests.fleet_place import AT_S, a_report
from tests.nats_place import NatsServer, running_nats


def with_outbox(server: NatsServer, doing: Callable[[JetstreamReportOutbox], Awaitable[None]]) -> HeardJournal:
    journal = HeardJournal()

    async def run() -> None:
        outbox = JetstreamReportOutbox(server.place(ack_wait_s=2.0), "north", journal)
        try:
            await doing(outbox)
        finally:
            await outbox.close()

    asyncio.run(run())
    return journal


def test_a_report_stays_the_next_one_until_headquarters_has_it(tmp_path: Path) -> None:
    async def check(outbox: JetstreamReportOutbox) -> None:
        assert not await outbox.pass_on(0.1, AT_S)
        for number in (1, 2):
            await outbox.keep(a_report(number=number))
        for _ in range(2):
            with pytest.raises(Transient, match="headquarters is not reached"):
                await outbox.pass_on(1.0, AT_S)
        link = await outbox._line.link("looking")
        assert (await link.streams.stream_info(REPORTS)).state.messages == 2
        # One server may play both parts: the subjects differ.
        await make_stream(link.streams, fleet_stream())
        for _ in range(2):
            assert await outbox.pass_on(2.0, AT_S)
        assert (await link.streams.stream_info(REPORTS)).state.messages == 0
        kept = [await link.streams.get_msg(FLEET, number) for number in (1, 2)]
        assert [(each.headers or {})["Nats-Msg-Id"] for each in kept] == [f"north@{AT_S + 60 * number:.3f}" for number in (1, 2)]
        assert {(each.headers or {})["Rinkreel-Sent"] for each in kept} == {f"{AT_S:.3f}"}

    with running_nats(tmp_path) as server:
        with_outbox(server, check)


def test_the_same_report_is_kept_once(tmp_path: Path) -> None:
    async def check(outbox: JetstreamReportOutbox) -> None:
        for _ in range(2):
            await outbox.keep(a_report())
        link = await outbox._line.link("looking")
        assert (await link.streams.stream_info(REPORTS)).state.messages == 1

    with running_nats(tmp_path) as server:
        with_outbox(server, check)


def test_a_report_that_headquarters_refuses_does_not_block_the_next(tmp_path: Path) -> None:
    async def check(outbox: JetstreamReportOutbox) -> None:
        await outbox.keep(a_report(number=1))
        link = await outbox._line.link("looking")
        await link.streams.add_stream(fleet_stream().evolve(max_msg_size=10))
        assert await outbox.pass_on(2.0, AT_S)
        assert (await link.streams.stream_info(REPORTS)).state.messages == 0

    with running_nats(tmp_path) as server:
        journal = with_outbox(server, check)
    assert "report refused by headquarters" in journal.events


def test_an_outpost_that_is_away_is_said_and_comes_back(tmp_path: Path) -> None:
    async def check(outbox: JetstreamReportOutbox) -> None:
        server.kill()
        with pytest.raises(Transient):
            await outbox.keep(a_report())
        server.start()
        for _ in range(50):
            try:
                return await outbox.keep(a_report())
            except Transient:
                continue
        raise AssertionError("it did not come back")

    with running_nats(tmp_path) as server:
        with_outbox(server, check)
