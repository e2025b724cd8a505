from __future__ import annotations

from pathlib import Path

from appliance.algorithms.resting import RestRule
from appliance.domain.footage import FileStamp, OddEntry, SeenFile
from appliance.domain.job import Fate, FileRow, Job, Source
from appliance.services.watcher_drop import Drop, DropRule, Look

SHARE = Path("/share")
RULE = DropRule(share=SHARE, rest=RestRule(rest_s=20, give_up_after_s=600), marker="_READY", keep_duplicates=False)
JOB = Job(id="j", name="Friday", source=Source.FOLDER, created_at_s=0.0, trace_id="t")


def seen(place: str, size_bytes: int = 1000) -> SeenFile:
    stamp = FileStamp(size_bytes=size_bytes, modified_ns=0, allocated_bytes=size_bytes, device=1)
    return SeenFile(path=SHARE / "Friday" / place, top="Friday", place=place, stamp=stamp)


def looked_at(drop: Drop, *times_s: float, files: tuple[SeenFile, ...]) -> Drop:
    for now_s in times_s:
        drop.see(Look(now_s=now_s, files=files))
    return drop


def ready(drop: Drop) -> list[str]:
    return [group.place for group in drop.ready_groups()]


def test_a_single_recording_is_ready_while_another_still_grows() -> None:
    drop = Drop("Friday", RULE)
    looked_at(drop, 0.0, 10.0, files=(seen("a.mp4"), seen("b.mp4", 1)))
    looked_at(drop, 25.0, files=(seen("a.mp4"), seen("b.mp4", 2)))
    assert ready(drop) == ["a.mp4"]
    assert not drop.is_rested


def test_chapters_wait_until_nothing_is_added_to_the_drop_any_more() -> None:
    drop = Drop("Friday", RULE)
    chapters = (seen("GX010001.MP4"),)
    looked_at(drop, 0.0, 25.0, files=(*chapters, seen("GX010001.THM")))
    assert ready(drop) == ["GX010001.MP4"]
    looked_at(drop, 30.0, files=(*chapters, seen("GX010001.THM"), seen("GX020001.THM")))
    assert ready(drop) == []
    looked_at(drop, 50.0, files=(*chapters, seen("GX010001.THM"), seen("GX020001.THM")))
    assert ready(drop) == ["GX010001.MP4"]


def test_a_marker_makes_all_of_it_ready_at_the_first_look() -> None:
    drop = looked_at(Drop("Friday", RULE), 0.0, files=(seen("GX010001.MP4"), seen("_READY", 0)))
    assert ready(drop) == ["GX010001.MP4"]


def test_files_that_were_left_behind_are_not_looked_at_until_they_change() -> None:
    known = {"a.mp4": (0, 0.0)}
    drop = looked_at(Drop("Friday", RULE, left=known), 0.0, files=(seen("a.mp4", 0),))
    assert drop.reading.pending == ()
    looked_at(drop, 1.0, files=(seen("a.mp4", 5),))
    assert [group.place for group in drop.reading.groups] == ["a.mp4"]


def test_a_new_file_in_the_place_of_one_that_was_taken_waits_for_the_next_job() -> None:
    taken = FileRow(place="a.mp4", size_bytes=7, modified_s=0.0, fate=Fate.RECORDING)
    drop = looked_at(Drop("Friday", RULE, job=JOB, rows=[taken]), 0.0, 30.0, files=(seen("a.mp4"),))
    assert drop.reading.groups == ()


def test_what_was_seen_goes_on_when_the_book_is_read_anew() -> None:
    files = (seen("a.mp4"),)
    earlier = looked_at(Drop("Friday", RULE), 0.0, 10.0, files=files)
    later = Drop("Friday", RULE)
    later.keep_resting(earlier)
    looked_at(later, 20.0, files=files)
    assert ready(later) == ["a.mp4"]
    assert later.rested_s(later.reading.groups[0]) == 20.0
    assert later.folder == SHARE / "Friday"


def test_nothing_is_concluded_from_a_folder_that_cannot_be_read_for_a_while() -> None:
    waiting = FileRow(place="b/a.mp4", size_bytes=7, modified_s=0.0, fate=Fate.WAITING)
    drop = Drop("Friday", RULE, job=JOB, rows=[waiting])
    unread = [OddEntry(top="Friday", place="b", reason="this folder cannot be read")]
    for now_s in (0.0, 100.0):
        drop.see(Look(now_s=now_s, unread=unread))
        assert drop._missing_rows() == []
    drop.see(Look(now_s=700.0, unread=unread))
    assert drop._missing_rows() == []
    drop.see(Look(now_s=730.0, unread=unread))
    assert [row.place for row in drop._missing_rows()] == ["b/a.mp4"]
