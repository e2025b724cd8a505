"""Sends what has to be done: items whose turn has come begin, orders go on the bus, void ones leave it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from appliance.algorithms.file_naming import reel_name
from appliance.algorithms.order_composing import Papers, compose_order
from appliance.algorithms.ordering import ANALYSE, ASSEMBLE, MESSAGES, PROBE, SELECT, WAITING_FOR_ROOM, Wanted, fail, resume
from appliance.algorithms.reserving import fits
from appliance.domain.job import Item, ItemState, Notice
from appliance.domain.order import BookChanged, Order
from appliance.domain.outbox import ChunkRow, OrderRow
from appliance.services.ledger_features import FeatureShelf
from appliance.services.ledger_pages import LedgerPages, LedgerParts, LedgerRule

DISK = "disk"
NO_ROOM = "There is too little room on the disk, so some recordings have to wait."
MAKE_ROOM = "Delete reels that nobody needs, or let the box remove them: retention.make_room."
NOT_WHOLE = "what the book says about this recording does not fit together: "
#: Items that wait for their turn and are looked at in one go.
QUEUE = 200


class Dispatcher:
    """One turn after the other; each does a bounded amount of work."""

    def __init__(self, parts: LedgerParts, rule: LedgerRule, pages: LedgerPages) -> None:
        self._parts, self._rule, self._pages = parts, rule, pages
        self._book, self._shelf = parts.book, FeatureShelf(parts.data)

    async def take_turn(self) -> int:
        """Send what can be sent; how many orders were.

        Raises:
            Transient: the bus or the book is away. DiskFull: the book could not be written.
        """
        await self._withdraw()
        short = self._admit()
        sent, stopped = await self._send()
        self._show_room(short or stopped)
        return sent

    async def _withdraw(self) -> None:
        for item_id in self._book.items_with_void_orders(self._rule.most_orders):
            await self._parts.bus.withdraw_orders(item_id)
            with self._book.writing():
                self._book.forget_void_orders(item_id)

    def _admit(self) -> bool:
        """Begin items whose turn has come; whether one has to wait for room. New cuts take no turn: they are quick."""
        queued = self._book.items_in([ItemState.QUEUED], QUEUE)
        if not queued:
            return False
        active = list(self._book.items_in([ItemState.PROCESSING], QUEUE + self._rule.most_active))
        short = False
        for item in queued:
            if len(active) >= self._rule.most_active and item.stage not in (SELECT, ASSEMBLE):
                continue
            if self._fits(item, active):
                active += self._begin(item)
            else:
                short = True
                self._say_waiting(item)
        return short

    def _fits(self, item: Item, active: Iterable[Item]) -> bool:
        sizes = [other.size_bytes for other in active]
        return fits(item.size_bytes, sizes, free_bytes=self._free_bytes(), floor_bytes=self._rule.min_free_bytes)

    def _begin(self, item: Item) -> list[Item]:
        """The item, begun; nothing when the book does not hold what it needs."""
        try:
            chunks = self._book.chunks_of(item.id)
            revision = self._book.revision(item.id)
        except ValueError as error:
            self._give_up(item.id, str(error))
            return []
        if revision is None:
            self._give_up(item.id, f"cut {item.revision} is not there")
            return []
        wanted = resume(item.stage, revision, chunks, self._shelf.missing(item.id, chunks))
        with self._book.writing():
            return [self._pages.begin(self._reset(item, wanted, chunks), wanted)]

    def _reset(self, item: Item, wanted: Sequence[Wanted], chunks: Sequence[ChunkRow]) -> Item:
        """Chunks that are to be watched again have not been watched."""
        again = {each.chunk_index for each in wanted if each.stage == ANALYSE}
        rows = [ChunkRow(chunk=row.chunk) for row in chunks if row.chunk.index in again]
        self._book.save_chunks(item.id, rows)
        return replace(item, chunks_done=len(chunks) - len(rows)) if wanted[0].stage != PROBE else item

    async def _send(self) -> tuple[int, bool]:
        """Put orders on the bus; how many, and whether some have to wait for room."""
        rows = self._book.waiting_orders(self._pages.now_s, self._rule.most_orders)
        if not rows:
            return 0, False
        has_room = self._free_bytes() >= self._rule.min_free_bytes
        sent: list[OrderRow] = []
        try:
            for row in rows:
                if has_room or row.stage == SELECT:
                    sent += await self._publish(row)
        finally:
            self._mark(sent)
        if has_room:
            return len(sent), False
        for item_id in {row.item_id for row in rows if row.stage != SELECT}:
            self._say_waiting(self._book.item(item_id))
        return len(sent), True

    async def _publish(self, row: OrderRow) -> list[OrderRow]:
        try:
            order = self.order_from(row)
        except ValueError as error:
            self._give_up(row.item_id, str(error), row.id)
            return []
        number = await self._parts.bus.send_order(order, row.lane, row.issue)
        return [replace(row, number=number, seen_at_s=self._pages.now_s)]

    def order_from(self, row: OrderRow) -> Order:
        """An order with its body. Raises ValueError when the book does not hold what it needs."""
        item, revision = self._book.item(row.item_id), self._book.revision(row.item_id, row.revision)
        if item is None or revision is None:
            raise ValueError(f"{row.item_id} is not in the book")
        chunks: tuple[ChunkRow, ...] = ()
        if row.stage == SELECT:
            chunks = self._book.chunks_of(item.id)
        elif row.chunk_index is not None:
            chunk = self._book.chunk(item.id, row.chunk_index)
            chunks = () if chunk is None else (chunk,)
        folder = self._parts.data.relative(self._parts.data.reel_folder(item.id, row.revision))
        papers = Papers(
            item=item,
            revision=revision,
            target=folder / reel_name(item.name),
            parts=self._book.parts_of(item.id) if row.stage == PROBE else (),
            chunks=chunks,
        )
        return compose_order(row, papers)

    def _give_up(self, item_id: str, why: str, order_id: str = "") -> None:
        """Nothing can be ordered for this item; that has to be seen, not to be waited for."""
        with self._book.writing():
            self._book.forget_order(order_id)
            item = self._book.item(item_id)
            if item is not None and not item.state.is_final:
                self._pages.close(fail(item, NOT_WHOLE + why, "Delete it and drop the footage again.", self._pages.now_s))

    def _mark(self, sent: Sequence[OrderRow]) -> None:
        if not sent:
            return
        with self._book.writing():
            for row in sent:
                self._book.mark_published(row)
            for item_id in {row.item_id for row in sent}:
                self._say_going_on(self._book.item(item_id))

    def _say_waiting(self, item: Item | None) -> None:
        if item is not None and not item.message.startswith(WAITING_FOR_ROOM) and not item.state.is_final:
            with self._book.writing():
                self._pages.save(replace(item, message=WAITING_FOR_ROOM))

    def _say_going_on(self, item: Item | None) -> None:
        if item is not None and item.state is ItemState.PROCESSING and item.message.startswith(WAITING_FOR_ROOM):
            self._pages.save(replace(item, message=MESSAGES[item.stage]))

    def _show_room(self, short: bool) -> None:
        """Say that there is too little room, and say no more when it is over. A notice of somebody else's is left alone."""
        shown = next((notice for notice in self._book.notices() if notice.key == DISK), None)
        if short == (shown is not None) or (shown is not None and shown.why != NO_ROOM):
            return
        with self._book.writing():
            if short:
                self._book.save_notice(Notice(key=DISK, why=NO_ROOM, remedy=MAKE_ROOM, at_s=self._pages.now_s))
            else:
                self._book.clear_notice(DISK)
            self._pages.tell(BookChanged(what="notices"))

    def _free_bytes(self) -> int:
        return self._parts.disk.free_bytes(self._parts.data.root)
