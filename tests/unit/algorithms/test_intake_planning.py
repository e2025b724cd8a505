from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.intake_planning import (
    content_id_of,
    item_id_of,
    name_of,
    plan_parts,
    readable,
    stored_names,
    writable,
)
from appliance.domain.footage import ClaimedFile, FileStamp, Fingerprint
from appliance.domain.job import Fate

STAMP = FileStamp(size_bytes=7, modified_ns=2_500_000_000, allocated_bytes=512, device=1)
raw_names = st.binary(min_size=1, max_size=255).map(os.fsdecode)


def claimed(place: str, sha256: str = "ab", proxy_of: str | None = None) -> ClaimedFile:
    fingerprint = Fingerprint(sha256=sha256, stamp=STAMP)
    return ClaimedFile(path=Path("/share") / place, place=place, fingerprint=fingerprint, proxy_of=proxy_of)


@given(raw_names, raw_names)
def test_no_two_names_read_the_same_and_all_can_be_written(one: str, other: str) -> None:
    assert readable(one).encode()
    assert (readable(one) == readable(other)) is (one == other)


def test_a_name_that_looks_escaped_is_not_taken_for_one_that_is() -> None:
    assert readable("a\\xff") == "a\\x5cxff"
    assert readable(os.fsdecode(b"a\xff")) == "a\\xff"
    assert readable("Übung 1.mp4") == "Übung 1.mp4"


@given(st.text())
def test_what_can_be_written_stays_as_it_is(text: str) -> None:
    assert writable(text) == text
    assert writable(writable(f"{text}\ud800\udcff")) == writable(f"{text}\ud800\udcff")


def test_content_is_told_by_full_files_in_order() -> None:
    one, two = claimed("a.mp4", "01"), claimed("b.mp4", "02")
    assert content_id_of([one, two]) == content_id_of([claimed("x", "01"), claimed("p", "09", "x"), claimed("y", "02")])
    assert content_id_of([one, two]) != content_id_of([two, one])


def test_an_id_is_the_same_for_the_same_take_alone() -> None:
    ids = {item_id_of(*what) for what in (("j", "p", "c"), ("j", "p", "c"), ("k", "p", "c"), ("j", "q", "c"), ("j", "p", "d"))}
    assert len(ids) == 4
    assert all(len(each) == 16 for each in ids)


def test_a_recording_is_called_as_its_first_file() -> None:
    assert name_of("DCIM/100GOPRO/GX010001.MP4") == "GX010001"


@given(st.lists(raw_names.filter(lambda name: "/" not in name), min_size=1, max_size=6))
def test_stored_names_are_safe_and_all_different(places: list[str]) -> None:
    names = stored_names(places)
    assert len({name.casefold() for name in names} | {"intake.json", "intake.told.json"}) == len(names) + 2
    for name in names:
        assert len(name.encode()) <= 255
        assert not set(name) & set('/\\\0\n<>:"|?*')
        assert not name.startswith(".")


def test_a_stored_name_keeps_its_suffix_however_long_the_rest_is() -> None:
    assert stored_names(["x" * 251 + ".MP4"])[0].endswith(".MP4")


def test_parts_say_what_each_file_is_and_where_it_goes() -> None:
    files = [claimed("a/GX01.MP4"), claimed("a/GX02.MP4"), claimed("b/GX02.MP4", proxy_of="a/GX02.MP4")]
    rows = plan_parts(files, PurePosixPath("originals/id"), "id")
    assert [(row.fate, row.part, row.stored) for row in rows] == [
        (Fate.RECORDING, 0, "originals/id/GX01.MP4"),
        (Fate.CHAPTER, 1, "originals/id/GX02.MP4"),
        (Fate.PROXY, 1, "originals/id/002-GX02.MP4"),
    ]
    assert {(row.size_bytes, row.modified_s, row.sha256, row.item_id) for row in rows} == {(7, 2.5, "ab", "id")}
