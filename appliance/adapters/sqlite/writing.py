"""How things of the domain are put into their tables."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from appliance.adapters.sqlite.reading import BookReader
from appliance.adapters.sqlite.rows import row_from_thing


class BookWriter(BookReader):
    """What writing needs of whoever holds the connection."""

    @abstractmethod
    def _do(self, sql: str, *values: Any) -> int:
        """Run one statement within a transaction; how many rows it touched."""

    @abstractmethod
    def _do_all(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run one statement for many rows."""

    def _keep(self, table: str, key: str, things: Sequence[Any], **fixed: Any) -> None:
        """Put things into a table, in place of those of the same key. fixed: columns that are the same for all."""
        self._put(table, key, [row_from_thing(thing) | fixed for thing in things])

    def _put(self, table: str, key: str, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            self._do_all(inserting(table, key, tuple(rows[0])), [tuple(row.values()) for row in rows])


def inserting(table: str, key: str, names: Sequence[str], *, replacing: bool = True) -> str:
    """A statement that inserts a row, or changes the one of the same key in place, so that what hangs on it stays. Without
    `replacing`, that one is left as it is."""
    keys = [each.strip() for each in key.split(",")]
    changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
    doing = f"UPDATE SET {changes}" if replacing else "NOTHING"
    marks = ", ".join("?" * len(names))
    # Names of tables and columns come from this package alone.
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT ({key}) DO {doing}"  # noqa: S608
