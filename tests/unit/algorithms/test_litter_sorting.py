from __future__ import annotations

from pathlib import Path

import pytest

from appliance.algorithms.litter_sorting import KIND_BY_SUFFIX, PROXY_SUFFIXES, VIDEO_SUFFIXES, reason_to_ignore
from appliance.domain.card import CardFile

CARD = Path("/media/card")


def met(name: str, size_bytes: int = 1000) -> CardFile:
    return CardFile(path=CARD / name, size_bytes=size_bytes, within=CARD)


@pytest.mark.parametrize(
    "name", ["GX010123.MP4", "dcim/clip.mov", "00000.MTS", "PHONE.Mkv", "GL010123.LRV", "DJI_0001.lrf", "a.ts"]
)
def test_recordings_and_proxies_are_kept_whatever_their_case(name: str) -> None:
    assert reason_to_ignore(met(name)) is None


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("._GX010123.MP4", "macOS"),
        (".Trashes/501/GX010123.MP4", "hidden"),
        (".DS_Store", "hidden"),
        (".~lock.notes.odt#", "lock"),
        ("System Volume Information/x.mp4", "operating system"),
        ("@eaDir/GX010123.MP4", "operating system"),
        ("Thumbs.db", "operating system"),
        ("GX010123.THM", "note"),
        ("DJI_0001.SRT", "note"),
        ("C0001M01.XML", "note"),
        ("GX010123.WAV", "sound"),
        ("IMG_0001.JPG", "picture"),
        ("readme.txt", "document"),
        ("upload.mp4.part", "not copied"),
        ("clip.xyz", ".xyz"),
        ("Makefile", "no suffix"),
    ],
)
def test_what_is_left_alone_says_why(name: str, word: str) -> None:
    assert word in (reason_to_ignore(met(name)) or "")


def test_an_empty_recording_is_left_alone() -> None:
    assert reason_to_ignore(met("GX010123.MP4", size_bytes=0)) == "empty"


@pytest.mark.parametrize("name", ["._x.mp4", "notes.txt", "Thumbs.db", "empty"])
def test_what_somebody_names_is_always_tried(name: str) -> None:
    assert reason_to_ignore(CardFile(path=CARD / name, size_bytes=0)) is None


def test_a_hidden_folder_above_the_card_does_not_matter() -> None:
    top = Path("/srv/.uploads/card")
    assert reason_to_ignore(CardFile(path=top / "a.mp4", size_bytes=1, within=top)) is None


def test_no_suffix_means_two_things() -> None:
    assert not (VIDEO_SUFFIXES | PROXY_SUFFIXES) & set(KIND_BY_SUFFIX)
    assert not VIDEO_SUFFIXES & PROXY_SUFFIXES
