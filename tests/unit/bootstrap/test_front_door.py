from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import cast

import httpx

from appliance.adapters.jetstream.bus import JetstreamBus
from appliance.adapters.memory_bus import MemoryBus
from appliance.adapters.sqlite.book import SqliteBook
from appliance.bootstrap.front_door import open_front_door
from appliance.bootstrap.preparing import has_accounts, make_folders
from appliance.bootstrap.station import Station
from appliance.bootstrap.surroundings import Surroundings
from appliance.domain.account import Account, Role
from appliance.settings import load_settings
from tests.appliance_fakes import HandClock, HeardJournal, ToldDisk


def station_in(folder: Path, **environment: str) -> Station:
    settings = load_settings(environment={"RINKREEL_STORAGE_DATA": str(folder / "data"), **environment})
    make_folders(settings.storage.data_folder)
    clock = HandClock()
    around = Surroundings(clock=clock, disk=ToldDisk(), journal=HeardJournal())
    return Station(settings=settings, around=around, bus=cast(JetstreamBus, MemoryBus(clock=clock)))


def answer_of(station: Station, path: str) -> httpx.Response:
    """What the page answers while there is a book and nobody else."""

    async def ask() -> httpx.Response:
        with open_front_door(station) as app:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://box") as client:
                return await client.get(path)

    with closing(SqliteBook(station.data.book, station.data.backups)):
        return asyncio.run(ask())


def test_the_page_says_what_the_settings_say(tmp_path: Path) -> None:
    station = station_in(tmp_path, RINKREEL_SERVER_NAME="Rink 7", RINKREEL_SECURITY_SIGN_IN="false")
    box = answer_of(station, "/api/box").json()
    assert box["name"] == "Rink 7"
    assert set(box["versions"]) == {"rinkreel", "ffmpeg", "sqlite", "page"}


def test_a_box_without_a_ledger_says_that_it_is_not_ready(tmp_path: Path) -> None:
    station = station_in(tmp_path)
    answer = answer_of(station, "/readyz")
    assert answer.status_code == 503
    assert any("ledger" in reason for reason in answer.json()["reasons"])


def test_nobody_has_an_account_before_there_is_a_book_or_an_account_in_it(tmp_path: Path) -> None:
    station = station_in(tmp_path)
    with closing(SqliteBook(station.data.book, station.data.backups)) as book:
        assert not has_accounts(book)
        with book.writing():
            book.save_account(Account(name="a", role=Role.ADMIN, secret="s"))
        assert has_accounts(book)
