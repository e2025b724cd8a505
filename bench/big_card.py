"""A card of ten thousand files, dropped at once: how long until each has its line in the receipt, and what it costs."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.share import ShareLister
from bench.box import Box, running_box
from bench.crash import role_of
from bench.place import Place
from bench.results import circumstances, publish, table_of

FILES, FOLDERS, CLIPS, ASKED = 10_000, 100, 20, 20
CARD, MIB, LIMIT_S, PAGE_FILES = "Big card", 1024**2, 600.0, 500
#: How long the appliance is watched once all is done; BRISK looks once a second.
AT_REST_S = 20
#: What lies beside recordings on real cards: a camera's notes, a Mac's side files, pictures, sound, and recordings of no use.
NAMES = (
    *("MVI_{:04}.THM", "._MVI_{:04}.MP4", "IMG_{:04}.JPG", "IMG_{:04}.CR3", "C{:04}M01.XML", "A{:04}.WAV", "note {:04}.txt"),
    *("{:05}.CPI", "{:04}.dat", "Thumbs {:04}.db"),
)
ALL_TOLD = "every file has its line"
NOTES = """All files are copied at once into the share of a running appliance, which looks at it once a second at most and sees
every file again each time. Most recordings are broken: their bytes are no video. Processor seconds: from the copy to the final
receipt. At rest: what looking costs the watcher once everything is dealt with; the usual settings look every 15 seconds."""


@dataclass(slots=True, kw_only=True)
class Course:
    """What happened, in seconds since the copy began, and the most memory that each program took."""

    marks_s: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, int] = field(default_factory=dict)
    began_s: float = field(default_factory=time.monotonic)

    def mark(self, what: str) -> None:
        """This happened now."""
        self.marks_s.setdefault(what, time.monotonic() - self.began_s)

    def sample(self, programs: dict[str, psutil.Process]) -> None:
        """Look at the programs' memory."""
        for name, program in programs.items():
            self.peaks[name] = max(self.peaks.get(name, 0), program.memory_info().rss)


def run(place: Place) -> None:
    """Copy, follow, ask, publish."""
    folder = Path(tempfile.mkdtemp(prefix="rinkreel-big-card-", dir=place.room("big_card")))
    try:
        with running_box(folder / "box") as box:
            busy = f"Programs that wanted a processor when it began: {os.getloadavg()[0]:.1f} on average."
            text = "\n\n".join([*_measured(box, folder), NOTES, f"{circumstances()} {busy}"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    publish(place, "big_card", text)


def _measured(box: Box, folder: Path) -> Iterator[str]:
    programs = {role_of(one): one for one in box.programs() if role_of(one) in ("watcher", "ledger", "api")}
    clips = list(_clips(folder))
    course = Course()
    course.sample(programs)
    before, spent_s = dict(course.peaks), {name: _spent_s(one) for name, one in programs.items()}
    count = write_card(box.footage / CARD, clips)
    course.mark("copied")
    job_id = _follow(box, programs, course, count)
    spent_s = {name: _spent_s(one) - spent_s[name] for name, one in programs.items()}
    marks = [(what, f"{at_s:.1f}") for what, at_s in course.marks_s.items()]
    yield table_of(("since the copy began", "s"), marks)
    rows = [
        (name, f"{before[name] / MIB:.0f}", f"{course.peaks[name] / MIB:.0f}", f"{spent_s[name]:.1f}")
        for name in sorted(programs)
    ]
    yield table_of(("program", "MiB before", "MiB at most", "processor s"), rows)
    yield table_of(("page", "median ms", "slowest ms", "kB"), _pages(box, job_id))
    listed_ms = statistics.median(_timed_ms(lambda: ShareLister().list_share(box.footage), time.process_time))
    began_s = _spent_s(programs["watcher"])
    time.sleep(AT_REST_S)
    rest_ms = 1000 * (_spent_s(programs["watcher"]) - began_s) / AT_REST_S
    told, safe = _whole_receipt(box, job_id)
    yield "\n".join(
        [
            f"- at rest: {rest_ms:.0f} processor ms a second; a look reads the folders in {listed_ms:.0f} ms",
            f"- receipt: {len(told)} of {count} files, in pages of {PAGE_FILES}; {safe}",
            f"- recordings: {_counts(box, job_id)}",
        ]
    )


def _clips(folder: Path) -> Iterator[bytes]:
    """Whole recordings in which nobody moves, every one of other bytes."""
    path = folder / "clip.mp4"
    for number in range(CLIPS):
        words = ["-f", "lavfi", "-i", "testsrc=size=320x240:duration=1", "-metadata", f"title={number}", str(path)]
        subprocess.run([str(find_ffmpeg().path), "-v", "error", "-nostdin", "-y", *words], check=True)
        yield path.read_bytes()


def write_card(card: Path, clips: list[bytes]) -> int:
    """Write a card of many folders, with a recording in each, most of them broken; how many files there are."""
    each = FILES // FOLDERS
    for number in range(FOLDERS):
        folder = card / "DCIM" / f"{100 + number}CANON"
        folder.mkdir(parents=True)
        for index in range(each - 1):
            (folder / NAMES[index % len(NAMES)].format(index)).write_bytes(b"beside a recording" * 10)
        whole, place = divmod(number * len(clips), FOLDERS)
        content = clips[whole] if place < len(clips) else f"no recording {number}".encode() * 500
        (folder / f"MVI_{number:04}.MP4").write_bytes(content)
    return FOLDERS * each


def _follow(box: Box, programs: dict[str, psutil.Process], course: Course, count: int) -> str:
    """Wait until all is done; the job's id."""
    job: dict[str, Any] = {}

    def is_over() -> bool:
        course.sample(programs)
        for each in box.get("/api/jobs")["jobs"]:
            job.update(each)
        if not job:
            return False
        course.mark("the page shows the card")
        if ALL_TOLD not in course.marks_s and box.get(f"/api/jobs/{job['job_id']}/receipt?limit=1")["total"] == count:
            course.mark(ALL_TOLD)
        return bool(job["settled"]) and job["status"] not in ("queued", "processing")

    box.wait_for(is_over, LIMIT_S, "the card is done")
    course.mark("every recording has ended, and the receipt is final")
    return str(job["job_id"])


def _pages(box: Box, job_id: str) -> list[tuple[str, ...]]:
    receipt = f"/api/jobs/{job_id}/receipt"
    pages = {
        "receipt, first page": f"{receipt}?limit={PAGE_FILES}",
        "receipt, last page": f"{receipt}?limit={PAGE_FILES}&offset={FILES - PAGE_FILES}",
        "receipt as text, whole": f"{receipt}.txt",
        "job list": "/api/jobs",
    }
    rows: list[tuple[str, ...]] = []
    for name, path in pages.items():
        size = len(box.fetch(path))
        times_ms = _timed_ms(partial(box.fetch, path))
        rows.append((name, f"{statistics.median(times_ms):.0f}", f"{max(times_ms):.0f}", f"{size / 1000:.0f}"))
    return rows


def _timed_ms(doing: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> list[float]:
    times_ms = []
    for _ in range(ASKED):
        began_s = clock()
        doing()
        times_ms.append(1000 * (clock() - began_s))
    return times_ms


def _whole_receipt(box: Box, job_id: str) -> tuple[set[str], str]:
    """Every place that the receipt names, and its one line."""
    places: set[str] = set()
    while True:
        page = box.get(f"/api/jobs/{job_id}/receipt?limit={PAGE_FILES}&offset={len(places)}")
        places |= {line["place"] for line in page["files"]}
        if not page["files"]:
            return places, page["verdict"]


def _counts(box: Box, job_id: str) -> str:
    counts = box.get(f"/api/status/{job_id}?limit=1")["counts"]
    return ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))


def _spent_s(program: psutil.Process) -> float:
    times = program.cpu_times()
    return float(times.user + times.system)
