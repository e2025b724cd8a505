"""What every part of the ledger works with: its collaborators, its limits, and the moves on the book that they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appliance.algorithms.ordering import Wanted, begin, queue
from appliance.domain.job import Item, ItemState
from appliance.domain.order import BookChanged, order_id
from appliance.domain.outbox import OrderRow
from appliance.domain.place import DataFolder
from appliance.domain.request import Answer
from appliance.pipeline import room_named
from appliance.ports.book import Book
from appliance.ports.bus import LedgerBus
from appliance.ports.surroundings import Clock, Disk, Journal

#: News that nobody has taken are dropped beyond this; whoever listens reads the book anyway.
MOST_NEWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerParts:
    """Who the ledger works with. alive: told which of its steps got on, whenever one did."""

    book: Book
    bus: LedgerBus
    clock: Clock
    disk: Disk
    journal: Journal
    data: DataFolder
    alive: Callable[[str], None] = lambda _step: None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRule:
    """min_free_bytes: nothing new is begun that would leave less of the disk. most_active: items that are worked on at once; the
    others wait their turn. grace_s: how long an order may be on the bus before somebody asks whether it still is.
    audit_every_s: how often that is asked. most_orders: orders looked at in one go. held_for_s: how long an order rests that was
    handed back for want of room. poll_s: longest wait for an outcome, and for something to do. outcomes_for_s, receipts_for_s:
    how long the log of outcomes is kept, and receipts of drops of which no item is left."""

    min_free_bytes: int
    most_active: int = 16
    grace_s: float = 120.0
    audit_every_s: float = 30.0
    most_orders: int = 64
    held_for_s: float = 30.0
    poll_s: float = 0.5
    outcomes_for_s: float = 30 * 86400.0
    receipts_for_s: float = 730 * 86400.0


class LedgerPages:
    """Moves on the book, to be made within `writing()`, and the news that they make."""

    def __init__(self, parts: LedgerParts) -> None:
        self._book, self._clock = parts.book, parts.clock
        self._news: dict[BookChanged, None] = {}

    @property
    def now_s(self) -> float:
        """What the clock says."""
        return self._clock.now_s()

    def tell(self, news: BookChanged) -> None:
        """Something that people see has changed."""
        if len(self._news) < MOST_NEWS:
            self._news[news] = None

    def take_news(self) -> tuple[BookChanged, ...]:
        """What has changed since this was last asked."""
        news = tuple(self._news)
        self._news.clear()
        return news

    def save(self, item: Item) -> Item:
        """Keep an item."""
        self._book.save_item(item)
        self.tell(BookChanged(job_id=item.job_id, item_id=item.id, what="item"))
        return item

    def close(self, item: Item) -> Item:
        """Keep an item that has come to its end; nothing is left to do for it."""
        self._book.void_orders(item.id)
        if item.state is not ItemState.FAILED:
            self._book.forget_dead_letters(item.id)
        return self.save(item)

    def queue(self, item: Item, stage: str) -> Item:
        """Let an item wait for its turn to go on at a stage."""
        self._book.void_orders(item.id)
        self._book.forget_dead_letters(item.id)
        return self.save(queue(item, stage))

    def begin(self, item: Item, wanted: Sequence[Wanted]) -> Item:
        """An item's turn has come."""
        self.order(item, wanted)
        return self.save(begin(item, wanted, self.now_s))

    def order(self, item: Item, wanted: Sequence[Wanted]) -> None:
        """Put work into the outbox."""
        self._book.save_orders([self._row(item, each) for each in wanted])

    def _row(self, item: Item, wanted: Wanted) -> OrderRow:
        return OrderRow(
            id=order_id(item.id, item.revision, wanted.stage, wanted.chunk_index),
            item_id=item.id,
            revision=item.revision,
            stage=wanted.stage,
            lane=room_named(wanted.stage).lane,
            issue=self._book.next_issue(),
            chunk_index=wanted.chunk_index,
        )


DONE = Answer(ok=True)


def refused(why: str, remedy: str = "") -> Answer:
    """No, why not, and what to do."""
    return Answer(ok=False, why=why, remedy=remedy)


NO_ITEM = refused("there is no such recording", "Look at the list of jobs; it may have been deleted.")
