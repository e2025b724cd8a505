from __future__ import annotations

from pathlib import Path

import pytest

from appliance.algorithms.drop_grouping import has_footage, is_litter_folder, read_drop, split_drops
from appliance.domain.drop import DropReading
from appliance.domain.footage import FileStamp, SeenFile

SHARE = Path("/share")


def seen(place: str, size_bytes: int = 1000, top: str = "card") -> SeenFile:
    stamp = FileStamp(size_bytes=size_bytes, modified_ns=0, allocated_bytes=size_bytes, device=1)
    return SeenFile(path=SHARE / top / place, top=top, place=place, stamp=stamp)


def read(*files: SeenFile) -> DropReading:
    return read_drop(SHARE, files, "_READY")


def test_files_are_told_apart_by_the_folder_they_were_dropped_in() -> None:
    files = [seen("a.mp4"), seen("b.mp4", top=""), seen("c.mp4")]
    assert {top: [file.place for file in drop] for top, drop in split_drops(files).items()} == {
        "card": ["a.mp4", "c.mp4"],
        "": ["b.mp4"],
    }


def test_chapters_and_twins_are_one_recording_that_could_still_grow() -> None:
    reading = read(seen("GX010001.MP4"), seen("GX020001.MP4"), seen("GL010001.LRV"))
    (group,) = reading.groups
    assert [file.place for file in group.members] == ["GX010001.MP4", "GX020001.MP4", "GL010001.LRV"]
    assert group.may_grow


@pytest.mark.parametrize(("name", "grows"), [("00001.MTS", True), ("GH010007.MP4", True), ("C0001.MP4", False)])
def test_only_names_that_count_can_grow(name: str, grows: bool) -> None:
    assert [group.may_grow for group in read(seen(name)).groups] == [grows]


def test_what_may_still_become_footage_is_told_from_what_will_not() -> None:
    reading = read(seen("a.mp4", 0), seen("b.mp4.part"), seen("note.txt"))
    assert [file.place for file, _ in reading.pending] == ["a.mp4", "b.mp4.part"]
    assert [file.place for file, _ in reading.ignored] == ["note.txt"]


def test_the_marker_counts_at_the_top_of_the_drop_alone() -> None:
    assert read(seen("_READY", 0)).complete
    below = read(seen("DCIM/_READY", 0))
    assert not below.complete
    assert [file.place for file, _ in below.ignored] == ["DCIM/_READY"]


def test_every_file_ends_in_one_place() -> None:
    files = [
        seen(name) for name in ("GX010001.MP4", "GL010001.LRV", "GL090009.LRV", "x.thm", "y.part", "_READY", "._GX010001.MP4")
    ]
    reading = read(*files)
    places = [file.place for group in reading.groups for file in group.members]
    places += [file.place for file, _ in (*reading.ignored, *reading.pending)]
    assert sorted(places) == sorted(file.place for file in files)


@pytest.mark.parametrize(("name", "wanted"), [("a.mp4", True), ("GL010001.LRV", True), ("note.txt", False), (".a.mp4", False)])
def test_people_want_a_receipt_for_footage_and_not_for_litter(name: str, wanted: bool) -> None:
    assert has_footage(read(seen(name))) is wanted


def test_folders_of_operating_systems_are_no_drops() -> None:
    assert [name for name in (".Trashes", "System Volume Information", "Friday") if not is_litter_folder(name)] == ["Friday"]
