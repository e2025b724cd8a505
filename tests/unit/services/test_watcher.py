from __future__ import annotations

import asyncio
import errno
import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from appliance.adapters.file_moving import Mover
from appliance.adapters.originals import FolderOriginals
from appliance.adapters.share import ShareLister
from appliance.domain.drop import VANISHED
from appliance.domain.errors import Transient
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


def test_without_its_marker_the_share_is_not_there_and_intake_waits(tmp_path: Path) -> None:
    rink = Rink(data=DataFolder(root=tmp_path / "data"), mount_marker=".mounted")
    rink.film("a/one.mp4")
    rink.look(5)
    assert rink.jobs() == []
    assert ".mounted" in rink.ledger.notices_by_key["mount"].why
    rink.put(".mounted", b"")
    rink.look_until_settled()
    assert rink.ledger.notices_by_key == {}
    assert list(rink.items()) == ["one"]
    assert rink.in_share() == [".mounted"]


def test_a_share_that_goes_away_does_not_make_its_files_vanish(tmp_path: Path) -> None:
    rink = Rink(data=DataFolder(root=tmp_path / "data"), mount_marker=".mounted")
    rink.put(".mounted", b"")
    rink.film("a/one.mp4")
    rink.look()
    share, elsewhere = rink.data.footage, tmp_path / "elsewhere"
    share.rename(elsewhere)
    share.mkdir()
    rink.look(10)
    share.rmdir()
    elsewhere.rename(share)
    rink.look_until_settled()
    assert rink.fates() == {"one.mp4": "recording"}


def test_a_full_disk_is_said_and_renames_go_on(rink: Rink) -> None:
    rink.disk.free = 10
    rink.film("a/one.mp4")
    rink.look_until_settled()
    assert "full" in rink.ledger.notices_by_key["intake-disk"].why
    assert list(rink.items()) == ["one"]
    rink.disk.free = 10**12
    rink.look()
    assert rink.ledger.notices_by_key == {}


@dataclass(frozen=True)
class ForeignLister(ShareLister):
    """A share on another disk than the originals."""

    def device_of(self, folder: Path) -> int:
        return -1


def test_copies_from_another_disk_wait_for_room(tmp_path: Path) -> None:
    def rename(source: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    data = DataFolder(root=tmp_path / "data")
    originals = FolderOriginals(data=data, mover=Mover(rename=rename))
    rink = Rink(data=data, lister=ForeignLister(), originals=originals)
    rink.disk.free = 1100
    rink.film("a/one.mp4")
    rink.look(6)
    assert rink.items() == {}
    assert rink.rows()["one.mp4"].reason == "waits for room on the disk"
    assert "intake-disk" in rink.ledger.notices_by_key
    rink.disk.free = 10**9
    rink.look_until_settled()
    assert list(rink.items()) == ["one"]
    assert rink.in_share() == []


def test_while_the_ledger_is_away_nothing_is_lost(rink: Rink) -> None:
    rink.film("a/one.mp4")
    rink.look()
    rink.ledger.away = True
    for _ in range(3):
        with pytest.raises(Transient):
            rink.look(3)
        rink.clock.time_s += REST_S
    rink.ledger.away = False
    rink.look_until_settled()
    assert rink.fates() == {"one.mp4": "recording"}
    assert len(rink.jobs()) == 1


def test_a_file_that_can_never_be_read_is_refused_and_stays(rink: Rink, monkeypatch: pytest.MonkeyPatch) -> None:
    path = rink.film("a/one.mp4")
    rink.film("b/two.mp4", 0.7)
    read = os.read

    def failing(handle: int, size: int) -> bytes:
        if os.fstat(handle).st_ino == path.stat().st_ino:
            raise OSError(errno.EIO, "Input/output error")
        return read(handle, size)

    monkeypatch.setattr(os, "read", failing)
    rink.look(5)
    assert list(rink.items()) == ["two"]
    rink.look(10, every_s=GIVE_UP_S / 5)
    row = rink.rows()["one.mp4"]
    assert (row.fate, row.reason) == (Fate.REFUSED, "one.mp4 could not be read: Input/output error")
    assert all(job.settled for job in rink.jobs())
    assert path.exists()
    rink.restart()
    rink.look(10, every_s=GIVE_UP_S / 5)
    assert len(rink.jobs()) == 2


def test_links_are_listed_and_not_followed(rink: Rink, tmp_path: Path) -> None:
    outside = write_clip(tmp_path / "outside.mp4")
    rink.film("a/one.mp4", 0.7)
    (rink.data.footage / "a/link.mp4").symlink_to(outside)
    (rink.data.footage / "a/way").symlink_to(tmp_path)
    rink.look_until_settled()
    assert rink.fates() == {"one.mp4": "recording", "link.mp4": "ignored", "way": "ignored"}
    assert outside.exists()


@pytest.mark.parametrize("name", [b"a\nb", b"quote'\"", b"--rf", b"\xff\xfe", b"x" * 251, "Übung 1".encode(), b"%s{}$(x)"])
def test_names_may_be_anything(rink: Rink, name: bytes) -> None:
    rink.film("clip.mp4").rename(rink.data.footage / os.fsdecode(name + b".mp4"))
    rink.film("Friday/clip.mp4", 0.6)
    (rink.data.footage / "Friday").rename(rink.data.footage / os.fsdecode(name))
    rink.look_until_settled()
    assert sorted(rink.fates().values()) == ["recording", "recording"]
    assert rink.in_share() == []
    assert all(text.encode() for job in rink.jobs() for text in (job.name, *rink.rows(job)))


def test_ten_thousand_files_are_accounted_for_in_bounded_portions(rink: Rink) -> None:
    folder = rink.data.footage / "card"
    folder.mkdir()
    for number in range(10_000):
        (folder / f"{number:05}.{'mp4' if number % 2 else 'lrv'}").touch()
    rink.look(4)
    requests = [request for request in rink.ledger.asked if hasattr(request, "rows")]
    assert max(len(request.rows) for request in requests) <= 500
    assert sum(len(request.rows) for request in requests) <= 20_000
    assert len(rink.rows()) == 10_000
    assert all(job.settled for job in rink.jobs())


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
