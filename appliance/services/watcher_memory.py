"""What the book still knows of the share after a restart: jobs that are under way, and files that were left behind."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from appliance.algorithms.drop_accounting import Signature, left_behind
from appliance.domain.job import Job, Source
from appliance.ports.book import BookView
from appliance.services.watcher_drop import LOOSE, Drop, DropRule

_PAGE_JOBS = 500
#: How far back the share's folders are looked for, in jobs, and how many of one name are read.
_MOST_JOBS, _MOST_OF_A_NAME = 20_000, 20


class WatcherMemory:
    """Makes drops as the book remembers them. Reading may raise Transient."""

    def __init__(self, book: BookView, rule: DropRule) -> None:
        self._book, self._rule = book, rule
        self._open: dict[str, list[Job]] = {}
        self._settled: dict[str, list[Job]] = {}

    def load(self) -> None:
        """Learn which jobs there are."""
        self._open, self._settled = {}, {}
        for job in self._book.open_jobs():
            if job.source is Source.FOLDER:
                self._open.setdefault(_drop_name(job), []).append(job)
        for job in islice(self._all_jobs(), _MOST_JOBS):
            if job.source is Source.FOLDER and job.settled:
                self._settled.setdefault(_drop_name(job), []).append(job)

    def open_names(self) -> list[str]:
        """Drops that are under way."""
        return list(self._open)

    def drop_named(self, name: str) -> Drop:
        """A drop as it stands: with its newest open job, which is handed out once, and without what earlier ones left behind."""
        left: dict[str, Signature] = {}
        for settled in reversed(self._settled.get(name, [])[:_MOST_OF_A_NAME]):
            left |= left_behind(self._book.files_of(settled.id), keep_duplicates=self._rule.keep_duplicates)
        job = self._open.pop(name)[-1] if name in self._open else None
        rows = () if job is None else self._book.files_of(job.id)
        return Drop(name, self._rule, job=job, rows=rows, left=left)

    def overtaken_jobs(self) -> list[Job]:
        """Open jobs of a drop that a newer one goes on with."""
        return [job for jobs in self._open.values() for job in jobs[:-1]]

    def _all_jobs(self) -> Iterator[Job]:
        before_s = None
        while page := self._book.jobs(_PAGE_JOBS, before_s):
            yield from page
            before_s = page[-1].created_at_s


def _drop_name(job: Job) -> str:
    return "" if job.name.startswith(LOOSE) else job.name
