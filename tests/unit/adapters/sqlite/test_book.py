"""The writer: alone, whole transactions, on disk when they end."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from appliance.adapters.sqlite.book import SqliteBook
from appliance.domain.errors import DiskFull, Misconfigured
from tests.book_examples import a_job, an_item, opened_book

#: A writer that is killed between the first and the last statement of a transaction, after a whole one.
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.book_examples import a_job, an_item
from appliance.adapters.sqlite.book import SqliteBook
folder = Path(sys.argv[1])
book = SqliteBook(folder / "book.db", folder / "backups")
with book.writing():
    book.save_job(a_job("whole"))
with book.writing():
    book.save_job(a_job("half"))
    for number in range(3000):
        book.save_item(an_item(f"item-{number}", "half"))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_second_writer_is_refused_until_the_first_has_gone(tmp_path: Path) -> None:
    with opened_book(tmp_path), pytest.raises(Misconfigured, match="another ledger"):
        SqliteBook(tmp_path / "book.db", tmp_path / "backups")
    with opened_book(tmp_path) as book:
        assert book.jobs(5) == ()


def test_a_writer_that_is_killed_leaves_whole_transactions_alone(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=Path(__file__).parents[4], check=False)
    assert ended.returncode == -signal.SIGKILL
    with opened_book(tmp_path) as book:
        assert [job.id for job in book.jobs(5)] == ["whole"]
        assert book.items_of(["half"]) == ()
        with book.writing():
            book.save_job(a_job("next"))
        assert len(book.jobs(5)) == 2


def test_each_commit_reaches_the_disk_before_it_is_answered_for(tmp_path: Path) -> None:
    with opened_book(tmp_path) as book:
        assert book._rows("PRAGMA journal_mode") == [("wal",)]
        assert book._rows("PRAGMA synchronous") == [(2,)]
        assert book._rows("PRAGMA foreign_keys") == [(1,)]
        assert book._rows("PRAGMA busy_timeout") == [(5000,)]


def test_nothing_is_written_outside_a_transaction(tmp_path: Path) -> None:
    with opened_book(tmp_path) as book:
        with pytest.raises(RuntimeError):
            book.save_job(a_job())
        with pytest.raises(RuntimeError):
            book.remove_account("Ann")


def test_an_exception_undoes_everything_and_the_book_goes_on(tmp_path: Path) -> None:
    with opened_book(tmp_path) as book:
        with book.writing():
            book.save_job(a_job())

        def break_off() -> None:
            with book.writing():
                book.save_item(an_item())
                book.remember("x", "y")
                raise KeyError

        with pytest.raises(KeyError):
            break_off()
        assert book.item("item-1") is None
        assert book.remembered("x") == ""
        with book.writing():
            book.save_item(an_item())
        assert book.item("item-1") == an_item()


def test_what_refers_to_nothing_is_refused(tmp_path: Path) -> None:
    def write(book: SqliteBook) -> None:
        with book.writing():
            book.save_item(an_item(job_id="nothing"))

    with opened_book(tmp_path) as book:
        with pytest.raises(Misconfigured, match="refused"):
            write(book)
        assert book.item("item-1") is None


def test_a_full_disk_is_told_as_one_and_nothing_is_kept(tmp_path: Path) -> None:
    def fill(book: SqliteBook) -> None:
        with book.writing():
            book.save_job(a_job("big"))
            for number in range(5000):
                book.save_item(an_item(f"item-{number}", "big"))

    with opened_book(tmp_path) as book:
        pages = book._rows("PRAGMA page_count")[0][0]
        book._rows(f"PRAGMA max_page_count = {pages + 20}")
        with pytest.raises(DiskFull):
            fill(book)
        assert book.jobs(5) == ()
        book._rows("PRAGMA max_page_count = 1000000")
        fill(book)
        assert len(book.items_of(["big"])) == 5000


def test_a_copy_is_whole_while_the_book_is_being_written(tmp_path: Path) -> None:
    with opened_book(tmp_path) as book:
        with book.writing():
            book.save_job(a_job("before"))
        first = book.back_up()
        with book.writing():
            book.save_job(a_job("after"))
            second = book.back_up()
        assert first.parent == tmp_path / "backups"
        assert first != second
        for copy in (first, second):
            with closing(sqlite3.connect(copy)) as opened:
                assert opened.execute("SELECT id FROM jobs").fetchall() == [("before",)]
                assert opened.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert set((tmp_path / "backups").iterdir()) == {first, second}
