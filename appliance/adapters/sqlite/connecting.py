"""Connections that only read."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote


def read_only(book: Path) -> sqlite3.Connection:
    """A connection that can change nothing, not even by tidying up when it is the last one; any thread may use it."""
    address = f"file:{quote(str(book.absolute()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.execute("PRAGMA busy_timeout = 5000")
    return connection
