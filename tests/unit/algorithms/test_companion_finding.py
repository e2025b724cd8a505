from __future__ import annotations

import pytest

from appliance.algorithms.companion_finding import find_companions

GOPRO = {"GX010123.MP4": 4_000_000_000, "GX020123.MP4": 9_000, "GL010123.LRV": 300, "GX010124.MP4": 5_000, "IMG_0001.MOV": 7}
CARD = ("GL010123.LRV", "GX010123.MP4", "GX020123.MP4")


@pytest.mark.parametrize("place", CARD)
def test_chapters_and_their_proxies_belong_together(place: str) -> None:
    assert find_companions(place, GOPRO) == CARD


@pytest.mark.parametrize("place", ["GX010124.MP4", "IMG_0001.MOV", "not there.mp4"])
def test_a_file_without_chapters_stands_alone(place: str) -> None:
    assert find_companions(place, GOPRO) == ()


def test_split_files_are_known_by_their_size_and_folder() -> None:
    sizes = {"STREAM/00000.MTS": 2**31 - 10, "STREAM/00001.MTS": 500, "STREAM/00002.MTS": 500, "OTHER/00001.MTS": 2**31 - 10}
    assert find_companions("STREAM/00001.MTS", sizes) == ("STREAM/00000.MTS", "STREAM/00001.MTS")
    assert find_companions("STREAM/00002.MTS", sizes) == ()
