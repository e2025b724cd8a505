"""The book in the hands of everybody but the ledger: read only, never waiting for the writer."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from appliance.adapters.sqlite.connecting import read_only
from appliance.adapters.sqlite.faults import translated
from appliance.adapters.sqlite.reading import BookReader
from appliance.adapters.sqlite.rows import Row
from appliance.domain.errors import Transient


class SqliteBookView(BookReader):
    """One connection behind a lock, opened when first asked, and anew when another book was put in its place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._inode = 0

    def close(self) -> None:
        """Let go of the book; asking again opens it again."""
        with self._lock:
            self._let_go()

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        with self._lock, translated(self._path):
            try:
                return self._connected().execute(sql, values).fetchall()
            except sqlite3.OperationalError as error:
                self._let_go()
                if "no such table" in str(error):
                    raise self._nothing_yet() from error
                raise

    def _connected(self) -> sqlite3.Connection:
        try:
            inode = os.stat(self._path).st_ino  # noqa: PTH116 - asked before every question; this is the cheap way
        except OSError as error:
            self._let_go()
            raise self._nothing_yet() from error
        if self._connection is None or inode != self._inode:
            self._let_go()
            self._connection, self._inode = read_only(self._path), inode
        return self._connection

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _nothing_yet(self) -> Transient:
        return Transient(f"there is no book at {self._path} yet", remedy="Wait until the ledger has started.")
