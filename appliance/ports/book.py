"""Reading the book. Only the ledger writes it; everybody else on the box may read it at any time without waiting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from appliance.domain.account import Account, ApiKey, Share
from appliance.domain.job import DeadLetter, FileRow, Item, Job, Notice, Revision, Tallies


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

    def notices(self) -> tuple[Notice, ...]:
        """What people should know about the box."""

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
