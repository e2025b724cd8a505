from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from appliance.adapters.sqlite import SqliteBookView
from appliance.bootstrap.preparing import make_folders
from appliance.bootstrap.programs import ROLES
from appliance.bootstrap.services import ROLES as WIRED
from appliance.bootstrap.services import _opened, run_role
from appliance.bootstrap.surroundings import Surroundings
from appliance.domain.errors import DiskFull, Misconfigured, Transient
from appliance.settings import Settings, load_settings
from bench.box import free_ports
from tests.appliance_fakes import HandClock, HeardJournal, ToldDisk
from tests.nats_place import NatsServer, running_nats


def settings_for(server: NatsServer, folder: Path) -> Settings:
    (page,) = free_ports(1)
    settings = load_settings(
        environment={
            "RINKREEL_BUS_PORT": str(server.rule.port),
            "RINKREEL_STORAGE_DATA": str(folder / "data"),
            "RINKREEL_SERVER_HOST": "127.0.0.1",
            "RINKREEL_SERVER_PORT": str(page),
            "RINKREEL_SECURITY_SIGN_IN": "false",
        }
    )
    make_folders(settings.storage.data_folder)
    return settings


def test_every_program_but_the_caretaker_is_wired() -> None:
    assert set(WIRED) | {"caretaker"} == set(ROLES)


def test_a_program_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no program"):
        asyncio.run(run_role("boss", load_settings(environment={}), asyncio.Event(), 1))


def test_a_worker_without_the_head_makes_no_reels(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a-long-secret-for-workers-only")
    settings = load_settings(
        environment={
            "RINKREEL_BUS_MEDIA_URL": "http://127.0.0.1:1",
            "RINKREEL_BUS_URL": "nats://127.0.0.1:1",
            "RINKREEL_BUS_CREDENTIAL": str(secret),
            "RINKREEL_STORAGE_DATA": str(tmp_path / "data"),
        }
    )
    with pytest.raises(Misconfigured, match="box that keeps them"):
        asyncio.run(run_role("worker-cpu", settings, asyncio.Event(), 1))


def test_the_ledger_opens_the_book_and_the_others_run_beside_it_until_they_are_stopped(tmp_path: Path) -> None:
    with running_nats(tmp_path) as server:
        settings = settings_for(server, tmp_path)

        async def run_all() -> None:
            stop = asyncio.Event()
            running = [
                asyncio.create_task(run_role(role, settings, stop, 1))
                for role in ("ledger", "api", "watcher", "janitor", "worker-cpu")
            ]
            with closing(SqliteBookView(settings.storage.data_folder.book)) as book:
                while not has_book(book):
                    assert not any(task.done() for task in running)
                    await asyncio.sleep(0.05)
            stop.set()
            await asyncio.gather(*running)

        asyncio.run(asyncio.wait_for(run_all(), 60))
        assert settings.storage.data_folder.book.exists()


def test_a_book_that_another_hand_still_holds_is_waited_for(tmp_path: Path) -> None:
    around = Surroundings(clock=HandClock(), disk=ToldDisk(), journal=(journal := HeardJournal()))
    tries = iter([DiskFull("the disk is full"), Transient("somebody holds the book")])

    def open_book() -> str:
        for trouble in tries:
            raise trouble
        return "the book"

    assert asyncio.run(_opened(open_book, around, asyncio.Event())) == "the book"
    assert len(journal.lines) == 2


def test_a_ledger_that_is_stopped_while_it_waits_goes_without_the_book(tmp_path: Path) -> None:
    around = Surroundings(clock=HandClock(), disk=ToldDisk(), journal=HeardJournal())

    async def wait() -> object:
        stop = asyncio.Event()

        def open_book() -> str:
            stop.set()
            raise DiskFull("the disk is full")

        return await _opened(open_book, around, stop)

    assert asyncio.run(asyncio.wait_for(wait(), 10)) is None


def has_book(book: SqliteBookView) -> bool:
    try:
        return not book.accounts()
    except Transient:
        return False
