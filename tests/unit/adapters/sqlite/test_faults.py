from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from appliance.adapters.sqlite.faults import error_from_sqlite, newest_backup, translated
from appliance.domain.errors import DiskFull, Misconfigured, RinkreelError, Transient

BOOK = Path("data/book.db")


def an_error(code: int, kind: type[sqlite3.Error] = sqlite3.OperationalError) -> sqlite3.Error:
    error = kind("as SQLite says it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (sqlite3.SQLITE_FULL, DiskFull),
        (sqlite3.SQLITE_BUSY, Transient),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Transient),
        (sqlite3.SQLITE_LOCKED, Transient),
        (sqlite3.SQLITE_IOERR_FSYNC, Transient),
        (sqlite3.SQLITE_CANTOPEN, Transient),
        (sqlite3.SQLITE_CORRUPT, Misconfigured),
        (sqlite3.SQLITE_NOTADB, Misconfigured),
        (sqlite3.SQLITE_READONLY_DIRECTORY, Misconfigured),
    ],
)
def test_each_error_is_one_of_ours_with_a_remedy(code: int, kind: type[RinkreelError]) -> None:
    error = error_from_sqlite(an_error(code), BOOK)
    assert type(error) is kind
    assert error.remedy
    assert "book.db" in error.why


def test_what_we_did_wrong_ourselves_is_not_tried_again() -> None:
    assert isinstance(error_from_sqlite(sqlite3.IntegrityError("a key twice"), BOOK), Misconfigured)


def test_other_exceptions_pass() -> None:
    with pytest.raises(KeyError), translated(BOOK):
        raise KeyError


def test_the_newest_backup_is_the_last_by_name(tmp_path: Path) -> None:
    assert newest_backup(tmp_path / "nowhere") is None
    for name in ("book-20260101-000000.db", "book-20261104-120000.db", "book-20261104-120000.part", "zebra.db"):
        (tmp_path / name).touch()
    assert newest_backup(tmp_path) == tmp_path / "book-20261104-120000.db"
