"""Writing about jobs and items."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.adapters.sqlite.rows import row_from_thing
from appliance.adapters.sqlite.writing import BookWriter
from appliance.domain.job import FileRow, Item, Job, Revision
from appliance.domain.outbox import ChunkCounts, ChunkRow

#: What hangs on an item and goes with it. Its aliases stay: they say whose the originals are that are swept afterwards.
LEAVES = tuple(
    f"DELETE FROM {table} WHERE item_id = ?"  # noqa: S608 - the names stand in the next line
    for table in ("parts", "revisions", "chunks", "dead_letters", "shares")
)


class ItemPages(BookWriter):
    """`ports.book.ItemPages`."""

    def save_job(self, job: Job) -> None:
        """Keep a job; a later one of the same id replaces it."""
        self._keep("jobs", "id", [job])

    def save_files(self, job_id: str, rows: Sequence[FileRow]) -> None:
        """Keep rows of a drop; they replace earlier ones of the same place."""
        self._keep("files", "job_id, place", rows, job_id=job_id)

    def save_item(self, item: Item) -> None:
        """Keep an item; a later one of the same id replaces it, and brings a deleted one back."""
        self._keep("items", "id", [item], deleted_at_s=None)

    def save_parts(self, item_id: str, rows: Sequence[FileRow]) -> None:
        """Keep the files that form an item, in order, in place of those it had."""
        self._do("DELETE FROM parts WHERE item_id = ?", item_id)
        placed = [row_from_thing(row) | {"item_id": item_id, "position": position} for position, row in enumerate(rows)]
        self._put("parts", "item_id, position", placed)

    def forget_original(self, item_id: str) -> None:
        """An item's files no longer lie anywhere; its rows stay."""
        self._do("UPDATE parts SET stored = NULL WHERE item_id = ?", item_id)
        self._do("UPDATE files SET stored = NULL WHERE item_id = ?", item_id)
        self._do("DELETE FROM aliases WHERE item_id = ?", item_id)

    def save_alias(self, alias: str, item_id: str) -> None:
        """An item's original lies in the folder of another id, which counts as known from now on."""
        self._do("INSERT INTO aliases VALUES (?, ?) ON CONFLICT (alias) DO UPDATE SET item_id = excluded.item_id", alias, item_id)

    def item_of_alias(self, alias: str) -> Item | None:
        """The item whose original came under this id, if it is not deleted."""
        sql = "FROM items WHERE id = (SELECT item_id FROM aliases WHERE alias = ?) AND deleted_at_s IS NULL"
        return self._one(Item, sql, alias)

    def is_deleted(self, item_id: str) -> bool:
        """Whether there was an item of this id."""
        return bool(self._rows("SELECT 1 FROM items WHERE id = ? AND deleted_at_s IS NOT NULL", [item_id]))

    def delete_item(self, item_id: str, at_s: float) -> None:
        """Leave nothing of an item but its id and its rows in the receipt; its orders become void."""
        for statement in LEAVES:
            self._do(statement, item_id)
        self._do("UPDATE files SET stored = NULL WHERE item_id = ?", item_id)
        self._do("UPDATE orders SET state = 'void' WHERE item_id = ?", item_id)
        self._do("UPDATE items SET deleted_at_s = ? WHERE id = ?", at_s, item_id)

    def save_revision(self, revision: Revision) -> None:
        """Keep a cut; a later one of the same number replaces it."""
        self._keep("revisions", "item_id, number", [revision])

    def save_chunks(self, item_id: str, rows: Sequence[ChunkRow]) -> None:
        """Keep chunks; they replace earlier ones of the same index."""
        placed = [row_from_thing(row) | {"item_id": item_id, "chunk_index": row.chunk.index} for row in rows]
        self._put("chunks", "item_id, chunk_index", placed)

    def forget_chunks(self, item_id: str) -> None:
        """An item's chunks are planned anew."""
        self._do("DELETE FROM chunks WHERE item_id = ?", item_id)

    def chunk(self, item_id: str, index: int) -> ChunkRow | None:
        """One chunk."""
        return self._one(ChunkRow, "FROM chunks WHERE item_id = ? AND chunk_index = ?", item_id, index)

    def chunks_of(self, item_id: str) -> tuple[ChunkRow, ...]:
        """An item's chunks, in order."""
        return self._all(ChunkRow, "FROM chunks WHERE item_id = ? ORDER BY chunk_index", item_id)

    def chunk_counts(self, item_id: str) -> ChunkCounts:
        """How far watching an item has come."""
        rows = self._rows("SELECT state, count(*) FROM chunks WHERE item_id = ? GROUP BY state", [item_id])
        counts = {row[0]: row[1] for row in rows}
        return ChunkCounts(total=sum(counts.values()), watched=counts.get("watched", 0), failed=counts.get("failed", 0))
