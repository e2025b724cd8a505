from __future__ import annotations

import asyncio
from pathlib import Path

from appliance.adapters.jetstream.fleet_ears import JetstreamFleetEars
from appliance.algorithms.fleet_reporting import text_from_report
from appliance.domain.fleet import BoxReport, Heard
from tests.appliance_fakes import HeardJournal
from tests.fleet_place import AT_S, a_report
from tests.nats_place import NatsServer, running_nats


def heard_of(server: NatsServer, *said: tuple[str, bytes, str]) -> dict[str, Heard]:
    """What is heard after these were sent: (rink, body, when it was sent)."""

    async def run() -> dict[str, Heard]:
        ears = JetstreamFleetEars(server.place(), HeardJournal())
        try:
            await ears.open()
            assert await ears.newest(()) == {}
            link = await ears._line.link("sending")
            for rink, body, sent in said:
                await link.streams.publish(f"fleet.{rink}.health", body, headers={"Rinkreel-Sent": sent})
            return dict(await ears.newest(("north", "south")))
        finally:
            await ears.close()

    return asyncio.run(run())


def body(report: BoxReport) -> bytes:
    return text_from_report(report).encode()


def test_the_newest_of_each_rink_is_heard_and_of_none_that_was_silent(tmp_path: Path) -> None:
    with running_nats(tmp_path) as server:
        heard = heard_of(
            server, ("north", body(a_report(number=1)), f"{AT_S}"), ("north", body(a_report(number=2)), f"{AT_S + 9}")
        )
        assert set(heard) == {"north"}
        assert (heard["north"].report, heard["north"].sent_at_s, heard["north"].kept) == (a_report(number=2), AT_S + 9, 2)
        assert heard["north"].at_s > 1.7e9


def test_what_cannot_be_read_or_tells_of_another_rink_is_no_report(tmp_path: Path) -> None:
    with running_nats(tmp_path) as server:
        heard = heard_of(server, ("north", b"\xff{", "soon"), ("south", body(a_report("north")), "inf"))
    assert [(each.report, each.sent_at_s) for each in heard.values()] == [(None, None), (None, None)]
