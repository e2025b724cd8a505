"""Wires the box's side of the fleet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING

from appliance import __version__
from appliance.algorithms.fleet_reporting import Reporting
from appliance.bootstrap.keeping import floor_bytes
from appliance.bootstrap.programs import reports_to_headquarters
from appliance.bootstrap.station import Station
from appliance.domain.errors import Misconfigured
from appliance.domain.fleet import require_rink_name
from appliance.pipeline import PLAN

if TYPE_CHECKING:
    from appliance.services.reporter import Reporter

#: A report that is on its way to headquarters for this long is sent anew.
ACK_WAIT_S = 15.0


@asynccontextmanager
async def open_reporter(station: Station) -> AsyncIterator[Reporter]:
    """The reporter, with a connection to the outpost that mends itself. Raises Misconfigured."""
    from appliance.adapters.jetstream.place import BusPlace
    from appliance.adapters.jetstream.report_outbox import JetstreamReportOutbox
    from appliance.adapters.sqlite import SqliteBookView
    from appliance.adapters.system.temperatures import read_temperatures
    from appliance.services.reporter import Reporter, ReporterRule, ReporterTools

    settings, around, data = station.settings, station.around, station.data
    if not reports_to_headquarters(settings):
        raise Misconfigured("this box reports to nobody", remedy="Set fleet.url, fleet.rink and fleet.credentials first.")
    rink = require_rink_name(settings.fleet.rink)
    place = BusPlace(url=f"nats://127.0.0.1:{settings.fleet.port}", ack_wait_s=ACK_WAIT_S, client_name="rinkreel reporter")
    reporting = Reporting(
        rink=rink, version=__version__, since_s=around.clock.now_s(), stages=frozenset(room.name for room in PLAN)
    )
    rule = ReporterRule(
        reporting=reporting,
        root=data.root,
        min_free_bytes=floor_bytes(settings, around),
        every_s=float(settings.fleet.every),
    )
    outbox = JetstreamReportOutbox(place, rink, around.journal)
    try:
        with closing(SqliteBookView(data.book)) as book:
            tools = ReporterTools(
                book=book,
                outbox=outbox,
                disk=around.disk,
                clock=around.clock,
                journal=around.journal,
                temperatures=read_temperatures,
            )
            yield Reporter(tools, rule)
    finally:
        await outbox.close()
