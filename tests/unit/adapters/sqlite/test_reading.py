"""Questions that pages ask often find their rows by index, however many there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from appliance.adapters.sqlite.book import SqliteBook
from appliance.adapters.sqlite.rows import Row
from appliance.domain.job import Fate, ItemState
from tests.book_examples import a_file, a_job, a_revision, an_item

JOBS, ITEMS_A_JOB = 100, 20


class AskedBook(SqliteBook):
    """Remembers what it was asked."""

    def __init__(self, path: Path, backups: Path) -> None:
        self.asked: list[tuple[str, Sequence[Any]]] = []
        super().__init__(path, backups)

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        self.asked.append((sql, values))
        return super()._rows(sql, values)

    def plans(self) -> list[str]:
        """How SQLite goes about what was asked, and how often it was asked."""
        asked, self.asked = self.asked, []
        return [" | ".join(row[3] for row in super(AskedBook, self)._rows(f"EXPLAIN QUERY PLAN {sql}", v)) for sql, v in asked]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AskedBook]:
    """A book of 2,000 recordings."""
    folder = tmp_path_factory.mktemp("book")
    book = AskedBook(folder / "book.db", folder / "backups")
    with book.writing():
        for job in range(JOBS):
            book.save_job(a_job(f"job-{job}", at_s=float(job), settled=job % 50 != 0))
            for number in range(ITEMS_A_JOB):
                state = ItemState.QUEUED if number == 0 else ItemState.COMPLETED
                book.save_item(an_item(f"item-{job}-{number}", f"job-{job}", state=state))
                book.save_files(f"job-{job}", [a_file(f"{number}.MP4", fate=Fate.RECORDING)])
            book.save_revision(a_revision(f"item-{job}-1"))
    book.asked.clear()
    yield book
    book.close()


def test_the_list_of_jobs_with_its_items_takes_two_questions_by_index(book: AskedBook) -> None:
    jobs = book.jobs(50)
    items = book.items_of([job.id for job in jobs])
    assert (len(jobs), len(items)) == (50, 50 * ITEMS_A_JOB)
    assert book.plans() == [
        "SCAN jobs USING INDEX jobs_by_age",
        "SEARCH items USING INDEX items_of_job (job_id=?)",
    ]


@pytest.mark.parametrize(
    ("question", "values"),
    [
        *(("jobs", (50, 70.0)), ("job", ("job-1",)), ("open_jobs", ()), ("item", ("item-1-1",))),
        *(("items_in", (["queued"], 10)), ("item_of_content", ("content-item-1-1",)), ("files_of", ("job-1",))),
        *(("parts_of", ("item-1-1",)), ("revision", ("item-1-1",)), ("revisions", ("item-1-1",)), ("dead_letters", (10,))),
        *(("share", ("s",)), ("shares_of", ("item-1-1",)), ("waiting_orders", (1.0, 10)), ("unseen_orders", (1.0, 10))),
        *(("order", ("o",)), ("chunks_of", ("item-1-1",)), ("chunk", ("item-1-1", 1)), ("items_with_void_orders", (10,))),
        *(("chunk_counts", ("item-1-1",)), ("item_of_alias", ("a",)), ("published_orders", (10,))),
    ],
)
def test_no_question_about_one_thing_looks_at_all_of_them(book: AskedBook, question: str, values: tuple[Any, ...]) -> None:
    getattr(book, question)(*values)
    (plan,) = book.plans()
    steps = [step for step in plan.split(" | ") if step.startswith(("SCAN", "SEARCH"))]
    assert steps
    assert [step for step in steps if step.startswith("SCAN") and "INDEX" not in step] == []
