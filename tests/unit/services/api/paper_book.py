"""The book and the ledger's desk on paper: forgotten when the test is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from appliance.domain.account import Account, ApiKey, Share
from appliance.domain.errors import Transient
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import DeadLetter, FileRow, Item, ItemState, Job, Notice, Revision, Tallies
from appliance.domain.outbox import OrderRow, OutcomeNote
from appliance.domain.request import (
    Answer,
    CancelItem,
    DeleteItem,
    PinItem,
    RemoveAccount,
    Request,
    RevokeKey,
    RevokeShare,
    SaveAccount,
    SaveHouseRules,
    SaveKey,
    SaveShare,
)


@dataclass
class PaperBook:
    """The book and the ledger's desk in one, in memory. `away`: nobody answers."""

    job_rows: dict[str, Job] = field(default_factory=dict)
    item_rows: dict[str, Item] = field(default_factory=dict)
    file_rows: dict[str, list[FileRow]] = field(default_factory=dict)
    part_rows: dict[str, list[FileRow]] = field(default_factory=dict)
    cuts: dict[str, list[Revision]] = field(default_factory=dict)
    letters: list[DeadLetter] = field(default_factory=list)
    notice_rows: list[Notice] = field(default_factory=list)
    outcome_notes: list[OutcomeNote] = field(default_factory=list)
    order_rows: list[OrderRow] = field(default_factory=list)
    account_rows: dict[str, Account] = field(default_factory=dict)
    key_rows: dict[str, ApiKey] = field(default_factory=dict)
    share_rows: dict[str, Share] = field(default_factory=dict)
    figures: Tallies = field(default_factory=Tallies)
    asked: list[Request] = field(default_factory=list)
    chosen: HouseRules = field(default_factory=HouseRules)
    away: bool = False
    refusal: str = ""

    def jobs(self, limit: int, before_s: float | None = None) -> tuple[Job, ...]:
        self._look()
        rows = sorted(self.job_rows.values(), key=lambda job: -job.created_at_s)
        return tuple(job for job in rows if before_s is None or job.created_at_s < before_s)[:limit]

    def job(self, job_id: str) -> Job | None:
        self._look()
        return self.job_rows.get(job_id)

    def open_jobs(self) -> tuple[Job, ...]:
        return tuple(job for job in self.job_rows.values() if not job.settled)

    def items_of(self, job_ids: Sequence[str]) -> tuple[Item, ...]:
        return tuple(item for item in self.item_rows.values() if item.job_id in job_ids)

    def item(self, item_id: str) -> Item | None:
        self._look()
        return self.item_rows.get(item_id)

    def items_in(self, states: Sequence[str], limit: int) -> tuple[Item, ...]:
        return tuple(item for item in self.item_rows.values() if item.state in states)[:limit]

    def item_of_content(self, content_id: str) -> Item | None:
        return next((item for item in self.item_rows.values() if item.content_id == content_id), None)

    def files_of(self, job_id: str) -> tuple[FileRow, ...]:
        return tuple(self.file_rows.get(job_id, ()))

    def parts_of(self, item_id: str) -> tuple[FileRow, ...]:
        return tuple(self.part_rows.get(item_id, ()))

    def revision(self, item_id: str, number: int | None = None) -> Revision | None:
        rows = self.cuts.get(item_id, [])
        return next((row for row in reversed(rows) if number in (None, row.number)), None)

    def revisions(self, item_id: str) -> tuple[Revision, ...]:
        return tuple(self.cuts.get(item_id, ()))

    def dead_letters(self, limit: int) -> tuple[DeadLetter, ...]:
        return tuple(self.letters[:limit])

    def outcomes(self, limit: int) -> tuple[OutcomeNote, ...]:
        return tuple(self.outcome_notes[:limit])

    def house_rules(self) -> HouseRules:
        self._look()
        return self.chosen

    def open_orders(self, limit: int) -> tuple[OrderRow, ...]:
        return tuple(self.order_rows[:limit])

    def notices(self) -> tuple[Notice, ...]:
        self._look()
        return tuple(self.notice_rows)

    def accounts(self) -> tuple[Account, ...]:
        self._look()
        return tuple(self.account_rows.values())

    def account(self, name: str) -> Account | None:
        self._look()
        return self.account_rows.get(name)

    def keys(self) -> tuple[ApiKey, ...]:
        return tuple(self.key_rows.values())

    def share(self, share_id: str) -> Share | None:
        return self.share_rows.get(share_id)

    def shares_of(self, item_id: str) -> tuple[Share, ...]:
        return tuple(share for share in self.share_rows.values() if share.item_id == item_id)

    def tallies(self) -> Tallies:
        return self.figures

    def known_items(self) -> frozenset[str]:
        return frozenset(self.item_rows)

    def deleted_items(self) -> frozenset[str]:
        return frozenset()

    async def ask(self, request: Request, timeout_s: float = 10.0) -> Answer:
        self._look()
        self.asked.append(request)
        if self.refusal:
            return Answer(ok=False, why=self.refusal, remedy="Do something else.")
        return self._note_people(request) or self._note_item(request) or Answer(ok=True)

    def _note_people(self, request: Request) -> Answer | None:
        match request:
            case SaveAccount(account=account, only_first=only_first):
                if only_first and self.account_rows:
                    return Answer(ok=False, why="There is an account already.")
                self.account_rows[account.name] = account
            case RemoveAccount(name=name):
                del self.account_rows[name]
            case SaveKey(key=key):
                self.key_rows[key.id] = key
            case RevokeKey(key_id=key_id):
                del self.key_rows[key_id]
            case SaveShare(share=share):
                self.share_rows[share.id] = share
            case RevokeShare(share_id=share_id):
                del self.share_rows[share_id]
        return None

    def _note_item(self, request: Request) -> Answer | None:
        match request:
            case DeleteItem(item_id=item_id):
                del self.item_rows[item_id]
            case PinItem(item_id=item_id, pinned=pinned):
                self.item_rows[item_id] = replace(self.item_rows[item_id], pinned=pinned)
            case SaveHouseRules(rules=rules):
                self.chosen = rules
            case CancelItem(item_id=item_id):
                self.item_rows[item_id] = replace(self.item_rows[item_id], state=ItemState.CANCELLED)
        return None

    def _look(self) -> None:
        if self.away:
            raise Transient("The ledger does not answer.", remedy="Ask again.")
