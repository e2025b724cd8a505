from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.card_reading import read_card
from appliance.domain.card import CardFile, CardReading

CARD = Path("/card")
GIB = 2**30


def met(name: str, size_bytes: int = 1000, modified_s: float | None = None) -> CardFile:
    return CardFile(path=CARD / name, size_bytes=size_bytes, within=CARD, modified_s=modified_s)


def names_of(reading: CardReading) -> list[list[str]]:
    return [[path.name for path in recording.paths] for recording in reading.recordings]


def test_chapters_become_one_recording_in_order_and_do_not_interleave() -> None:
    names = ["GX020001.MP4", "GX010002.MP4", "GX010001.MP4", "GX020002.MP4"]
    reading = read_card(met(name) for name in names)
    assert names_of(reading) == [["GX010001.MP4", "GX020001.MP4"], ["GX010002.MP4", "GX020002.MP4"]]


def test_old_chapters_follow_their_first_file() -> None:
    reading = read_card(met(name) for name in ["GP020123.MP4", "GP010123.MP4", "GOPR0123.MP4"])
    assert names_of(reading) == [["GOPR0123.MP4", "GP010123.MP4", "GP020123.MP4"]]


def test_a_missing_chapter_parts_a_recording() -> None:
    reading = read_card(met(name) for name in ["GX010123.MP4", "GX030123.MP4", "GX040123.MP4"])
    assert names_of(reading) == [["GX010123.MP4"], ["GX030123.MP4", "GX040123.MP4"]]


def test_chapters_of_another_day_are_another_recording() -> None:
    reading = read_card([met("GX010123.MP4", modified_s=0), met("GX020123.MP4", modified_s=86_400)])
    assert names_of(reading) == [["GX010123.MP4"], ["GX020123.MP4"]]
    reading = read_card([met("GX010123.MP4", modified_s=0), met("GX020123.MP4", modified_s=600)])
    assert names_of(reading) == [["GX010123.MP4", "GX020123.MP4"]]


def test_a_stream_as_large_as_a_file_may_be_goes_on_in_the_next() -> None:
    sizes = {"STREAM/00000.MTS": 2 * GIB - 50_000_000, "STREAM/00001.MTS": 1 * GIB, "STREAM/00002.MTS": 2 * GIB}
    reading = read_card(met(name, size) for name, size in sizes.items())
    assert names_of(reading) == [["00000.MTS", "00001.MTS"], ["00002.MTS"]]


def test_streams_below_and_between_the_limits_stand_alone() -> None:
    reading = read_card([met("STREAM/00000.MTS", 3 * GIB), met("STREAM/00001.MTS", GIB), met("STREAM/00003.MTS", GIB)])
    assert names_of(reading) == [["00000.MTS"], ["00001.MTS"], ["00003.MTS"]]


def test_a_card_with_everything_on_it_is_sorted_out() -> None:
    names = ["GX010123.MP4", "GX020123.MP4", "GL010123.LRV", "GL020123.LRV", "GX010123.THM", "._GX010123.MP4", "notes.txt"]
    reading = read_card(met(f"DCIM/{name}") for name in names)
    (recording,) = reading.recordings
    assert [path.name for path in recording.proxies if path] == ["GL010123.LRV", "GL020123.LRV"]
    assert [file.path.name for file in reading.ignored] == ["._GX010123.MP4", "GX010123.THM", "notes.txt"]


def test_a_proxy_stays_with_its_own_chapter() -> None:
    reading = read_card(met(name) for name in ["GX010123.MP4", "GX020123.MP4", "GL020123.LRV"])
    assert reading.recordings[0].proxies == (None, CARD / "GL020123.LRV")


def test_a_proxy_without_its_full_file_is_no_recording() -> None:
    reading = read_card([met("GL010123.LRV"), met("DJI_0001.MP4"), met("DJI_0001.LRF"), met("DJI_0001.LRV")])
    assert names_of(reading) == [["DJI_0001.MP4"]]
    assert [(file.path.name, "whose full file is not here" in file.reason) for file in reading.ignored] == [
        ("DJI_0001.LRV", False),
        ("GL010123.LRV", True),
    ]


def test_a_proxy_that_somebody_names_alone_is_a_recording() -> None:
    reading = read_card([CardFile(path=CARD / "GL010123.LRV", size_bytes=9)])
    assert names_of(reading) == [["GL010123.LRV"]]


def test_a_named_file_is_tried_even_when_the_walk_would_pass_it_over() -> None:
    reading = read_card([met("clip.bin"), CardFile(path=CARD / "clip.bin", size_bytes=1000)])
    assert names_of(reading) == [["clip.bin"]]
    assert reading.ignored == ()


_stems = st.sampled_from(
    [
        "GX010001", "GX020001", "gx010001", "GH010001", "GL010001", "GL020001", "GOPR0001", "GP010001", "00000", "00001", "00002",
        "DJI_0001", "C0001", "C0001S03", "LRV_20240101_120000_01_001", "VID_20240101_120000_00_001", "._GX010001", ".x", "notes",
    ]
)  # fmt: skip
_suffixes = st.sampled_from([".MP4", ".mp4", ".LRV", ".LRF", ".MTS", ".THM", ".txt", ".part", ".360", ""])
_folders = st.sampled_from(["", "DCIM/100GOPRO", "M4ROOT/CLIP", "M4ROOT/SUB", "STREAM", ".Trashes"])
_files = st.builds(
    lambda folder, stem, suffix, size, named, modified: CardFile(
        path=CARD / folder / (stem + suffix), size_bytes=size, within=None if named else CARD, modified_s=modified
    ),
    _folders,
    _stems,
    _suffixes,
    st.sampled_from([0, 1000, 2 * GIB, 4 * GIB - 1]),
    st.booleans(),
    st.sampled_from([None, 0.0, 1e6]),
)


@given(st.lists(_files, max_size=25, unique_by=lambda file: file.path))
def test_every_file_ends_in_exactly_one_place_whatever_the_order(files: list[CardFile]) -> None:
    reading = read_card(files)
    placed = [path for recording in reading.recordings for path in recording.paths]
    placed += [path for recording in reading.recordings for path in recording.proxies if path is not None]
    placed += [file.path for file in reading.ignored]
    assert sorted(placed) == sorted(file.path for file in files)
    assert read_card(reversed(files)) == reading
    assert all(len(recording.paths) == len(recording.proxies) for recording in reading.recordings)
    assert not {file.path for file in files if file.is_named} & {file.path for file in reading.ignored}
