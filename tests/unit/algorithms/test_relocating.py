from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.relocating import absolute_below, relative_to, with_paths
from appliance.domain.facts import ChunkAnalysed, ChunkPlanned, Fact, FootageAnalysed, RecordingArrived, ReelAssembled
from appliance.domain.job import CutRules
from appliance.domain.media import Chunk, MediaFile, Recording, VideoTrack
from appliance.domain.order import Order
from appliance.domain.reel import Reel
from appliance.domain.timespan import Span

VIDEO = VideoTrack(index=0, codec="h264", width_px=64, height_px=36, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90000))
ROOT = Path("/data")


def file(path: Path, proxy: MediaFile | None = None) -> MediaFile:
    return MediaFile(path=path, container="mp4", size_bytes=1, duration=Fraction(9), video=VIDEO, proxy=proxy)


words = st.text("abcxyz0189 _-ü.", min_size=1, max_size=8).filter(lambda word: word not in {".", ".."})
paths = st.lists(words, min_size=1, max_size=4).map(lambda parts: Path(*parts))
media_files = st.builds(file, paths, st.none() | st.builds(file, paths))
recordings = st.builds(Recording, id=st.just("r"), name=st.just("n"), files=st.lists(media_files, max_size=3).map(tuple))
reels = st.builds(
    Reel,
    path=paths,
    poster=st.none() | paths,
    duration=st.just(Fraction(5)),
    width_px=st.just(2),
    height_px=st.just(2),
    frame_rate_hz=st.just(Fraction(30)),
    encoder=st.just("x"),
    size_bytes=st.just(3),
)
chunk = Chunk(recording_id="r", index=0, file_index=0, span=Span(Fraction(0), Fraction(9)))
facts = st.one_of(
    st.builds(RecordingArrived, paths=st.lists(paths).map(tuple), proxies=st.lists(st.none() | paths).map(tuple)),
    st.builds(ChunkPlanned, recording=recordings, chunk=st.just(chunk)),
    st.builds(ReelAssembled, reel=reels),
    st.builds(FootageAnalysed, recordings=st.lists(recordings, max_size=2).map(tuple), features=st.just((("a",),))),
)


def order_with(heard: Fact, target: Path | None = None) -> Order:
    return Order(id="i.1.s", item_id="i", revision=1, stage="s", heard=heard, rules=CutRules(), trace_id="t", target=target)


@given(facts, st.none() | paths)
def test_what_was_made_absolute_and_relative_again_is_what_it_was(heard: Fact, target: Path | None) -> None:
    order = order_with(heard, target)
    assert with_paths(with_paths(order, absolute_below(ROOT)), relative_to(ROOT)) == order


def test_every_path_is_found_in_the_proxy_and_the_target_too() -> None:
    proxied = file(Path("originals/i/a.mp4"), file(Path("originals/i/a.lrv")))
    heard = ChunkPlanned(recording=Recording(id="r", name="n", files=(proxied,)), chunk=chunk)
    moved = with_paths(order_with(heard, Path("reels/i/001/x.mp4")), absolute_below(ROOT))
    assert isinstance(moved.heard, ChunkPlanned)
    (found,) = moved.heard.recording.files
    assert found.proxy is not None
    assert (found.path, found.proxy.path, moved.target) == (
        ROOT / "originals/i/a.mp4",
        ROOT / "originals/i/a.lrv",
        ROOT / "reels/i/001/x.mp4",
    )


def test_what_holds_no_path_stays_the_very_same_object() -> None:
    fact = ChunkAnalysed(recording_id="r", chunk_index=0, features="f", remarks=("odd",))
    assert with_paths(fact, absolute_below(ROOT)) is fact
    assert replace(fact) == fact


@pytest.mark.parametrize("path", ["../outside.mp4", "originals/../../etc/passwd", "/etc/passwd"])
def test_no_path_that_travels_leads_out_of_the_data_folder(path: str) -> None:
    with pytest.raises(ValueError, match="below the data folder"):
        with_paths(RecordingArrived(paths=(Path(path),)), absolute_below(ROOT))


def test_a_path_outside_the_data_folder_does_not_travel() -> None:
    with pytest.raises(ValueError, match="subpath"):
        with_paths(RecordingArrived(paths=(Path("/elsewhere/a.mp4"),)), relative_to(ROOT))
