"""How quickly the page answers with thousands of recordings in the book, and how much memory each program takes."""

from __future__ import annotations

import contextlib
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from appliance.adapters.sqlite.book import SqliteBook
from appliance.domain.job import CutRules, Item, ItemState, Job, Revision, Source
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span
from bench.box import Box
from bench.crash import role_of
from bench.place import Place
from bench.results import circumstances, publish, table_of

RECORDINGS, PER_JOB, ASKED = 2_000, 50, 50
#: A recording of them, the seconds of it in its reel, and in how many moments.
LASTS_S, KEPT_S, MOMENTS = 1_800, 240, 31
#: How long loading models may take on a busy machine.
SETTLE_WITHIN_S = 60.0
#: The list has to be there before anybody notices.
WANTED_MS = 50.0
MIB = 1024**2
PAGES: Mapping[str, str] = {"job list": "/api/jobs?limit=50", "the box": "/api/box", "metrics": "/metrics"}


def run(place: Place) -> None:
    """Fill a book, start the appliance on it, ask, publish."""
    folder = Path(tempfile.mkdtemp(prefix="rinkreel-listing-", dir=place.room("listing")))
    box = Box(root=folder)
    try:
        with _open_book(box) as book:
            job_id = write_full_book(book, RECORDINGS)
        box.start()
        _let_settle(box)
        pages = {**PAGES, "one job's status": f"/api/status/{job_id}"}
        rows = [_timed(box, name, path) for name, path in pages.items()]
        memory = sorted((role_of(one), f"{one.memory_info().rss / MIB:.0f}") for one in box.programs())
    finally:
        box.stop()
        shutil.rmtree(folder, ignore_errors=True)
    notes = (
        f"{RECORDINGS} recordings in the book, each page asked {ASKED} times, one after the other. Wanted: {WANTED_MS:.0f} ms."
    )
    parts = [table_of(("page", "median ms", "slowest ms", "kB"), rows), notes]
    publish(place, "listing", "\n\n".join([*parts, table_of(("program", "MiB"), memory), circumstances()]))


@contextmanager
def _open_book(box: Box) -> Iterator[SqliteBook]:
    for folder in (box.data, box.data / "backups"):
        folder.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(SqliteBook(box.data / "book.db", box.data / "backups")) as book:
        yield book


def _let_settle(box: Box) -> None:
    """Programs that are still being loaded would be measured as well."""
    used_s = [1.0, 0.0]
    deadline = time.monotonic() + SETTLE_WITHIN_S
    while used_s[-2] != used_s[-1] and time.monotonic() < deadline:
        time.sleep(1)
        used_s.append(round(sum(sum(one.cpu_times()[:2]) for one in box.programs()), 0))


def _timed(box: Box, name: str, path: str) -> tuple[str, ...]:
    times_ms, size = [], 0
    for _ in range(ASKED):
        began = time.perf_counter()
        size = len(box.fetch(path))
        times_ms.append(1000 * (time.perf_counter() - began))
    return (name, f"{statistics.median(times_ms):.1f}", f"{max(times_ms):.1f}", f"{size / 1000:.1f}")


def write_full_book(book: SqliteBook, recordings: int) -> str:
    """Finished recordings with reels, fifty to a job; the last job's id."""
    job_id = ""
    for number in range(recordings // PER_JOB):
        job_id, at_s = f"job{number:05}", 1_790_000_000.0 + 600 * number
        with book.writing():
            book.save_job(Job(id=job_id, name=f"Card {number}", source=Source.FOLDER, created_at_s=at_s, trace_id="0" * 32))
            for index in range(PER_JOB):
                item = _finished_item(job_id, f"{number:05}x{index:03}", at_s + index)
                book.save_item(item)
                book.save_revision(_cut_of(item.id, at_s + index))
    return job_id


def _cut_of(item_id: str, at_s: float) -> Revision:
    """What is in a recording's reel: as many moments and seconds as the recording says."""
    length, apart = Fraction(KEPT_S, MOMENTS), Fraction(LASTS_S, MOMENTS)
    spans = [Span(number * apart, number * apart + length) for number in range(MOMENTS)]
    cuts = tuple(Cut(recording_id=item_id, span=span, title="", poster_at=span.start) for span in spans)
    return Revision(item_id=item_id, number=1, rules=CutRules(), created_at_s=at_s, plan=ReelPlan(cuts=cuts))


def _finished_item(job_id: str, item_id: str, at_s: float) -> Item:
    return Item(
        id=item_id,
        job_id=job_id,
        name=f"MVI_{item_id}",
        content_id=item_id.rjust(64, "0"),
        trace_id="0" * 32,
        state=ItemState.COMPLETED,
        revision=1,
        created_at_s=at_s,
        message="The reel is ready.",
        finished_at_s=at_s + 300,
        size_bytes=4_000_000_000,
        duration_s=float(LASTS_S),
        kept_s=float(KEPT_S),
        moments=MOMENTS,
        reel=f"reels/{item_id}/001/highlight_MVI.mp4",
        reel_bytes=90_000_000,
    )
