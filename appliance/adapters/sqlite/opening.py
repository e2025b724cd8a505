"""Opening the book to write it: nobody else does, it is sound, backed up before it is changed, and up to date."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlite_utils import Database

from appliance.adapters.sqlite.connecting import read_only
from appliance.adapters.sqlite.faults import damaged, translated
from appliance.adapters.sqlite.schema import bring_up_to_date, is_behind, strange_steps
from appliance.adapters.system.whole_files import error_from_os
from appliance.domain.errors import Misconfigured

PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_mode = WAL",
    # Each commit reaches the disk before it is answered for.
    "PRAGMA synchronous = FULL",
    "PRAGMA wal_autocheckpoint = 1000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA temp_store = MEMORY",
)


def hold_lock(book: Path) -> int:
    """Keep every other writer out until the handle is closed. Raises Misconfigured when there is one."""
    lock = book.with_name(f"{book.name}.lock")
    try:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise error_from_os(error, lock) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise Misconfigured(
            f"another ledger already writes {book}", remedy="Stop it first; one data folder belongs to one appliance."
        ) from error
    return handle


def open_book(book: Path, backups: Path) -> sqlite3.Connection:
    """The writer's connection.

    Raises:
        Misconfigured: it is damaged, or was written by a newer program. DiskFull, Transient: not this time.
    """
    with translated(book, backups):
        connection = sqlite3.connect(book, isolation_level=None, check_same_thread=False, cached_statements=256)
        try:
            for pragma in PRAGMAS:
                connection.execute(pragma)
            _check(connection, book, backups)
            _bring_up_to_date(connection, book, backups)
        except BaseException:
            connection.close()
            raise
    return connection


def copy_book(book: Path, backups: Path) -> Path:
    """A whole copy, on disk, named for this moment. Others go on writing meanwhile."""
    target = _free_name(backups)
    half = target.with_suffix(".part")
    try:
        backups.mkdir(parents=True, exist_ok=True)
        half.unlink(missing_ok=True)
        with translated(book, backups), closing(read_only(book)) as source, closing(sqlite3.connect(half)) as copy:
            # All pages in one step: a read transaction, which no writer can make begin anew.
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        _sync(half)
        half.replace(target)
        _sync(backups)
    except OSError as error:
        raise error_from_os(error, target) from error
    finally:
        half.unlink(missing_ok=True)
    return target


def _check(connection: sqlite3.Connection, book: Path, backups: Path) -> None:
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise damaged(book, found, backups)


def _bring_up_to_date(connection: sqlite3.Connection, book: Path, backups: Path) -> None:
    db = Database(connection)
    if strange := strange_steps(db):
        raise Misconfigured(
            f"{book} was written by a newer version ({strange[0]})", remedy="Install that version, or go back to a backup."
        )
    if is_behind(db):
        if db.table_names():
            copy_book(book, backups)
        bring_up_to_date(db)


def _free_name(backups: Path) -> Path:
    """Names sort by time."""
    while True:
        target = backups / f"book-{datetime.now(UTC).strftime('%Y%m%d-%H%M%S-%f')}.db"
        if not target.exists():
            return target


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
