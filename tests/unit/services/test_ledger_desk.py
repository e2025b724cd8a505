from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import get_args
from unittest.mock import patch

from appliance.domain.errors import DiskFull
from appliance.domain.request import BackUp, PinItem, Request, SettleJob
from appliance.services.ledger_desk import LedgerDesk
from appliance.services.ledger_pages import LedgerPages
from tests.ledger_examples import Rink, play


def test_every_request_of_the_domain_is_known(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        assert LedgerDesk(rink.parts(), LedgerPages(rink.parts())).known == set(get_args(Request))

    play(tmp_path, scene)


def test_a_copy_of_the_book_is_made_and_named(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        answer = await rink.ask(BackUp())
        assert answer.ok
        with closing(sqlite3.connect(tmp_path / answer.value)) as copy:
            assert copy.execute("SELECT id FROM items").fetchall() == [("item-1",)]

    play(tmp_path, scene)


def test_what_cannot_be_written_is_refused_with_the_reason(tmp_path: Path) -> None:
    @contextmanager
    def full() -> Iterator[None]:
        raise DiskFull("the disk is full", remedy="Make room.")
        yield

    async def scene(rink: Rink) -> None:
        await rink.add()
        with patch.object(rink.book, "writing", full):
            answer = await rink.ask(PinItem(item_id="item-1", pinned=True))
        assert (answer.ok, answer.why, answer.remedy) == (False, "the disk is full", "Make room.")
        assert not rink.item().pinned
        assert (await rink.ask(PinItem(item_id="item-1", pinned=True))).ok

    play(tmp_path, scene)


def test_whatever_is_asked_is_answered(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        answer = await rink.ask("nonsense")  # type: ignore[arg-type]
        assert not answer.ok
        assert "an error of its own" in answer.why
        broken = SettleJob(job_id=5)  # type: ignore[arg-type]
        assert not (await rink.ask(broken)).ok
        assert rink.journal.events.count("request broke") == 1

    play(tmp_path, scene)
