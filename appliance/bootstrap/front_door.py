"""Wires the page and its API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from appliance import __version__
from appliance.bootstrap.addresses import page_addresses
from appliance.bootstrap.house_wiring import KeptFor, default_rules, fixed_settings
from appliance.bootstrap.intake_wiring import open_intake
from appliance.bootstrap.keeping import floor_bytes, keeping_rule
from appliance.bootstrap.lights import Lights
from appliance.bootstrap.page_finding import find_page, page_kind, page_places
from appliance.bootstrap.preparing import has_accounts
from appliance.bootstrap.programs import bus_credential
from appliance.bootstrap.station import Station
from appliance.bootstrap.support_wiring import support_looks
from appliance.domain.motion import MotionSignal
from appliance.domain.request import ClearNotice
from appliance.services.api.parts import ApiLooks, ApiRule
from appliance.settings import Settings

if TYPE_CHECKING:
    from appliance.ports.book import BookView
    from appliance.ports.bus import Desk
    from appliance.services.api.app import App


@contextmanager
def open_front_door(station: Station) -> Iterator[App]:
    """The page's application, as long as the block runs."""
    from appliance.adapters.ffmpeg.binary import find_ffmpeg
    from appliance.adapters.ffmpeg.extras import FfmpegExtras
    from appliance.adapters.sqlite import SqliteBookView
    from appliance.services.api.app import create_app
    from appliance.services.api.first_run import prepare_secrets
    from appliance.services.api.parts import ApiParts

    data, around = station.data, station.around
    page = find_page(around.journal, page_places())
    book, lights = SqliteBookView(data.book), Lights(station)
    lights.begin()
    try:
        parts = ApiParts(
            data=data,
            book=book,
            desk=station.bus,
            ears=station.bus,
            intake=open_intake(station, book),
            clock=around.clock,
            disk=around.disk,
            journal=around.journal,
            looks=_looks(station, lights, page, book),
            secrets=prepare_secrets(data, has_accounts=has_accounts(book)).signing,
            rule=_rule(station),
            extras=FfmpegExtras(find_ffmpeg(station.settings.storage.ffmpeg)),
            support=support_looks(station),
            page=page,
        )
        yield create_app(parts)
    finally:
        lights.close()
        book.close()


def _rule(station: Station) -> ApiRule:
    settings = station.settings
    upload, security, server = settings.upload, settings.security, settings.server
    return ApiRule(
        chunk_bytes=upload.chunk_bytes,
        max_upload_bytes=upload.max_bytes,
        max_files=upload.max_files,
        upload_expires_s=float(upload.expire_after),
        min_free_bytes=floor_bytes(settings, station.around),
        sign_in=security.sign_in,
        session_for_s=float(security.session_for),
        share_for_s=float(security.share_for),
        attempts=security.attempts,
        box_name=server.name,
        address=page_addresses(settings)[0].rstrip("/") if server.address else "",
        secure=server.tls_cert is not None,
        bus_credential=bus_credential(settings),
    )


def _looks(station: Station, lights: Lights, page: Path | None, book: BookView) -> ApiLooks:
    from appliance.adapters.artefacts import FolderArtefacts
    from appliance.adapters.system.graphics import nvidia_graphics
    from appliance.adapters.system.temperatures import read_temperatures

    kept = KeptFor(keeping_rule(station.settings), book)

    def signal(item_id: str, name: str) -> MotionSignal:
        return FolderArtefacts(station.data.features / item_id).load_signal(name)

    return ApiLooks(
        signal=signal,
        defaults=default_rules(station.settings),
        fixed=lambda: fixed_settings(station.settings),
        expires_at_s=kept.expires_at_s,
        probes={"ledger": lambda: _look_at_ledger(station.bus)},
        gpu=lambda: bool(nvidia_graphics()[0]),
        versions={**_versions(station.settings), "page": page_kind(page)},
        lights=lights.lights,
        choices=lights.choices,
        temperatures=read_temperatures,
    )


async def _look_at_ledger(desk: Desk) -> str | None:
    """Ask for something that changes nothing; an answer is all that is wanted."""
    await desk.ask(ClearNotice(key="nothing"), timeout_s=2.0)
    return None


def _versions(settings: Settings) -> dict[str, str]:
    from appliance.adapters.ffmpeg.binary import find_ffmpeg
    from appliance.adapters.sqlite import library_version

    sqlite = ".".join(map(str, library_version()))
    return {"rinkreel": __version__, "ffmpeg": find_ffmpeg(settings.storage.ffmpeg).version, "sqlite": sqlite}
