"""Reading the book. Only the ledger writes it; everybody else on the box may read it at any time without waiting."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from appliance.domain.account import Account, ApiKey, Share
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import DeadLetter, FileRow, Item, Job, Notice, Revision, Tallies
from appliance.domain.outbox import ChunkCounts, ChunkRow, OrderRow, OutcomeNote


class BookView(Protocol):
    """What the book says, as of the last commit. Raises Transient while there is no book yet."""

    def jobs(self, limit: int, before_s: float | None = None) -> tuple[Job, ...]:
        """The newest jobs that were made before `before_s`."""

    def job(self, job_id: str) -> Job | None:
        """One job."""

    def open_jobs(self) -> tuple[Job, ...]:
        """Jobs that are not settled."""

    def items_of(self, job_ids: Sequence[str]) -> tuple[Item, ...]:
        """Items of these jobs, in the order in which they came."""

    def item(self, item_id: str) -> Item | None:
        """One item; deleted ones are not there."""

    def items_in(self, states: Sequence[str], limit: int) -> tuple[Item, ...]:
        """Items in these states, oldest first."""

    def item_of_content(self, content_id: str) -> Item | None:
        """The item that holds this content, if it is not deleted."""

    def files_of(self, job_id: str) -> tuple[FileRow, ...]:
        """A job's files, by place."""

    def parts_of(self, item_id: str) -> tuple[FileRow, ...]:
        """An item's files: recordings and chapters in order, then proxies."""

    def revision(self, item_id: str, number: int | None = None) -> Revision | None:
        """One cut of an item; the present one when no number is given."""

    def revisions(self, item_id: str) -> tuple[Revision, ...]:
        """All cuts of an item, oldest first."""

    def dead_letters(self, limit: int) -> tuple[DeadLetter, ...]:
        """Orders that were given up and not yet retried, newest first."""

    def outcomes(self, limit: int) -> tuple[OutcomeNote, ...]:
        """The last lines of the log of outcomes, newest first."""

    def open_orders(self, limit: int) -> tuple[OrderRow, ...]:
        """Orders that are not done, oldest first."""

    def notices(self) -> tuple[Notice, ...]:
        """What people should know about the box."""

    def house_rules(self) -> HouseRules:
        """What the staff chose in place of the settings; nothing when that cannot be read."""

    def accounts(self) -> tuple[Account, ...]:
        """All accounts."""

    def account(self, name: str) -> Account | None:
        """One account."""

    def keys(self) -> tuple[ApiKey, ...]:
        """All keys that are good."""

    def share(self, share_id: str) -> Share | None:
        """One link that was not revoked; it may have expired."""

    def shares_of(self, item_id: str) -> tuple[Share, ...]:
        """Links to an item's reel that were not revoked."""

    def tallies(self) -> Tallies:
        """Figures about the whole box."""

    def known_items(self) -> frozenset[str]:
        """Ids of all items that are not deleted."""

    def deleted_items(self) -> frozenset[str]:
        """Ids of items that were there and are deleted, and those under which their originals came; none that is known."""


class ItemPages(Protocol):
    """Writing about jobs and items; only between `writing()` and its end."""

    def save_job(self, job: Job) -> None:
        """Keep a job; a later one of the same id replaces it."""

    def save_files(self, job_id: str, rows: Sequence[FileRow]) -> None:
        """Keep rows of a drop; they replace earlier ones of the same place."""

    def save_item(self, item: Item) -> None:
        """Keep an item; a later one of the same id replaces it, and brings a deleted one back."""

    def save_parts(self, item_id: str, rows: Sequence[FileRow]) -> None:
        """Keep the files that form an item, in order, in place of those it had."""

    def forget_original(self, item_id: str) -> None:
        """An item's files no longer lie anywhere; its rows stay."""

    def save_alias(self, alias: str, item_id: str) -> None:
        """An item's original lies in the folder of another id, which counts as known from now on."""

    def item_of_alias(self, alias: str) -> Item | None:
        """The item whose original came under this id, if it is not deleted."""

    def is_deleted(self, item_id: str) -> bool:
        """Whether there was an item of this id."""

    def delete_item(self, item_id: str, at_s: float) -> None:
        """Leave nothing of an item but its id and its rows in the receipt; its orders become void."""

    def save_revision(self, revision: Revision) -> None:
        """Keep a cut; a later one of the same number replaces it."""

    def save_chunks(self, item_id: str, rows: Sequence[ChunkRow]) -> None:
        """Keep chunks; they replace earlier ones of the same index."""

    def forget_chunks(self, item_id: str) -> None:
        """An item's chunks are planned anew."""

    def chunk(self, item_id: str, index: int) -> ChunkRow | None:
        """One chunk."""

    def chunks_of(self, item_id: str) -> tuple[ChunkRow, ...]:
        """An item's chunks, in order."""

    def chunk_counts(self, item_id: str) -> ChunkCounts:
        """How far watching an item has come."""


class Outbox(Protocol):
    """Orders that are not done yet, and what was heard of them; written only between `writing()` and its end."""

    def next_issue(self) -> int:
        """A number that no order was sent under yet."""

    def save_orders(self, rows: Sequence[OrderRow]) -> None:
        """Keep orders; they replace earlier ones of the same id."""

    def order(self, order_id: str) -> OrderRow | None:
        """One order."""

    def waiting_orders(self, now_s: float, limit: int) -> tuple[OrderRow, ...]:
        """Orders to be sent now, oldest first, without those of items that have void ones."""

    def mark_published(self, row: OrderRow) -> None:
        """It is on the bus, unless it is no longer waiting under that issue."""

    def unseen_orders(self, before_s: float, limit: int) -> tuple[OrderRow, ...]:
        """Published orders that the bus was last known to hold before then, longest unseen first."""

    def mark_seen(self, order_id: str, at_s: float) -> None:
        """The bus still holds it."""

    def published_orders(self, limit: int) -> tuple[OrderRow, ...]:
        """Orders that are on the bus."""

    def void_orders(self, item_id: str) -> None:
        """Whatever is left to do for an item is to be taken off the bus."""

    def items_with_void_orders(self, limit: int) -> tuple[str, ...]:
        """Whose orders have to be taken off the bus."""

    def forget_order(self, order_id: str) -> None:
        """It is done."""

    def forget_void_orders(self, item_id: str) -> None:
        """They are off the bus."""

    def note_outcome(self, note: OutcomeNote) -> bool:
        """Log an outcome; False when this very one is there already."""

    def count_stage(self, stage: str, took_s: float) -> None:
        """One more order of a stage is done."""

    def save_dead_letter(self, letter: DeadLetter) -> None:
        """An order was given up although its footage may be fine."""

    def forget_dead_letters(self, item_id: str) -> None:
        """They are tried again, or no longer matter."""

    def prune(self, outcomes_before_s: float, receipts_before_s: float, most: int) -> int:
        """Drop old lines of the log, and old jobs of which no item is left; at most so many of each. Tells how many."""


class HousePages(Protocol):
    """Writing about the box and its people; only between `writing()` and its end."""

    def save_notice(self, notice: Notice) -> None:
        """Keep a notice; a later one of the same key replaces it."""

    def clear_notice(self, key: str) -> None:
        """It is over."""

    def save_house_rules(self, rules: HouseRules) -> None:
        """Keep what the staff chose."""

    def save_account(self, account: Account) -> None:
        """Keep an account; a later one of the same name replaces it."""

    def remove_account(self, name: str) -> None:
        """Drop an account."""

    def save_key(self, key: ApiKey) -> None:
        """Keep a script's key."""

    def revoke_key(self, key_id: str) -> None:
        """Drop a script's key."""

    def save_share(self, share: Share) -> None:
        """Keep a link."""

    def revoke_share(self, share_id: str) -> None:
        """Drop a link."""

    def remembered(self, key: str) -> str:
        """What the ledger noted for itself; empty when nothing."""

    def remember(self, key: str, value: str) -> None:
        """Note something for itself."""


class Book(BookView, ItemPages, Outbox, HousePages, Protocol):
    """The book in the hands of its only writer."""

    def writing(self) -> AbstractContextManager[None]:
        """All that is written within is kept together, on disk when this ends; an exception undoes it.

        Raises:
            DiskFull: there is no room. Transient: somebody else holds the book. Nothing was kept in either case.
        """

    def back_up(self) -> Path:
        """Copy the book, whole and on disk, while others go on; the copy's path. Raises as `writing`."""
