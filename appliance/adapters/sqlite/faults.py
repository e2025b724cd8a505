"""What SQLite's errors mean to this product."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from appliance.domain.errors import DiskFull, Misconfigured, RinkreelError, Transient

BACKUPS = "book-*.db"
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
FORBIDDEN = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH)


@contextmanager
def translated(book: Path, backups: Path | None = None) -> Iterator[None]:
    """Errors of SQLite and of the file system leave as errors of this product."""
    try:
        yield
    except sqlite3.Error as error:
        raise error_from_sqlite(error, book, backups) from error


def error_from_sqlite(error: sqlite3.Error, book: Path, backups: Path | None = None) -> RinkreelError:
    """By its primary code; whatever is not known to last may go away by itself."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(f"{book} could not be written: the disk is full", remedy="Free some space on that disk.")
    if code in DAMAGED:
        return damaged(book, str(error), backups)
    if code in FORBIDDEN:
        return Misconfigured(f"{book} could not be written: {error}", remedy="Let this user write to that folder.")
    if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.InterfaceError):
        return Misconfigured(f"{book} refused what was to be written: {error}", remedy="Report this; it is a fault of ours.")
    return Transient(f"{book} is busy: {error}", remedy="Try again.")


def damaged(book: Path, found: str, backups: Path | None) -> Misconfigured:
    """The book cannot be read; nothing is put in its place unasked."""
    newest = newest_backup(backups) if backups else None
    remedy = (
        f"Stop the appliance, put {book.name} and its -wal and -shm files aside, and copy {newest} in its place."
        if newest
        else f"There is no backup: stop the appliance and put {book.name} aside to begin a new book."
    )
    return Misconfigured(f"{book} is damaged: {found}", remedy=remedy)


def newest_backup(folder: Path) -> Path | None:
    """The copy that was made last; names sort by time."""
    return max(folder.glob(BACKUPS), key=lambda path: path.name, default=None)
