"""The book in the hands of the ledger: one connection, one transaction at a time, on disk when it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from appliance.adapters.sqlite.faults import translated
from appliance.adapters.sqlite.house_pages import HousePages
from appliance.adapters.sqlite.item_pages import ItemPages
from appliance.adapters.sqlite.opening import copy_book, hold_lock, open_book
from appliance.adapters.sqlite.outbox import Outbox
from appliance.adapters.sqlite.reading import BookReader
from appliance.adapters.sqlite.rows import Row


class SqliteBook(ItemPages, Outbox, HousePages, BookReader):
    """`ports.book.Book` on SQLite.

    Raises, when made:
        Misconfigured: another ledger writes it, it is damaged, or a newer program wrote it. DiskFull, Transient: not this time.
    """

    def __init__(self, path: Path, backups: Path) -> None:
        self._path, self._backups = path, backups
        self._lock = hold_lock(path)
        try:
            self._connection = open_book(path, backups)
        except BaseException:
            os.close(self._lock)
            raise

    def close(self) -> None:
        """Let go of the book, so that another ledger may write it."""
        self._connection.close()
        os.close(self._lock)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """All that is written within is kept together, on disk when this ends; an exception undoes it."""
        with translated(self._path, self._backups):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def back_up(self) -> Path:
        """Copy the book, whole and on disk, while others go on; the copy's path."""
        return copy_book(self._path, self._backups)

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        with translated(self._path, self._backups):
            return self._connection.execute(sql, values).fetchall()

    def _do(self, sql: str, *values: Any) -> int:
        if not self._connection.in_transaction:
            raise RuntimeError("the book is written only within `writing()`")
        with translated(self._path, self._backups):
            return self._connection.execute(sql, values).rowcount

    def _do_all(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        if not self._connection.in_transaction:
            raise RuntimeError("the book is written only within `writing()`")
        with translated(self._path, self._backups):
            self._connection.executemany(sql, rows)
