"""Compares the book with the bus, which may lose what it holds: what is lost is sent anew. Old pages of the book are dropped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from appliance.domain.outbox import OrderRow, OrderState
from appliance.services.ledger_pages import LedgerPages, LedgerParts, LedgerRule

STORE = "store"
#: Old lines and receipts that are dropped in one go.
MOST_PRUNED = 500
#: Orders that are sent anew in one transaction.
BATCH = 1000


class Auditor:
    """Asks the bus; never for more than a bounded number of orders in one go."""

    def __init__(self, parts: LedgerParts, rule: LedgerRule, pages: LedgerPages) -> None:
        self._parts, self._rule, self._pages, self._book = parts, rule, pages, parts.book
        self._suspects: frozenset[tuple[str, int]] = frozenset()

    async def check_store(self) -> int:
        """Send everything anew when the bus's store is not the one that was known; how many orders.

        Raises:
            Transient: the bus or the book is away. DiskFull: the book could not be written.
        """
        store = await self._parts.bus.store_id()
        if self._book.remembered(STORE) == store:
            return 0
        anew = 0
        while rows := self._book.published_orders(BATCH):
            with self._book.writing():
                self._send_anew(rows)
            anew += len(rows)
        with self._book.writing():
            self._book.remember(STORE, store)
        self._parts.journal.note("bus's store is new", store=store, orders_anew=anew)
        return anew

    async def check_orders(self) -> int:
        """Send anew what the bus does not hold any more and no outcome came for; how many orders. Each is looked for twice,
        so that an outcome that is on its way has time to arrive. Raises as `check_store`."""
        before_s = self._pages.now_s - self._rule.grace_s
        rows = self._book.unseen_orders(before_s, self._rule.most_orders)
        there: list[OrderRow] = []
        missing: list[OrderRow] = []
        for row in rows:
            held = row.number is not None and await self._parts.bus.holds_order(row.number, row.id)
            (there if held else missing).append(row)
        lost = [row for row in missing if (row.id, row.issue) in self._suspects]
        self._suspects = frozenset((row.id, row.issue) for row in missing)
        with self._book.writing():
            for row in there:
                self._book.mark_seen(row.id, self._pages.now_s)
            anew = self._send_anew(row for row in lost if self._is_as_it_was(row))
        if anew:
            self._parts.journal.warn("orders were lost on the bus and are sent anew", orders=anew)
        return anew

    def prune(self) -> int:
        """Drop what nobody asks for any more; how many rows."""
        now_s = self._pages.now_s
        with self._book.writing():
            return self._book.prune(now_s - self._rule.outcomes_for_s, now_s - self._rule.receipts_for_s, MOST_PRUNED)

    def _is_as_it_was(self, row: OrderRow) -> bool:
        now = self._book.order(row.id)
        return now is not None and now.state is OrderState.PUBLISHED and now.issue == row.issue

    def _send_anew(self, rows: Iterable[OrderRow]) -> int:
        again = [
            replace(row, state=OrderState.WAITING, issue=self._book.next_issue(), number=None, seen_at_s=None) for row in rows
        ]
        self._book.save_orders(again)
        return len(again)
