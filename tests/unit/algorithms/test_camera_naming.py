from __future__ import annotations

from pathlib import Path

import pytest

from appliance.algorithms.camera_naming import chapter_of, is_proxy, stream_number_of, twin_keys

CARD = Path("/card/DCIM/100GOPRO")


def are_twins(full: str, proxy: str) -> bool:
    return bool(set(twin_keys(CARD / full)) & set(twin_keys(CARD / proxy)))


@pytest.mark.parametrize(
    "names", [("GX010123.MP4", "gx020123.mp4"), ("GOPR0123.MP4", "GP010123.MP4"), ("GXAA0001.MP4", "GXAB0001.MP4")]
)
def test_chapters_of_one_recording_share_a_series_and_count_up(names: tuple[str, str]) -> None:
    first, second = (chapter_of(CARD / name) for name in names)
    assert first is not None
    assert second is not None
    assert first.series == second.series
    assert second.number == first.number + 1


@pytest.mark.parametrize(
    "names", [("GX010123.MP4", "GX010124.MP4"), ("GX010123.MP4", "GH020123.MP4"), ("GX010123.MP4", "../x/GX020123.MP4")]
)
def test_other_numbers_codecs_and_folders_are_other_recordings(names: tuple[str, str]) -> None:
    first, second = (chapter_of(CARD / name) for name in names)
    assert first is not None
    assert second is not None
    assert first.series != second.series


@pytest.mark.parametrize("name", ["DJI_0001.MP4", "GX010123.txt", "GX0101234.MP4", "IMG_0123.MOV"])
def test_other_names_are_no_chapters(name: str) -> None:
    assert chapter_of(CARD / name) is None


def test_streams_of_camcorders_are_numbered_by_five_digits() -> None:
    assert stream_number_of(Path("STREAM/00012.mts")) == 12
    assert stream_number_of(Path("STREAM/0012.MTS")) is None
    assert stream_number_of(Path("00012.MP4")) is None


@pytest.mark.parametrize("name", ["GL010123.LRV", "DJI_0001.LRF", "LRV_20240101_120000_01_001.mp4", "M4ROOT/SUB/C0001S03.MP4"])
def test_names_of_low_resolution_twins_are_known(name: str) -> None:
    assert is_proxy(CARD / name)


@pytest.mark.parametrize("name", ["GX010123.MP4", "M4ROOT/CLIP/C0001.MP4", "C0001S03.MP4", "VID_20240101_120000_00_001.mp4"])
def test_full_files_are_no_proxies(name: str) -> None:
    assert not is_proxy(CARD / name)


@pytest.mark.parametrize(
    ("full", "proxy"),
    [
        ("GX010123.MP4", "GL010123.LRV"),
        ("GH010123.MP4", "gl010123.lrv"),
        ("GX010123.MP4", "GX010123.LRV"),
        ("GOPR0123.MP4", "GOPR0123.LRV"),
        ("DJI_0001.MP4", "DJI_0001.LRF"),
        ("VID_20240101_120000_00_001.mp4", "LRV_20240101_120000_01_001.mp4"),
        ("M4ROOT/CLIP/C0001.MP4", "M4ROOT/SUB/C0001S03.MP4"),
    ],
)
def test_twins_find_each_other_by_name(full: str, proxy: str) -> None:
    assert are_twins(full, proxy)


@pytest.mark.parametrize(("full", "proxy"), [("GX010123.MP4", "GL020123.LRV"), ("GX010123.MP4", "../x/GL010123.LRV")])
def test_others_do_not(full: str, proxy: str) -> None:
    assert not are_twins(full, proxy)
