"""Wires each program of the appliance: what it is given, and how it runs until it is told to stop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from typing import TypeVar

from appliance.bootstrap.intake_wiring import open_intake
from appliance.bootstrap.keeping import floor_bytes, keeping_rule
from appliance.bootstrap.programs import bus_credential, works_along
from appliance.bootstrap.stage_running import ArtefactsFor, local_artefacts, open_stage_tools
from appliance.bootstrap.station import Station, open_station
from appliance.bootstrap.surroundings import Surroundings, open_surroundings
from appliance.domain.errors import DiskFull, Misconfigured, Transient
from appliance.domain.order import Lane
from appliance.ports.media_access import MediaAccess
from appliance.settings import Settings

#: An order that was not heard of for this many waits may be lost, and is looked for.
SILENT_WAITS = 4
#: A heartbeat is due several times before a silent worker's order goes to another.
HEARTBEATS_PER_WAIT = 3

#: Waits for the book, doubled from the first to the last.
FIRST_WAIT_S, LAST_WAIT_S = 0.5, 10.0

T = TypeVar("T")
Role = Callable[[Station, asyncio.Event, int], Awaitable[None]]


async def run_role(role: str, settings: Settings, stop: asyncio.Event, index: int) -> None:
    """Run one program until `stop` is set. index: which of several alike.

    Raises:
        Misconfigured: there is no such program, or something has to be mended before it can work.
    """
    if role not in ROLES:
        raise Misconfigured(f"{role} is no program of the appliance", remedy=f"There are: {', '.join(ROLES)}.")
    name = f"{role}-{index}" if role.startswith("worker") else role
    with open_surroundings(settings, name) as around:
        async with open_station(settings, role, around) as station:
            await ROLES[role](station, stop, index)


async def _run_ledger(station: Station, stop: asyncio.Event, _index: int) -> None:
    from appliance.adapters.sqlite.book import SqliteBook
    from appliance.adapters.system.pulses import Pulse
    from appliance.services.ledger import STEPS, Ledger, LedgerParts, LedgerRule

    around = station.around
    pulses = {step: Pulse(station.data.pulses, f"ledger {step}") for step in STEPS}
    book = await _opened(lambda: SqliteBook(station.data.book, station.data.backups), around, stop)
    if book is None:
        return
    try:
        parts = LedgerParts(
            book=book, bus=station.bus, clock=around.clock, disk=around.disk, journal=around.journal, data=station.data,
            alive=lambda step: pulses[step].beat(),
        )  # fmt: skip
        ack_wait_s = float(station.settings.bus.ack_wait)
        rule = LedgerRule(
            min_free_bytes=floor_bytes(station.settings, around), grace_s=SILENT_WAITS * ack_wait_s, audit_every_s=ack_wait_s
        )  # fmt: skip
        await Ledger(parts, rule).run(stop)
    finally:
        book.close()


async def _opened(open_book: Callable[[], T], around: Surroundings, stop: asyncio.Event) -> T | None:
    """The book, as soon as it can be opened: a full disk or a hand that still holds it is waited for. None when stopped first."""
    wait_s = FIRST_WAIT_S
    while not stop.is_set():
        try:
            return open_book()
        except (Transient, DiskFull) as error:
            around.journal.warn("the book cannot be opened yet", why=error.why, again_in_s=wait_s)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), wait_s)
        wait_s = min(2 * wait_s, LAST_WAIT_S)
    return None


async def _run_api(station: Station, stop: asyncio.Event, _index: int) -> None:
    from appliance.bootstrap.front_door import open_front_door
    from appliance.services.api.server import Listening, serve_app

    server = station.settings.server
    listening = Listening(host=server.host, port=server.port, certificate=server.tls_cert, key=server.tls_key)
    with open_front_door(station) as app:
        await serve_app(app, listening, stop)


async def _run_watcher(station: Station, stop: asyncio.Event, _index: int) -> None:
    from appliance.adapters.share import ShareLister
    from appliance.adapters.sqlite import SqliteBookView
    from appliance.adapters.watchdog.folder_watch import open_watch
    from appliance.services.watcher import Watcher, WatcherRule, WatcherTools

    table, around, data = station.settings.intake, station.around, station.data
    with closing(SqliteBookView(data.book)) as book, closing(open_watch(data.footage, table.watch, around.journal)) as watch:
        tools = WatcherTools(
            data=data,
            intake=open_intake(station, book),
            book=book,
            desk=station.bus,
            lister=ShareLister(),
            watch=watch,
            clock=around.clock,
            disk=around.disk,
            journal=around.journal,
        )
        rule = WatcherRule(
            rest_s=float(table.rest),
            scan_every_s=float(table.scan_every),
            give_up_after_s=float(table.give_up_after),
            ready_marker=table.ready_marker,
            mount_marker=table.mount_marker,
            keep_duplicates=table.keep_duplicates,
            min_free_bytes=floor_bytes(station.settings, around),
        )
        await Watcher(tools, rule).run(stop)


async def _run_janitor(station: Station, stop: asyncio.Event, _index: int) -> None:
    from appliance.adapters.sqlite import SqliteBookView
    from appliance.adapters.system.sweeping import SystemSweeper
    from appliance.services.janitor import Janitor, JanitorRule, JanitorTools

    settings, around, data = station.settings, station.around, station.data
    keeping = keeping_rule(settings)
    rule = JanitorRule(
        reels_for_s=keeping.reels_for_s,
        originals=keeping.originals,
        originals_for_s=keeping.originals_for_s,
        make_room=keeping.make_room,
        min_free_bytes=floor_bytes(settings, around),
        backups=settings.retention.backups,
        upload_expiry_s=float(settings.upload.expire_after),
    )
    with closing(SqliteBookView(data.book)) as book:
        tools = JanitorTools(
            data=data,
            desk=station.bus,
            book=book,
            disk=around.disk,
            clock=around.clock,
            journal=around.journal,
            files=SystemSweeper(data.root),
        )
        await Janitor(tools, rule).run(stop)


async def _run_reporter(station: Station, stop: asyncio.Event, _index: int) -> None:
    from appliance.bootstrap.fleet_wiring import open_reporter

    async with open_reporter(station) as reporter:
        await reporter.run(stop)


async def _run_worker(station: Station, stop: asyncio.Event, index: int, lane: Lane) -> None:
    from appliance.adapters.system.moved_bytes import moved_bytes
    from appliance.adapters.system.pulses import Pulse
    from appliance.services.worker import Worker, WorkerRule, WorkerTools

    settings, around = station.settings, station.around
    pulse = Pulse(station.data.pulses, f"worker-{lane}-{index}")
    media, artefacts_for = _open_media(settings)
    stages = open_stage_tools(settings, lane, artefacts_for, say=around.journal.note, index=index)
    tools = WorkerTools(
        bus=station.bus,
        media=media,
        run=stages.run,
        clock=around.clock,
        journal=around.journal,
        moved_bytes=moved_bytes,
        alive=pulse.beat,
    )
    rule = WorkerRule(
        name=f"{os.uname().nodename}/{lane}-{index}",
        lane=lane,
        most_attempts=settings.workers.most_attempts,
        stall_after_s=float(settings.workers.stall_after),
        heartbeat_every_s=float(settings.bus.ack_wait) / HEARTBEATS_PER_WAIT,
    )
    await Worker(tools, rule).run(stop)


def _open_media(settings: Settings) -> tuple[MediaAccess, ArtefactsFor]:
    """How this box gets at footage and features: on its own disk, or from the head's page."""
    data = settings.storage.data_folder
    if not works_along(settings):
        from appliance.adapters.local_media import LocalMedia

        return LocalMedia(data.root), local_artefacts(data.features)
    from appliance.adapters.http_media.features import HttpArtefacts
    from appliance.adapters.http_media.line import MediaLine
    from appliance.adapters.http_media.media import HttpMedia

    line = MediaLine(settings.bus.media_url, bus_credential(settings) or "", tls_ca=settings.bus.tls_ca)
    return HttpMedia(line, data.work / "footage", settings.workers.cache_bytes), lambda item_id: HttpArtefacts(line, item_id)


async def _run_cpu_worker(station: Station, stop: asyncio.Event, index: int) -> None:
    if works_along(station.settings):
        raise Misconfigured(
            "reels are made on the box that keeps them", remedy="Let this machine serve the pose lane alone: serve worker-pose."
        )
    await _run_worker(station, stop, index, Lane.CPU)


async def _run_pose_worker(station: Station, stop: asyncio.Event, index: int) -> None:
    await _run_worker(station, stop, index, Lane.POSE)


ROLES: dict[str, Role] = {
    "ledger": _run_ledger,
    "api": _run_api,
    "watcher": _run_watcher,
    "janitor": _run_janitor,
    "reporter": _run_reporter,
    "worker-cpu": _run_cpu_worker,
    "worker-pose": _run_pose_worker,
}
