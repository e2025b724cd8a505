"""The fleet's page, JSON and metrics, for headquarters' own machine."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from html import escape

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.middleware.trustedhost import TrustedHostMiddleware

from appliance.algorithms.fleet_telling import HEAD, rows_from
from appliance.algorithms.message_coding import plain_from
from appliance.domain.errors import RinkreelError
from appliance.domain.fleet import BoxReport, RinkStanding
from appliance.ports.surroundings import Clock

Look = Callable[[], Awaitable[Sequence[RinkStanding]]]
#: Nothing is fetched, run or framed; the table refreshes itself.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Refresh": "30",
}
STYLE = (
    "body{font:16px/1.5 system-ui;margin:2rem}table{border-collapse:collapse}td,th{padding:.3rem .8rem;text-align:left;"
    "border-bottom:1px solid #ccc}.bad{background:#fdd}.warn{background:#ffd}"
)


def create_fleet_app(look: Look, clock: Clock) -> FastAPI:
    """The application. look: how the fleet stands now."""
    app = FastAPI(title="Rinkreel fleet", openapi_url=None)
    app.state.leave = lambda: None
    # The page is for this machine; a foreign site that lets its name point here is not it.
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["localhost", "127.0.0.1"])

    @app.exception_handler(RinkreelError)
    async def refuse(_request: Request, error: RinkreelError) -> JSONResponse:
        return JSONResponse({"why": error.why, "remedy": error.remedy}, status_code=503)

    @app.get("/healthz")
    async def is_well() -> JSONResponse:
        await look()
        return JSONResponse({"ok": True})

    @app.get("/")
    async def show() -> HTMLResponse:
        return HTMLResponse(page_from(await look(), clock.now_s()), headers=HEADERS)

    @app.get("/fleet.json")
    async def tell() -> JSONResponse:
        return JSONResponse({"now_s": clock.now_s(), "rinks": plain_from(tuple(await look()))}, headers=HEADERS)

    @app.get("/metrics")
    async def measure() -> Response:
        return Response(fleet_figures(await look(), clock.now_s()), media_type=CONTENT_TYPE_LATEST)

    return app


def page_from(standings: Sequence[RinkStanding], now_s: float) -> str:
    """The table as a page."""
    head = "".join(f"<th>{escape(name)}</th>" for name in HEAD)
    rows = "".join(
        f'<tr class="{escape(row.state)}">{"".join(f"<td>{escape(cell)}</td>" for cell in row)}</tr>'
        for row in rows_from(standings, now_s)
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Rinks</title><style>{STYLE}</style>'
        f"<h1>Rinks</h1><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></html>"
    )


def fleet_figures(standings: Sequence[RinkStanding], now_s: float) -> bytes:
    """The same for Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_FleetFigures(standings, now_s))
    return generate_latest(registry)


class _FleetFigures(Collector):
    def __init__(self, standings: Sequence[RinkStanding], now_s: float) -> None:
        self._standings, self._now_s = standings, now_s

    def collect(self) -> Iterable[Metric]:
        """One family after the other; a rink that was never heard of has no more than that it is silent."""
        speaks = {each.rink: float(each.heard is not None and each.silent_since_s is None) for each in self._standings}
        yield _by_rink("rinkreel_fleet_up", "1 while a rink reports.", speaks)
        heard = {each.rink: self._now_s - each.heard.at_s for each in self._standings if each.heard is not None}
        yield _by_rink("rinkreel_fleet_silence_seconds", "Time since a rink was last heard of.", heard)
        off = {each.rink: each.clock_off_s for each in self._standings if each.clock_off_s is not None}
        yield _by_rink("rinkreel_fleet_clock_ahead_seconds", "How far a rink's clock is ahead.", off)
        yield from _of_reports({each.rink: each.heard.report for each in self._standings if each.heard and each.heard.report})


def _of_reports(reports: dict[str, BoxReport]) -> Iterable[Metric]:
    told: dict[str, tuple[str, Callable[[BoxReport], float | None]]] = {
        "open_orders": ("Orders that are not done.", lambda each: sum(each.orders.values())),
        "queue_age_seconds": ("How long the oldest open recording has waited.", lambda each: each.waits_s),
        "dead_letters": ("Orders that were given up.", lambda each: each.dead_letters),
        "disk_free_bytes": ("Room on the data folder's disk.", lambda each: each.disk_free_bytes),
        "disk_wanted_bytes": ("Room below which nothing new is begun.", lambda each: each.disk_wanted_bytes),
        "hottest_celsius": ("How warm the warmest part is.", lambda each: each.hottest_c),
        "last_reel_age_seconds": ("Time since the last reel was made.", _reel_age_s),
        "mishaps": ("Orders of a day that did not end well.", lambda each: len(each.mishaps)),
    }
    for name, (text, figure) in told.items():
        values = {rink: value for rink, report in reports.items() if (value := figure(report)) is not None}
        yield _by_rink(f"rinkreel_fleet_{name}", text, values)
    versions = GaugeMetricFamily("rinkreel_fleet_version", "Which version a rink runs.", labels=["rink", "version"])
    for rink, report in reports.items():
        versions.add_metric([rink, report.version], 1.0)
    yield versions


def _reel_age_s(report: BoxReport) -> float | None:
    return None if report.last_reel_at_s is None else report.at_s - report.last_reel_at_s


def _by_rink(name: str, text: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=["rink"])
    for rink, value in sorted(values.items()):
        family.add_metric([rink], value)
    return family
