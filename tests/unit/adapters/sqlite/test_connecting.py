from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from appliance.adapters.sqlite.connecting import read_only
from tests.book_examples import a_job, opened_book


def test_a_connection_that_only_reads_neither_writes_nor_makes_a_book(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError), closing(read_only(tmp_path / "nothing.db")) as nothing:
        nothing.execute("SELECT 1 FROM sqlite_master").fetchall()
    assert not (tmp_path / "nothing.db").exists()


def test_a_folder_with_odd_characters_in_its_name_is_opened(tmp_path: Path) -> None:
    folder = tmp_path / "50% of #1? Übung"
    folder.mkdir()
    with opened_book(folder) as book, book.writing():
        book.save_job(a_job())
    with closing(read_only(folder / "book.db")) as connection:
        assert connection.execute("SELECT id FROM jobs").fetchall() == [("job-1",)]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM jobs")
