from __future__ import annotations

import asyncio
from pathlib import Path

from appliance.algorithms.resting import RestRule
from appliance.domain.job import Fate, FileRow, Source
from appliance.domain.request import AccountFiles, OpenJob, SettleJob
from appliance.services.watcher_drop import DropRule, Look
from appliance.services.watcher_memory import WatcherMemory

from ...intake_fakes import RememberingLedger

RULE = DropRule(share=Path("/share"), rest=RestRule(rest_s=1, give_up_after_s=9), marker="_READY", keep_duplicates=False)


def remembered(*jobs: tuple[str, Source, bool]) -> tuple[RememberingLedger, WatcherMemory]:
    """A book with jobs (name, source, settled), numbered from j0, each with one ignored note."""
    ledger = RememberingLedger()

    async def fill() -> None:
        for number, (name, source, settled) in enumerate(jobs):
            await ledger.ask(OpenJob(job_id=f"j{number}", name=name, source=source, trace_id="t", at_s=number))
            row = FileRow(place=f"{number}.txt", size_bytes=1, modified_s=0.0, fate=Fate.IGNORED, reason="a document")
            await ledger.ask(AccountFiles(job_id=f"j{number}", rows=(row,)))
            if settled:
                await ledger.ask(SettleJob(job_id=f"j{number}"))

    asyncio.run(fill())
    memory = WatcherMemory(ledger, RULE)
    memory.load()
    return ledger, memory


def test_a_drop_goes_on_with_its_open_job_which_is_handed_out_once() -> None:
    ledger, memory = remembered(("Friday", Source.FOLDER, False), ("Friday", Source.UPLOAD, False))
    assert memory.open_names() == ["Friday"]
    drop = memory.drop_named("Friday")
    assert drop.job == ledger.jobs_by_id["j0"]
    assert memory.drop_named("Friday").job is None


def test_loose_files_go_on_whatever_the_hour() -> None:
    _, memory = remembered(("Loose files, 25 November 14:03", Source.FOLDER, False))
    assert memory.open_names() == [""]


def test_of_two_open_jobs_the_newer_goes_on() -> None:
    _, memory = remembered(("Friday", Source.FOLDER, False), ("Friday", Source.FOLDER, False))
    assert [job.id for job in memory.overtaken_jobs()] == ["j0"]
    job = memory.drop_named("Friday").job
    assert job is not None
    assert job.id == "j1"


def test_what_settled_jobs_left_behind_is_known_and_other_drops_are_not_mixed_in() -> None:
    _, memory = remembered(("Friday", Source.FOLDER, True), ("Friday", Source.FOLDER, True), ("Monday", Source.FOLDER, True))
    drop = memory.drop_named("Friday")
    assert sorted(drop._left) == ["0.txt", "1.txt"]
    drop.see(Look(now_s=0.0))
    assert drop.is_empty
