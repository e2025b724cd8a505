from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from appliance.domain.job import Fate, ItemState, Source
from appliance.domain.request import AccountFiles, CancelItem, DeleteItem, ForgetOriginal, OpenJob, RetryItem, SettleJob
from tests.book_examples import AT_S, a_file
from tests.ledger_examples import Rink, an_arrival, play


def test_a_job_is_opened_accounted_for_and_settled(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        opening = OpenJob(job_id="job-1", name="Friday", source=Source.UPLOAD, trace_id="t", at_s=AT_S)
        assert (await rink.ask(opening)).ok
        assert (await rink.ask(AccountFiles(job_id="job-1", rows=(a_file("A.MP4", fate=Fate.WAITING),)))).ok
        assert (await rink.ask(AccountFiles(job_id="job-1", rows=(a_file("A.MP4", fate=Fate.IGNORED),)))).ok
        for _ in range(2):
            assert (await rink.ask(SettleJob(job_id="job-1"))).ok
        assert (await rink.ask(opening)).ok
        (job,) = rink.book.jobs(9)
        assert (job.name, job.settled, job.source) == ("Friday", True, Source.UPLOAD)
        assert [row.fate for row in rink.book.files_of("job-1")] == [Fate.IGNORED]

    play(tmp_path, scene)


def test_what_belongs_to_no_job_is_refused(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        for request in (AccountFiles(job_id="x", rows=()), SettleJob(job_id="x"), an_arrival("item-1", job_id="x")):
            answer = await rink.ask(request)
            assert (answer.ok, answer.why) == (False, "there is no such job")

    play(tmp_path, scene)


def test_a_recording_that_is_added_twice_is_there_once(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        first = await rink.add()
        await rink.turn()
        before = rink.item()
        again = await rink.add()
        await rink.turn()
        assert first == again
        assert (first.ok, first.value) == (True, "")
        assert rink.item() == before
        assert len(rink.orders) == 1

    play(tmp_path, scene)


def test_a_recording_remembers_its_files_its_size_and_its_trace(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.ask(OpenJob(job_id="job-1", name="Drop", source=Source.FOLDER, trace_id="trace-7", at_s=AT_S))
        twin = replace(a_file("A.LRV", fate=Fate.PROXY), size_bytes=7)
        arrival = an_arrival("item-1")
        await rink.ask(replace(arrival, parts=(*arrival.parts, twin)))
        item = rink.item()
        assert (item.size_bytes, item.trace_id, item.name) == (10**9, "trace-7", "Name of item-1")
        assert {row.item_id for row in rink.book.files_of("job-1")} == {"item-1"}
        assert [row.place for row in rink.book.parts_of("item-1")] == ["item-1.MP4", "A.LRV"]

    play(tmp_path, scene)


def test_known_content_is_a_duplicate_whatever_its_name(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        for _ in range(2):
            answer = await rink.add("item-2", content="content-item-1", job_id="job-2")
            assert (answer.ok, answer.value) == (True, "item-1")
        assert rink.book.item("item-2") is None
        (row,) = rink.book.files_of("job-2")
        assert (row.fate, row.item_id, row.stored) == (Fate.DUPLICATE, "item-1", None)
        assert row.reason == "the same as Name of item-1, which came with “Drop”"
        assert [part.stored for part in rink.book.parts_of("item-1")] == ["originals/item-1/A.MP4"]

    play(tmp_path, scene)


def test_a_second_copy_takes_the_place_of_an_original_that_was_removed(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add()
        await rink.turn()
        await rink.work_all()
        await rink.ask(ForgetOriginal(item_id="item-1"))
        for _ in range(2):
            answer = await rink.add("item-2", content="content-item-1", job_id="job-2")
            assert (answer.ok, answer.value) == (True, "")
        item = rink.item()
        assert (item.has_original, item.state) == (True, ItemState.COMPLETED)
        assert [part.stored for part in rink.book.parts_of("item-1")] == ["originals/item-2/A.MP4"]
        assert rink.book.known_items() == {"item-1", "item-2"}
        revision = rink.book.revision("item-1")
        assert revision is not None
        assert revision.recording is not None
        assert revision.recording.files[0].path == Path("originals/item-2/A.MP4")
        (row,) = rink.book.files_of("job-2")
        assert (row.fate, row.item_id) == (Fate.RECORDING, "item-1")
        await rink.ask(DeleteItem(item_id="item-1"))
        assert rink.book.known_items() == frozenset()

    play(tmp_path, scene)


def test_a_refused_recording_has_failed_from_the_start(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add("other")
        arrival = an_arrival("item-1")
        row = replace(arrival.parts[0], stored=None, fate=Fate.REFUSED)
        refusal = replace(arrival, parts=(row,), refusal=("it is a playlist", "Drop the videos themselves."))
        for _ in range(2):
            assert (await rink.ask(refusal)).ok
        item = rink.item()
        assert (item.state, item.message, item.remedy) == (ItemState.FAILED, "it is a playlist", "Drop the videos themselves.")
        assert not item.has_original
        assert item.finished_at_s is not None
        answer = await rink.ask(RetryItem(item_id="item-1"))
        assert (answer.ok, answer.why) == (False, "the original of this recording is not here")

    play(tmp_path, scene)


def test_a_refused_recording_that_can_be_opened_after_all_is_worked_on(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add("other")
        arrival = an_arrival("item-1")
        await rink.ask(replace(arrival, parts=(replace(arrival.parts[0], stored=None),), refusal=("unknown", "Wait.")))
        assert (await rink.add("item-2", content="content-item-1")).value == ""
        assert rink.item().state is ItemState.QUEUED
        await rink.ask(CancelItem(item_id="other"))
        await rink.turn()
        await rink.work_all()
        assert rink.item().state is ItemState.COMPLETED

    play(tmp_path, scene)


def test_a_recording_whose_files_lie_nowhere_is_not_added(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        await rink.add("other")
        arrival = an_arrival("item-1")
        answer = await rink.ask(replace(arrival, parts=(replace(arrival.parts[0], stored=None),)))
        assert not answer.ok
        assert not (await rink.ask(replace(arrival, parts=()))).ok
        assert rink.book.item("item-1") is None

    play(tmp_path, scene)
