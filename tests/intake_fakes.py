"""Stand-ins for intake's neighbours: a ledger that remembers what it is asked, and a store that dies at a chosen step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from appliance.domain.account import Account, ApiKey, Share
from appliance.domain.errors import Transient
from appliance.domain.footage import FileStamp, Fingerprint
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import DeadLetter, Fate, FileRow, Item, ItemState, Job, Notice, Revision, Tallies
from appliance.domain.outbox import OrderRow, OutcomeNote
from appliance.domain.request import (
    AccountFiles,
    AddItem,
    Answer,
    ClearNotice,
    OpenJob,
    RaiseNotice,
    Request,
    SettleJob,
)
from appliance.ports.intake import Halted, OriginalStore


@dataclass
class RememberingLedger:
    """A ledger and its book in one: answers what intake asks, in memory. away: it does not answer."""

    away: bool = False
    asked: list[Request] = field(default_factory=list)
    jobs_by_id: dict[str, Job] = field(default_factory=dict)
    items_by_id: dict[str, Item] = field(default_factory=dict)
    rows_by_job: dict[str, dict[str, FileRow]] = field(default_factory=dict)
    parts_by_item: dict[str, tuple[FileRow, ...]] = field(default_factory=dict)
    notices_by_key: dict[str, Notice] = field(default_factory=dict)
    chosen: HouseRules = field(default_factory=HouseRules)

    async def ask(self, request: Request, timeout_s: float = 10.0) -> Answer:
        if self.away:
            raise Transient("the ledger does not answer")
        self.asked.append(request)
        match request:
            case OpenJob():
                self._open(request)
            case AccountFiles():
                self.rows_by_job[request.job_id] |= {row.place: row for row in request.rows}
            case AddItem():
                return self._add(request)
            case SettleJob():
                self.jobs_by_id[request.job_id] = replace(self.jobs_by_id[request.job_id], settled=True)
            case RaiseNotice():
                self.notices_by_key[request.notice.key] = request.notice
            case ClearNotice():
                self.notices_by_key.pop(request.key, None)
            case _:
                return Answer(ok=False, why=f"{type(request).__name__} is not for intake")
        return Answer(ok=True)

    def _open(self, request: OpenJob) -> None:
        job = Job(
            id=request.job_id, name=request.name, source=request.source, created_at_s=request.at_s, trace_id=request.trace_id
        )
        self.jobs_by_id.setdefault(job.id, job)
        self.rows_by_job.setdefault(job.id, {})

    def _add(self, request: AddItem) -> Answer:
        if request.job_id not in self.jobs_by_id:
            return Answer(ok=False, why="no such job")
        known = self.item_of_content(request.content_id)
        if known is not None and known.id != request.item_id:
            return Answer(ok=True, value=self._meet(known, request))
        failed = request.refusal is not None
        self.items_by_id[request.item_id] = Item(
            id=request.item_id,
            job_id=request.job_id,
            name=request.name,
            content_id=request.content_id,
            trace_id=self.jobs_by_id[request.job_id].trace_id,
            state=ItemState.FAILED if failed else ItemState.QUEUED,
            revision=1,
            created_at_s=request.at_s,
            has_original=not failed,
        )
        self.parts_by_item[request.item_id] = request.parts
        self.rows_by_job[request.job_id] |= {row.place: row for row in request.parts}
        return Answer(ok=True)

    def _meet(self, known: Item, request: AddItem) -> str:
        if not known.has_original:
            self.items_by_id[known.id] = replace(known, has_original=True)
            self.parts_by_item[known.id] = request.parts
            self.rows_by_job[request.job_id] |= {row.place: replace(row, item_id=known.id) for row in request.parts}
            return ""
        rows = (replace(row, fate=Fate.DUPLICATE, item_id=known.id, stored=None) for row in request.parts)
        self.rows_by_job[request.job_id] |= {row.place: row for row in rows}
        return known.id

    def jobs(self, limit: int, before_s: float | None = None) -> tuple[Job, ...]:
        newest = sorted(self.jobs_by_id.values(), key=lambda job: job.created_at_s, reverse=True)
        return tuple(job for job in newest if before_s is None or job.created_at_s < before_s)[:limit]

    def job(self, job_id: str) -> Job | None:
        return self.jobs_by_id.get(job_id)

    def open_jobs(self) -> tuple[Job, ...]:
        return tuple(job for job in self.jobs_by_id.values() if not job.settled)

    def items_of(self, job_ids: Sequence[str]) -> tuple[Item, ...]:
        return tuple(item for item in self.items_by_id.values() if item.job_id in job_ids)

    def item(self, item_id: str) -> Item | None:
        return self.items_by_id.get(item_id)

    def items_in(self, states: Sequence[str], limit: int) -> tuple[Item, ...]:
        return tuple(item for item in self.items_by_id.values() if item.state in states)[:limit]

    def item_of_content(self, content_id: str) -> Item | None:
        return next((item for item in self.items_by_id.values() if item.content_id == content_id), None)

    def files_of(self, job_id: str) -> tuple[FileRow, ...]:
        return tuple(row for _, row in sorted(self.rows_by_job.get(job_id, {}).items()))

    def parts_of(self, item_id: str) -> tuple[FileRow, ...]:
        return self.parts_by_item.get(item_id, ())

    def revision(self, item_id: str, number: int | None = None) -> Revision | None:
        return None

    def revisions(self, item_id: str) -> tuple[Revision, ...]:
        return ()

    def dead_letters(self, limit: int) -> tuple[DeadLetter, ...]:
        return ()

    def notices(self) -> tuple[Notice, ...]:
        return tuple(self.notices_by_key.values())

    def accounts(self) -> tuple[Account, ...]:
        return ()

    def account(self, name: str) -> Account | None:
        return None

    def keys(self) -> tuple[ApiKey, ...]:
        return ()

    def share(self, share_id: str) -> Share | None:
        return None

    def shares_of(self, item_id: str) -> tuple[Share, ...]:
        return ()

    def tallies(self) -> Tallies:
        return Tallies()

    def known_items(self) -> frozenset[str]:
        return frozenset(self.items_by_id)

    def deleted_items(self) -> frozenset[str]:
        return frozenset()

    def outcomes(self, limit: int) -> tuple[OutcomeNote, ...]:
        return ()

    def house_rules(self) -> HouseRules:
        return self.chosen

    def open_orders(self, limit: int) -> tuple[OrderRow, ...]:
        return ()

    @property
    def all_rows(self) -> dict[str, FileRow]:
        """Rows of all jobs, by place; those of later jobs win."""
        return {place: row for rows in self.rows_by_job.values() for place, row in rows.items()}


class Killed(BaseException):
    """The process ends here, without a chance to clean up."""


@dataclass
class Guillotine:
    """Lets `steps` steps pass, and ends the process in the next one."""

    steps: int

    def step(self) -> None:
        if self.steps == 0:
            raise Killed
        self.steps -= 1


@dataclass
class MortalDesk:
    """A ledger's desk whose visitor may die before it asks, or before it hears the answer."""

    ledger: RememberingLedger
    guillotine: Guillotine

    async def ask(self, request: Request, timeout_s: float = 10.0) -> Answer:
        self.guillotine.step()
        answer = await self.ledger.ask(request, timeout_s)
        self.guillotine.step()
        return answer


@dataclass
class MortalStore:
    """A store of originals whose user may die before and after each change."""

    store: OriginalStore
    guillotine: Guillotine

    def look(self, path: Path) -> FileStamp | None:
        return self.store.look(path)

    def has_writer(self, path: Path) -> bool:
        return self.store.has_writer(path)

    def fingerprint(self, path: Path, halted: Halted) -> Fingerprint:
        return self.store.fingerprint(path, halted)

    @contextmanager
    def claim(self, item_id: str) -> Iterator[bool]:
        with self.store.claim(item_id) as mine:
            yield mine

    def write_note(self, item_id: str, text: str) -> None:
        self._around(lambda: self.store.write_note(item_id, text))

    def read_note(self, item_id: str) -> str | None:
        return self.store.read_note(item_id)

    def pending(self) -> tuple[str, ...]:
        return self.store.pending()

    def mark_told(self, item_id: str) -> None:
        self._around(lambda: self.store.mark_told(item_id))

    def withdraw(self, item_id: str) -> None:
        self._around(lambda: self.store.withdraw(item_id))

    def move(self, source: Path, target: Path, expected: Fingerprint, halted: Halted) -> None:
        self._around(lambda: self.store.move(source, target, expected, halted))

    def put_back(self, stored: Path, source: Path, halted: Halted) -> Path | None:
        return self.store.put_back(stored, source, halted)

    def discard(self, path: Path) -> None:
        self._around(lambda: self.store.discard(path))

    def _around(self, change: Callable[[], None]) -> None:
        self.guillotine.step()
        change()
        self.guillotine.step()
