"""Orders that are not done yet, and the log of what was heard of them."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.adapters.sqlite.rows import row_from_thing
from appliance.adapters.sqlite.writing import BookWriter, inserting
from appliance.domain.job import DeadLetter
from appliance.domain.outbox import OrderRow, OutcomeNote

OLD_LINES = "DELETE FROM outcomes WHERE rowid IN (SELECT rowid FROM outcomes WHERE recorded_at_s < ? LIMIT ?)"
OLD_JOBS = """
    SELECT id FROM jobs WHERE settled = 1 AND created_at_s < ?
    AND NOT EXISTS (SELECT 1 FROM items WHERE job_id = jobs.id AND (deleted_at_s IS NULL OR deleted_at_s >= ?))
    AND NOT EXISTS (SELECT 1 FROM items JOIN orders ON orders.item_id = items.id WHERE items.job_id = jobs.id)
    ORDER BY created_at_s LIMIT ?"""


class Outbox(BookWriter):
    """`ports.book.Outbox`."""

    def next_issue(self) -> int:
        """A number that no order was sent under yet."""
        rows = self._rows("SELECT value FROM meta WHERE key = 'issues'")
        issue = int(rows[0][0]) + 1 if rows else 1
        self._do("INSERT INTO meta VALUES ('issues', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", str(issue))
        return issue

    def save_orders(self, rows: Sequence[OrderRow]) -> None:
        """Keep orders; they replace earlier ones of the same id."""
        self._keep("orders", "id", rows)

    def order(self, order_id: str) -> OrderRow | None:
        """One order."""
        return self._one(OrderRow, "FROM orders WHERE id = ?", order_id)

    def waiting_orders(self, now_s: float, limit: int) -> tuple[OrderRow, ...]:
        """Orders to be sent now, oldest first, without those of items that have void ones."""
        sql = """FROM orders WHERE state = 'waiting' AND not_before_s <= ?
                 AND item_id NOT IN (SELECT item_id FROM orders WHERE state = 'void') ORDER BY seq LIMIT ?"""
        return self._all(OrderRow, sql, now_s, limit)

    def mark_published(self, row: OrderRow) -> None:
        """It is on the bus, unless it is no longer waiting under that issue."""
        self._do(
            "UPDATE orders SET state = 'published', number = ?, seen_at_s = ? WHERE id = ? AND issue = ? AND state = 'waiting'",
            row.number,
            row.seen_at_s,
            row.id,
            row.issue,
        )

    def unseen_orders(self, before_s: float, limit: int) -> tuple[OrderRow, ...]:
        """Published orders that the bus was last known to hold before then, longest unseen first."""
        sql = "FROM orders WHERE state = 'published' AND seen_at_s < ? ORDER BY seen_at_s LIMIT ?"
        return self._all(OrderRow, sql, before_s, limit)

    def mark_seen(self, order_id: str, at_s: float) -> None:
        """The bus still holds it."""
        self._do("UPDATE orders SET seen_at_s = ? WHERE id = ? AND state = 'published'", at_s, order_id)

    def published_orders(self, limit: int) -> tuple[OrderRow, ...]:
        """Orders that are on the bus."""
        return self._all(OrderRow, "FROM orders WHERE state = 'published' ORDER BY seen_at_s LIMIT ?", limit)

    def void_orders(self, item_id: str) -> None:
        """Whatever is left to do for an item is to be taken off the bus."""
        self._do("UPDATE orders SET state = 'void' WHERE item_id = ?", item_id)

    def items_with_void_orders(self, limit: int) -> tuple[str, ...]:
        """Whose orders have to be taken off the bus."""
        rows = self._rows("SELECT DISTINCT item_id FROM orders WHERE state = 'void' LIMIT ?", [limit])
        return tuple(row[0] for row in rows)

    def forget_order(self, order_id: str) -> None:
        """It is done."""
        self._do("DELETE FROM orders WHERE id = ?", order_id)

    def forget_void_orders(self, item_id: str) -> None:
        """They are off the bus."""
        self._do("DELETE FROM orders WHERE item_id = ? AND state = 'void'", item_id)

    def note_outcome(self, note: OutcomeNote) -> bool:
        """Log an outcome; False when this very one is there already."""
        row = row_from_thing(note)
        return self._do(inserting("outcomes", "id, at_s", tuple(row), replacing=False), *row.values()) == 1

    def count_stage(self, stage: str, took_s: float) -> None:
        """One more order of a stage is done."""
        self._do(
            """INSERT INTO stage_times VALUES (?, ?, 1)
               ON CONFLICT (stage) DO UPDATE SET spent_s = spent_s + excluded.spent_s, done = done + 1""",
            stage,
            took_s,
        )

    def save_dead_letter(self, letter: DeadLetter) -> None:
        """An order was given up although its footage may be fine."""
        self._keep("dead_letters", "order_id", [letter])

    def forget_dead_letters(self, item_id: str) -> None:
        """They are tried again, or no longer matter."""
        self._do("DELETE FROM dead_letters WHERE item_id = ?", item_id)

    def prune(self, outcomes_before_s: float, receipts_before_s: float, most: int) -> int:
        """Drop old lines of the log, and old jobs of which no item is left; at most so many of each. Tells how many."""
        dropped = self._do(OLD_LINES, outcomes_before_s, most)
        old_jobs = self._rows(OLD_JOBS, [receipts_before_s, receipts_before_s, most])
        for (job_id,) in old_jobs:
            self._do("DELETE FROM items WHERE job_id = ?", job_id)
            self._do("DELETE FROM jobs WHERE id = ?", job_id)
        return dropped + len(old_jobs)
