"""What the ledger is asked when footage comes in: jobs, their files, and recordings that were taken in."""

from __future__ import annotations

from dataclasses import replace

from appliance.algorithms.ordering import PROBE, WAITING, fail
from appliance.algorithms.rehoming import rehome
from appliance.domain.job import Fate, FileRow, Item, ItemState, Job, Revision
from appliance.domain.order import BookChanged
from appliance.domain.request import AccountFiles, AddItem, Answer, OpenJob, SettleJob
from appliance.services.ledger_pages import DONE, LedgerPages, LedgerParts, refused

NO_JOB = refused("there is no such job", "Look at the list of jobs; it may have been removed.")
NO_FILES = refused("the recording's files do not lie in the originals", "Take them in first.")


class ArrivalDesk:
    """Answers within `writing()`."""

    def __init__(self, parts: LedgerParts, pages: LedgerPages) -> None:
        self._book, self._pages = parts.book, pages

    def open_job(self, request: OpenJob) -> Answer:
        """A drop or an upload begins. One that is there already stays as it is."""
        if self._book.job(request.job_id) is None:
            job = Job(
                id=request.job_id,
                name=request.name,
                source=request.source,
                created_at_s=request.at_s,
                trace_id=request.trace_id,
            )
            self._book.save_job(job)
            self._tell(job.id)
        return DONE

    def account_files(self, request: AccountFiles) -> Answer:
        """What is known of a job's files by now."""
        if self._book.job(request.job_id) is None:
            return NO_JOB
        self._book.save_files(request.job_id, request.rows)
        self._tell(request.job_id)
        return DONE

    def settle_job(self, request: SettleJob) -> Answer:
        """Nothing more is expected of this job."""
        job = self._book.job(request.job_id)
        if job is None:
            return NO_JOB
        if not job.settled:
            self._book.save_job(replace(job, settled=True))
            self._tell(job.id)
        return DONE

    def add_item(self, request: AddItem) -> Answer:
        """A recording was taken in, or refused."""
        job = self._book.job(request.job_id)
        if job is None:
            return NO_JOB
        if self._book.item(request.item_id) is not None or self._book.item_of_alias(request.item_id) is not None:
            return DONE
        if request.refusal is None and not _full_files(request, stored=True):
            return NO_FILES
        known = self._book.item_of_content(request.content_id)
        if known is None:
            return self._begin_item(request, job)
        if known.has_original or request.refusal is not None:
            return self._meet_again(request, known)
        return self._adopt(request, known)

    def _begin_item(self, request: AddItem, job: Job) -> Answer:
        item = Item(
            id=request.item_id,
            job_id=job.id,
            name=request.name,
            content_id=request.content_id,
            trace_id=job.trace_id,
            state=ItemState.QUEUED,
            revision=1,
            created_at_s=request.at_s,
            stage=PROBE,
            message=WAITING,
            size_bytes=sum(row.size_bytes for row in _full_files(request)),
            has_original=request.refusal is None,
        )
        if request.refusal is not None:
            item = fail(item, *request.refusal, request.at_s)
        self._pages.save(item)
        self._book.save_parts(item.id, request.parts)
        self._book.save_files(job.id, [replace(row, item_id=item.id) for row in request.parts])
        self._book.save_revision(Revision(item_id=item.id, number=1, rules=request.rules, created_at_s=request.at_s))
        return DONE

    def _meet_again(self, request: AddItem, known: Item) -> Answer:
        """A second copy: it is accounted for, and whoever brought it may remove it."""
        reason = self._same_as(known)
        rows = [replace(row, item_id=known.id, fate=Fate.DUPLICATE, reason=reason, stored=None) for row in request.parts]
        self._book.save_files(request.job_id, rows)
        self._tell(request.job_id)
        return Answer(ok=True, value=known.id)

    def _adopt(self, request: AddItem, known: Item) -> Answer:
        """The item's original had been removed; these files are it again, and must stay where they are."""
        reason = f"{self._same_as(known)}; its original had been removed and is back"
        rows = [replace(row, item_id=known.id, reason=reason) for row in request.parts]
        self._book.save_parts(known.id, rows)
        self._book.save_files(request.job_id, rows)
        self._book.save_alias(request.item_id, known.id)
        for cut in self._book.revisions(known.id):
            if cut.recording is not None:
                self._book.save_revision(replace(cut, recording=rehome(cut.recording, rows)))
        size_bytes = sum(row.size_bytes for row in _full_files(request))
        back = self._pages.save(replace(known, has_original=True, size_bytes=size_bytes))
        if back.state is ItemState.FAILED:
            self._pages.queue(back, back.stage or PROBE)
        self._tell(request.job_id)
        return DONE

    def _same_as(self, known: Item) -> str:
        job = self._book.job(known.job_id)
        return f"the same as {known.name}" + (f", which came with “{job.name}”" if job else "")

    def _tell(self, job_id: str) -> None:
        self._pages.tell(BookChanged(job_id=job_id, what="job"))


def _full_files(request: AddItem, *, stored: bool = False) -> tuple[FileRow, ...]:
    """The recording itself, without its low-resolution twins; nothing when some of it has to be stored and is not."""
    rows = tuple(row for row in request.parts if row.fate is not Fate.PROXY)
    return () if stored and any(row.stored is None for row in rows) else rows
