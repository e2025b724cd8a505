"""What the book is asked, in SQL; the same for its writer and for those who only read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from appliance.adapters.sqlite.rows import Row, bindable, selecting, thing_from_row
from appliance.algorithms.message_coding import value_from_text
from appliance.domain.account import Account, ApiKey, Share
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import DeadLetter, FileRow, Item, Job, Notice, Revision, Tallies
from appliance.domain.outbox import OrderRow, OutcomeNote

T = TypeVar("T")
#: Under which key of the ledger's own notes the staff's choices lie.
HOUSE_RULES = "house_rules"
#: Most values that one statement is given; SQLite's own limit is higher.
BATCH = 500

ITEM_TALLIES = """
    SELECT state, count(*), total(moments), total(duration_s), total(kept_s),
           max(CASE WHEN state = 'completed' AND moments > 0 THEN finished_at_s END)
    FROM items WHERE deleted_at_s IS NULL GROUP BY state"""
# A re-cut of last winter's recording is as old as the wish for it.
OLDEST_OPEN = """
    SELECT min(coalesce(revisions.created_at_s, items.created_at_s))
    FROM items LEFT JOIN revisions ON revisions.item_id = items.id AND revisions.number = items.revision
    WHERE items.state IN ('queued', 'processing') AND items.deleted_at_s IS NULL"""


class BookReader(ABC):
    """`BookView` on any connection."""

    @abstractmethod
    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """All rows that one statement finds."""

    def _all(self, kind: type[T], rest: str, *values: Any) -> tuple[T, ...]:
        rows = self._rows(selecting(kind, rest), [bindable(value) for value in values])
        return tuple(thing_from_row(kind, row) for row in rows)

    def _one(self, kind: type[T], rest: str, *values: Any) -> T | None:
        return next(iter(self._all(kind, rest, *values)), None)

    def jobs(self, limit: int, before_s: float | None = None) -> tuple[Job, ...]:
        """The newest jobs that were made before `before_s`."""
        before = "" if before_s is None else "WHERE created_at_s < ?"
        values = () if before_s is None else (before_s,)
        return self._all(Job, f"FROM jobs {before} ORDER BY created_at_s DESC, id DESC LIMIT ?", *values, limit)

    def job(self, job_id: str) -> Job | None:
        """One job."""
        return self._one(Job, "FROM jobs WHERE id = ?", job_id)

    def open_jobs(self) -> tuple[Job, ...]:
        """Jobs that are not settled."""
        return self._all(Job, "FROM jobs WHERE settled = 0 ORDER BY created_at_s")

    def items_of(self, job_ids: Sequence[str]) -> tuple[Item, ...]:
        """Items of these jobs, in the order in which they came."""
        found: list[tuple[int, Item]] = []
        for batch in _batches(tuple(dict.fromkeys(job_ids))):
            marks = ", ".join("?" * len(batch))
            sql = selecting(Item, f", seq FROM items WHERE job_id IN ({marks}) AND deleted_at_s IS NULL")
            rows = self._rows(sql, [bindable(job_id) for job_id in batch])
            found += [(row[-1], thing_from_row(Item, row[:-1])) for row in rows]
        return tuple(item for _, item in sorted(found, key=lambda pair: pair[0]))

    def item(self, item_id: str) -> Item | None:
        """One item; deleted ones are not there."""
        return self._one(Item, "FROM items WHERE id = ? AND deleted_at_s IS NULL", item_id)

    def items_in(self, states: Sequence[str], limit: int) -> tuple[Item, ...]:
        """Items in these states, oldest first."""
        marks = ", ".join("?" * len(states))
        return self._all(
            Item, f"FROM items WHERE state IN ({marks}) AND deleted_at_s IS NULL ORDER BY seq LIMIT ?", *states, limit
        )

    def item_of_content(self, content_id: str) -> Item | None:
        """The item that holds this content, if it is not deleted."""
        return self._one(Item, "FROM items WHERE content_id = ? AND content_id <> '' AND deleted_at_s IS NULL", content_id)

    def files_of(self, job_id: str) -> tuple[FileRow, ...]:
        """A job's files, by place."""
        return self._all(FileRow, "FROM files WHERE job_id = ? ORDER BY place", job_id)

    def parts_of(self, item_id: str) -> tuple[FileRow, ...]:
        """An item's files: recordings and chapters in order, then proxies."""
        return self._all(FileRow, "FROM parts WHERE item_id = ? ORDER BY fate = 'proxy', position", item_id)

    def revision(self, item_id: str, number: int | None = None) -> Revision | None:
        """One cut of an item; the present one when no number is given."""
        which = "(SELECT revision FROM items WHERE id = ?)" if number is None else "?"
        sql = f"FROM revisions WHERE item_id = ? AND number = {which}"
        return self._one(Revision, sql, item_id, item_id if number is None else number)

    def revisions(self, item_id: str) -> tuple[Revision, ...]:
        """All cuts of an item, oldest first."""
        return self._all(Revision, "FROM revisions WHERE item_id = ? ORDER BY number", item_id)

    def dead_letters(self, limit: int) -> tuple[DeadLetter, ...]:
        """Orders that were given up and not yet retried, newest first."""
        return self._all(DeadLetter, "FROM dead_letters ORDER BY at_s DESC, order_id LIMIT ?", limit)

    def outcomes(self, limit: int) -> tuple[OutcomeNote, ...]:
        """The last lines of the log of outcomes, newest first."""
        return self._all(OutcomeNote, "FROM outcomes ORDER BY recorded_at_s DESC, id LIMIT ?", limit)

    def open_orders(self, limit: int) -> tuple[OrderRow, ...]:
        """Orders that are not done, oldest first."""
        return self._all(OrderRow, "FROM orders ORDER BY seq LIMIT ?", limit)

    def notices(self) -> tuple[Notice, ...]:
        """What people should know about the box."""
        return self._all(Notice, "FROM notices ORDER BY key")

    def house_rules(self) -> HouseRules:
        """What the staff chose in place of the settings; nothing when that cannot be read."""
        rows = self._rows("SELECT value FROM meta WHERE key = ?", [HOUSE_RULES])
        try:
            return value_from_text(HouseRules, str(rows[0][0])) if rows else HouseRules()
        except ValueError:  # a newer program chose what this one does not know
            return HouseRules()

    def accounts(self) -> tuple[Account, ...]:
        """All accounts."""
        return self._all(Account, "FROM accounts ORDER BY name")

    def account(self, name: str) -> Account | None:
        """One account."""
        return self._one(Account, "FROM accounts WHERE name = ?", name)

    def keys(self) -> tuple[ApiKey, ...]:
        """All keys that are good."""
        return self._all(ApiKey, "FROM keys ORDER BY created_at_s, id")

    def share(self, share_id: str) -> Share | None:
        """One link that was not revoked; it may have expired."""
        return self._one(Share, "FROM shares WHERE id = ?", share_id)

    def shares_of(self, item_id: str) -> tuple[Share, ...]:
        """Links to an item's reel that were not revoked."""
        return self._all(Share, "FROM shares WHERE item_id = ? ORDER BY created_at_s, id", item_id)

    def tallies(self) -> Tallies:
        """Figures about the whole box."""
        items = self._rows(ITEM_TALLIES)
        open_orders = "SELECT lane, count(*) FROM orders WHERE state IN ('waiting', 'published') GROUP BY lane"
        stages = self._rows("SELECT stage, spent_s, done FROM stage_times")
        return Tallies(
            items={row[0]: row[1] for row in items},
            orders=dict(tuple(row) for row in self._rows(open_orders)),
            stage_s={stage: (spent_s, done) for stage, spent_s, done in stages},
            segments=sum(int(row[2]) for row in items),
            footage_s=sum(row[3] for row in items),
            kept_s=sum(row[4] for row in items),
            dead_letters=self._rows("SELECT count(*) FROM dead_letters")[0][0],
            last_reel_at_s=max((row[5] for row in items if row[5] is not None), default=None),
            oldest_open_at_s=self._rows(OLDEST_OPEN)[0][0],
        )

    def known_items(self) -> frozenset[str]:
        """Ids of all items that are not deleted, and those under which their originals came."""
        rows = self._rows(
            """SELECT id FROM items WHERE deleted_at_s IS NULL UNION
               SELECT alias FROM aliases JOIN items ON items.id = item_id WHERE deleted_at_s IS NULL"""
        )
        return frozenset(row[0] for row in rows)

    def deleted_items(self) -> frozenset[str]:
        """Ids of items that are deleted, and those under which their originals came; none that is known."""
        rows = self._rows(
            """SELECT id FROM items WHERE deleted_at_s IS NOT NULL UNION
               SELECT alias FROM aliases JOIN items ON items.id = item_id WHERE deleted_at_s IS NOT NULL"""
        )
        return frozenset(row[0] for row in rows) - self.known_items()


def _batches(values: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
