"""Which SQLite this Python was built with."""

import sqlite3


def library_version() -> tuple[int, ...]:
    """Version of the library that is loaded, as numbers."""
    return sqlite3.sqlite_version_info
