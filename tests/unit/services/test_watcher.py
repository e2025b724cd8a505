from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.adapters.share import ShareLister
from appliance.domain.drop import VANISHED
from appliance.domain.job import Fate
from appliance.domain.place import DataFolder

from ...media_files import cut_short, write_clip
from ...watching import GIVE_UP_S, REST_S, HollowLister, Rink


@pytest.fixture
def rink(tmp_path: Path) -> Rink:
    return Rink(data=DataFolder(root=tmp_path / "data"))


def test_a_dropped_card_becomes_recordings_and_a_settled_job_of_its_name(rink: Rink) -> None:
    rink.film("Friday/DCIM/100GOPRO/GX010001.MP4", 0.5)
    rink.film("Friday/DCIM/100GOPRO/GX020001.MP4", 0.6)
    rink.film("Friday/DCIM/100GOPRO/GL010001.LRV", 0.4)
    rink.put("Friday/DCIM/100GOPRO/GX010001.THM", b"thumbnail")
    rink.look_until_settled()
    assert rink.items() == {"GX010001": ["GX010001.MP4", "GX020001.MP4", "GL010001.LRV"]}
    assert [(job.name, job.settled) for job in rink.jobs()] == [("Friday", True)]
    assert rink.fates() == {
        "DCIM/100GOPRO/GX010001.MP4": "recording",
        "DCIM/100GOPRO/GX020001.MP4": "chapter",
        "DCIM/100GOPRO/GL010001.LRV": "proxy",
        "DCIM/100GOPRO/GX010001.THM": "ignored",
    }
    assert rink.in_share() == ["Friday/DCIM/100GOPRO/GX010001.THM"]


@pytest.mark.parametrize("folder", ["PRIVATE/M4ROOT/CLIP", "PRIVATE/AVCHD/BDMV/STREAM", "DCIM/100MEDIA"])
def test_cameras_nest_their_folders_as_they_like(rink: Rink, folder: str) -> None:
    rink.film(f"card/{folder}/C0001.MP4")
    rink.put("card/PRIVATE/AVCHD/BDMV/CLIPINF/00000.CPI", b"index")
    rink.look_until_settled()
    assert rink.fates()[f"{folder}/C0001.MP4"] == "recording"


def test_nothing_is_taken_before_it_has_rested(rink: Rink) -> None:
    rink.film("a/one.mp4")
    rink.look(2, every_s=REST_S / 2 - 1)
    assert rink.fates() == {"one.mp4": "waiting"}
    assert rink.items() == {}
    rink.look(2, every_s=REST_S)
    assert list(rink.items()) == ["one"]


def test_a_growing_copy_is_left_alone_until_it_is_whole(rink: Rink, tmp_path: Path) -> None:
    content = write_clip(tmp_path / "clip.mp4").read_bytes()
    step = len(content) // 4
    for end in range(step, len(content), step):
        rink.put("a/one.mp4", content[:end])
        rink.look(3, every_s=REST_S / 4)
    assert rink.items() == {}
    rink.put("a/one.mp4", content)
    rink.look_until_settled()
    assert list(rink.items()) == ["one"]


def test_a_copy_that_made_room_in_advance_waits_for_its_blocks_but_not_for_ever(tmp_path: Path) -> None:
    rink = Rink(data=DataFolder(root=tmp_path / "data"), lister=HollowLister(ShareLister()))
    rink.film("a/hollow.mp4")
    rink.film("b/whole.mp4", 0.6)
    rink.look(10)
    assert list(rink.items()) == ["whole"]
    rink.look(2, every_s=GIVE_UP_S)
    assert sorted(rink.items()) == ["hollow", "whole"]


def test_a_sparse_file_waits(rink: Rink) -> None:
    path = rink.film("a/one.mp4")
    os.truncate(path, 50_000_000)
    rink.look(10)
    assert rink.items() == {}


def test_a_rename_into_place_leaves_no_trace_of_the_passing_name(rink: Rink) -> None:
    path = rink.film("a/one.mp4.part")
    rink.look(5)
    path.rename(path.with_name("one.mp4"))
    rink.look_until_settled()
    assert rink.fates() == {"one.mp4": "recording"}


def test_a_waiting_file_that_gets_another_name_did_not_vanish(rink: Rink) -> None:
    path = rink.film("a/one.mp4")
    rink.look()
    path.rename(path.with_name("two.mp4"))
    rink.look_until_settled()
    rows = rink.rows()
    assert (rows["one.mp4"].fate, rows["one.mp4"].reason) == (Fate.IGNORED, "renamed to a/two.mp4")
    assert rows["two.mp4"].fate is Fate.RECORDING


def test_a_file_that_is_replaced_while_it_waits_counts_as_it_is_in_the_end(rink: Rink) -> None:
    rink.film("a/one.mp4", 0.5)
    rink.look(2, every_s=REST_S - 1)
    rink.film("a/one.mp4", 0.8)
    rink.look(1, every_s=REST_S - 1)
    assert rink.items() == {}
    rink.look_until_settled()
    (item,) = rink.ledger.items_by_id.values()
    (row,) = rink.ledger.parts_of(item.id)
    assert row.stored is not None
    assert (rink.data.root / row.stored).stat().st_size == row.size_bytes


def test_a_file_that_vanishes_while_it_waits_is_said_to_have_vanished(rink: Rink) -> None:
    path = rink.film("a/one.mp4")
    rink.look()
    path.unlink()
    rink.look_until_settled()
    row = rink.rows()["one.mp4"]
    assert (row.fate, row.reason) == (Fate.IGNORED, VANISHED)


def test_a_file_that_comes_back_after_it_vanished_is_taken(rink: Rink) -> None:
    path = rink.film("a/one.mp4")
    content = path.read_bytes()
    rink.film("a/growing.mp4", 0.7)
    rink.look()
    path.unlink()
    for size in range(6):
        rink.put("a/growing.mp4.part", b"x" * size)
        rink.look()
    assert rink.rows()["one.mp4"].reason == VANISHED
    path.write_bytes(content)
    rink.look_until_settled()
    assert rink.rows()["one.mp4"].fate is Fate.RECORDING


def test_a_marker_says_that_a_drop_is_complete_and_is_used_once(rink: Rink) -> None:
    rink.film("a/GX010001.MP4")
    rink.put("a/_READY", b"")
    rink.look()
    assert list(rink.items()) == ["GX010001"]
    assert rink.rows()["_READY"].reason == "says that the drop is complete"
    assert all(job.settled for job in rink.jobs())
    for again in (False, True):
        if again:
            rink.restart()
        rink.film("a/two.mp4", 0.7)
        rink.look()
        assert list(rink.items()) == ["GX010001"]


def test_litter_alone_opens_no_job(rink: Rink) -> None:
    for name in (".DS_Store", "a/._one.mp4", "a/Thumbs.db", ".Trashes/501/one.mp4", "System Volume Information/x.mp4", "a/n.txt"):
        rink.put(name, b"litter")
    rink.look(5)
    assert rink.jobs() == []


def test_an_empty_recording_waits_and_is_passed_over_in_the_end(rink: Rink) -> None:
    rink.put("a/one.mp4", b"")
    rink.look()
    assert rink.fates() == {"one.mp4": "waiting"}
    rink.look_until_settled()
    assert (rink.rows()["one.mp4"].fate, rink.rows()["one.mp4"].reason) == (Fate.IGNORED, "empty")


def test_the_same_footage_under_another_name_is_one_recording(rink: Rink) -> None:
    path = rink.film("a/one.mp4")
    rink.put("b/copy.mp4", path.read_bytes())
    rink.look_until_settled()
    assert sorted(rink.fates().values()) == ["duplicate", "recording"]
    assert rink.in_share() == []
    assert len(rink.items()) == 1


def test_a_second_copy_that_is_kept_makes_no_further_jobs(tmp_path: Path) -> None:
    rink = Rink(data=DataFolder(root=tmp_path / "data"), keep_duplicates=True)
    path = rink.film("a/one.mp4")
    rink.put("a/copy.mp4", path.read_bytes())
    rink.look_until_settled()
    rink.look(5)
    rink.restart()
    rink.look(5)
    assert len(rink.jobs()) == 1
    assert len(rink.in_share()) == 1


def test_the_same_card_again_is_a_drop_of_its_own_with_duplicates(rink: Rink) -> None:
    path = rink.film("card/one.mp4")
    content, status = path.read_bytes(), path.stat()
    rink.look_until_settled()
    path = rink.put("card/one.mp4", content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    rink.look_until_settled()
    assert [job.name for job in rink.jobs()] == ["card", "card"]
    assert rink.rows(rink.jobs()[1])["one.mp4"].fate is Fate.DUPLICATE
    assert rink.in_share() == []


def test_another_recording_in_the_place_of_one_that_was_taken_waits_for_its_own_job(rink: Rink) -> None:
    rink.film("a/one.mp4", 0.5)
    rink.put("a/still.mp4", b"")
    rink.look(2, every_s=REST_S)
    assert list(rink.items()) == ["one"]
    rink.film("a/one.mp4", 0.9)
    rink.look_until_settled()
    rink.look_until_settled()
    assert len(rink.jobs()) == 2
    assert len(rink.ledger.items_by_id) == 2
    assert all(rink.rows(job)["one.mp4"].fate is Fate.RECORDING for job in rink.jobs())


def test_loose_files_are_one_drop_named_by_day_and_hour(rink: Rink) -> None:
    rink.film("one.mp4", 0.5)
    rink.film("two.mp4", 0.6)
    rink.look_until_settled()
    (job,) = rink.jobs()
    assert job.name.startswith("Loose files, ")
    assert sorted(rink.items()) == ["one", "two"]


def test_a_broken_recording_is_taken_after_a_while_so_that_its_reason_is_told(rink: Rink, tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "clip.mp4")
    (rink.data.footage / "a").mkdir()
    cut_short(whole, rink.data.footage / "a/one.mp4", 0.5)
    rink.look(6)
    assert rink.items() == {}
    assert rink.rows()["one.mp4"].reason.startswith("does not open yet: ")
    rink.look(2, every_s=GIVE_UP_S)
    assert list(rink.items()) == ["one"]


def test_a_file_that_is_open_for_writing_is_left_alone(rink: Rink) -> None:
    path = rink.film("a/one.mp4")
    with path.open("ab"):
        rink.look(10)
        assert rink.items() == {}
        assert rink.rows()["one.mp4"].reason == "still open in another program"
    rink.look_until_settled()
    assert list(rink.items()) == ["one"]


def test_empty_folders_go_after_a_rest_and_others_stay(rink: Rink) -> None:
    rink.film("a/DCIM/100/one.mp4", 0.5)
    rink.film("b/DCIM/two.mp4", 0.6)
    rink.put("b/note.txt", b"note")
    rink.look_until_settled()
    rink.look(3)
    assert sorted(path.name for path in rink.data.footage.rglob("*")) == ["b", "note.txt"]
    assert rink.data.footage.is_dir()


def test_after_a_restart_a_drop_goes_on_under_the_same_job(rink: Rink) -> None:
    rink.film("a/one.mp4")
    rink.look()
    rink.restart()
    rink.look_until_settled()
    assert len(rink.jobs()) == 1
    assert list(rink.items()) == ["one"]


def test_after_a_restart_what_was_left_behind_opens_no_new_job(rink: Rink) -> None:
    rink.film("a/one.mp4")
    rink.put("a/empty.mp4", b"")
    rink.put("a/note.txt", b"note")
    rink.look_until_settled()
    rink.restart()
    rink.look(5)
    assert len(rink.jobs()) == 1


def test_it_stops_promptly_and_closes_its_watch(rink: Rink) -> None:
    rink.film("a/one.mp4")

    async def run() -> None:
        stop = asyncio.Event()
        work = asyncio.create_task(rink.watcher.run(stop))
        async with asyncio.timeout(20):
            while not rink.items():
                await asyncio.sleep(0.01)
            stop.set()
            await work

    asyncio.run(run())
    assert rink.watch.closed


def test_an_intake_that_was_cut_off_is_finished_at_the_start(rink: Rink) -> None:
    rink.film("a/one.mp4")
    rink.look(2, every_s=REST_S)
    item = next(iter(rink.ledger.items_by_id.values()))
    rink.ledger.items_by_id.clear()
    rink.ledger.rows_by_job = {job.id: {"one.mp4": replace(rink.rows()["one.mp4"], fate=Fate.WAITING)} for job in rink.jobs()}
    rink.ledger.jobs_by_id = {job.id: replace(job, settled=False) for job in rink.jobs()}
    folder = rink.data.original_folder(item.id)
    (folder / "intake.told.json").rename(folder / "intake.json")
    rink.restart()
    rink.look_until_settled()
    assert list(rink.ledger.items_by_id) == [item.id]
    assert rink.fates() == {"one.mp4": "recording"}
