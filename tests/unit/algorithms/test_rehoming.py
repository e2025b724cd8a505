from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from appliance.algorithms.rehoming import rehome
from appliance.domain.job import Fate, FileRow
from tests.book_examples import a_file, a_recording

FILE = a_recording().files[0]


def part(name: str, size_bytes: int, *, fate: Fate = Fate.RECORDING, number: int = 0) -> FileRow:
    return replace(a_file(name, fate=fate, part=number), size_bytes=size_bytes, stored=f"originals/new/{name}")


def test_files_are_found_where_they_came_again_and_unusable_chapters_are_passed_over() -> None:
    first, third = replace(FILE, size_bytes=10), replace(FILE, size_bytes=30, path=Path("originals/item-1/C.MP4"))
    recording = replace(a_recording(), files=(first, third))
    parts = [part("z.mp4", 30, fate=Fate.CHAPTER, number=2), part("x.mp4", 10), part("y.mp4", 20, fate=Fate.CHAPTER, number=1)]
    moved = rehome(recording, parts)
    assert [file.path for file in moved.files] == [Path("originals/new/x.mp4"), Path("originals/new/z.mp4")]
    assert moved.id == recording.id


def test_a_twin_that_did_not_come_again_is_done_without() -> None:
    twin = replace(FILE, size_bytes=3, path=Path("originals/item-1/A.LRV"))
    recording = replace(a_recording(), files=(replace(FILE, size_bytes=10, proxy=twin),))
    assert rehome(recording, [part("x.mp4", 10)]).files[0].proxy is None
    found = rehome(recording, [part("x.mp4", 10), part("x.lrv", 3, fate=Fate.PROXY)]).files[0].proxy
    assert found is not None
    assert found.path == Path("originals/new/x.lrv")


def test_a_file_that_is_not_among_them_stays_where_it_was() -> None:
    assert rehome(a_recording(), [part("x.mp4", 1)]) == a_recording()
