from __future__ import annotations

import asyncio
from pathlib import Path

from appliance.adapters.jetstream.fleet_layout import (
    BOX_BYTES,
    KEPT_FOR_S,
    MOST_PER_RINK,
    box_consumer,
    box_stream,
    fleet_stream,
    make_stream,
    subject_of,
)
from appliance.adapters.jetstream.line import Line
from appliance.adapters.jetstream.outpost import STORE_BYTES
from appliance.algorithms.fleet_reporting import text_from_report
from tests.appliance_fakes import HeardJournal
from tests.fleet_place import a_report
from tests.nats_place import running_nats


def test_both_streams_are_bounded_and_two_weeks_of_reports_fit() -> None:
    assert box_stream().max_age == fleet_stream().max_age == KEPT_FOR_S
    assert BOX_BYTES < STORE_BYTES
    assert MOST_PER_RINK * 60 >= KEPT_FOR_S
    assert len(text_from_report(a_report())) * MOST_PER_RINK < BOX_BYTES
    assert box_consumer(1.0).max_ack_pending == 1


def test_the_box_does_not_keep_reports_where_headquarters_hears_them() -> None:
    assert box_stream().subjects == ["reports.health"]
    assert fleet_stream().subjects == [subject_of("*")] == ["fleet.*.health"]


def test_streams_are_made_once_whoever_comes_first(tmp_path: Path) -> None:
    async def make(line: Line) -> int:
        link = await line.link("making")
        await asyncio.gather(*(make_stream(link.streams, box_stream()) for _ in range(3)))
        return len(await link.streams.streams_info())

    async def run() -> int:
        line = Line(server.place(), HeardJournal())
        try:
            return await make(line)
        finally:
            await line.close()

    with running_nats(tmp_path) as server:
        assert asyncio.run(run()) == 1
