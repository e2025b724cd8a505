from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from appliance.adapters.sqlite import schema
from appliance.adapters.sqlite.book import SqliteBook
from appliance.adapters.sqlite.opening import copy_book
from appliance.domain.errors import Misconfigured
from tests.book_examples import a_job, an_item, opened_book


def spoil(book: Path) -> None:
    """Overwrite the book's pages, as a dying disk does, and leave its first one."""
    size = book.stat().st_size
    with book.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xa5" * (size - 4096))


def filled(folder: Path) -> Path:
    with opened_book(folder) as book, book.writing():
        book.save_job(a_job())
        for number in range(200):
            book.save_item(an_item(f"item-{number}"))
    return folder / "book.db"


def test_a_damaged_book_is_refused_and_the_newest_backup_is_named(tmp_path: Path) -> None:
    book = filled(tmp_path)
    copy_book(book, tmp_path / "backups")
    newest = copy_book(book, tmp_path / "backups")
    spoil(book)
    before = book.read_bytes()
    with pytest.raises(Misconfigured, match="damaged") as caught:
        SqliteBook(book, tmp_path / "backups")
    assert str(newest) in caught.value.remedy
    assert book.read_bytes() == before


def test_a_damaged_book_without_a_backup_says_so(tmp_path: Path) -> None:
    (tmp_path / "book.db").write_bytes(b"this is no book at all, but long enough to look like one" * 100)
    with pytest.raises(Misconfigured, match="damaged") as caught:
        SqliteBook(tmp_path / "book.db", tmp_path / "backups")
    assert "no backup" in caught.value.remedy


def test_a_book_that_was_refused_is_free_for_the_next_who_tries(tmp_path: Path) -> None:
    (tmp_path / "book.db").write_bytes(b"nonsense" * 1000)
    for _ in range(2):
        with pytest.raises(Misconfigured, match="damaged"):
            SqliteBook(tmp_path / "book.db", tmp_path / "backups")


def test_an_older_book_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    filled(tmp_path)
    newer = Migrations("book")
    newer(name="lay_the_tables")(schema.lay_the_tables)

    @newer()
    def add_a_column(db: Database) -> None:
        db.execute("ALTER TABLE jobs ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'")

    with patch.object(schema, "STEPS", newer), opened_book(tmp_path) as book:
        assert book._rows("SELECT DISTINCT colour FROM jobs") == [("blue",)]
        assert len(book.items_of(["job-1"])) == 200
    (copy,) = (tmp_path / "backups").iterdir()
    with closing(sqlite3.connect(copy)) as opened:
        columns = [row[1] for row in opened.execute("PRAGMA table_info(jobs)")]
        assert "colour" not in columns
        assert opened.execute("SELECT count(*) FROM items").fetchone() == (200,)
    with patch.object(schema, "STEPS", newer), opened_book(tmp_path):
        pass
    assert len(list((tmp_path / "backups").iterdir())) == 1


def test_a_step_that_fails_leaves_the_book_as_it_was(tmp_path: Path) -> None:
    book = filled(tmp_path)
    broken = Migrations("book")
    broken(name="lay_the_tables")(schema.lay_the_tables)

    @broken()
    def go_wrong(db: Database) -> None:
        db.execute("DROP TABLE files")
        db.execute("SELECT * FROM nowhere")

    with patch.object(schema, "STEPS", broken), pytest.raises(Exception, match="nowhere"):
        SqliteBook(book, tmp_path / "backups")
    with opened_book(tmp_path) as opened:
        assert opened.files_of("job-1") == ()
        assert len(opened.items_of(["job-1"])) == 200


def test_a_book_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    newer = Migrations("book")
    newer(name="lay_the_tables")(schema.lay_the_tables)

    @newer()
    def from_the_future(db: Database) -> None:
        db.execute("CREATE TABLE future (x)")

    with patch.object(schema, "STEPS", newer), opened_book(tmp_path):
        pass
    with pytest.raises(Misconfigured, match="newer version"):
        SqliteBook(tmp_path / "book.db", tmp_path / "backups")


def test_a_new_book_needs_no_backup(tmp_path: Path) -> None:
    filled(tmp_path)
    assert not (tmp_path / "backups").exists()
