from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.http_media import cache as cache_module
from appliance.adapters.http_media.line import MediaLine
from appliance.adapters.http_media.media import HttpMedia
from appliance.domain.errors import Misconfigured, Transient
from appliance.domain.facts import ChunkPlanned, RecordingArrived, RecordingProbed
from appliance.domain.job import CutRules
from appliance.domain.media import Chunk, MediaFile, Recording, VideoTrack
from appliance.domain.order import Order
from appliance.domain.timespan import Span

from ....media_server import CREDENTIAL, MediaServer

VIDEO = VideoTrack(index=0, codec="h264", width_px=64, height_px=36, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90000))
FULL, TWIN = b"full " * 1000, b"twin " * 100
FILES = {"originals/i/a.mp4": FULL, "originals/i/a.lrv": TWIN}


def file(name: str, content: bytes, proxy: MediaFile | None = None) -> MediaFile:
    path = Path("originals/i", name)
    return MediaFile(path=path, container="mp4", size_bytes=len(content), duration=Fraction(9), video=VIDEO, proxy=proxy)


def chunk_order(proxy: MediaFile | None = None) -> Order:
    recording = Recording(id="r", name="a", files=(file("a.mp4", FULL, proxy),))
    chunk = Chunk(recording_id="r", index=0, file_index=0, span=Span(Fraction(0), Fraction(9)))
    heard = ChunkPlanned(recording=recording, chunk=chunk)
    return Order(id="i.1.analyse.00000", item_id="i", revision=1, stage="analyse", heard=heard, rules=CutRules(), trace_id="t")


@contextmanager
def access(folder: Path, head: MediaServer, cache_bytes: int = 10**6) -> Iterator[HttpMedia]:
    with MediaLine(head.url, CREDENTIAL) as line:
        yield HttpMedia(line, folder, cache_bytes)


def nothing() -> None:
    """Nobody watches."""


def test_a_chunk_finds_its_file_and_the_next_chunk_finds_it_again(tmp_path: Path) -> None:
    with MediaServer(files=dict(FILES)).open() as head, access(tmp_path, head) as media:
        for _ in range(2):
            with media.localise(chunk_order(), nothing) as local:
                assert isinstance(local.heard, ChunkPlanned)
                assert local.heard.recording.files[0].path.read_bytes() == FULL
        assert [asked[1] for asked in head.asked] == ["originals/i/a.mp4"]


def test_only_the_twin_is_fetched_where_it_is_watched_in_place_of_the_file(tmp_path: Path) -> None:
    with (
        MediaServer(files=dict(FILES)).open() as head,
        access(tmp_path, head) as media,
        media.localise(chunk_order(file("a.lrv", TWIN)), nothing) as local,
    ):
        assert isinstance(local.heard, ChunkPlanned)
        (found,) = local.heard.recording.files
        assert found.proxy is not None
        assert found.proxy.path.read_bytes() == TWIN
        assert not found.path.exists()


def test_probing_fetches_all_files(tmp_path: Path) -> None:
    arrived = RecordingArrived(paths=(Path("originals/i/a.mp4"),), proxies=(Path("originals/i/a.lrv"),))
    with (
        MediaServer(files=dict(FILES)).open() as head,
        access(tmp_path, head) as media,
        media.localise(replace(chunk_order(), heard=arrived), nothing) as local,
    ):
        assert isinstance(local.heard, RecordingArrived)
        assert local.heard.paths[0].read_bytes() == FULL
        assert local.heard.proxies[0] is not None
        assert local.heard.proxies[0].read_bytes() == TWIN


def test_facts_leave_with_paths_that_the_head_knows(tmp_path: Path) -> None:
    recording = Recording(id="r", name="a", files=(file("a.mp4", FULL),))
    here = replace(recording, files=(replace(recording.files[0], path=tmp_path / "originals/i/a.mp4"),))
    with MediaServer().open() as head, access(tmp_path, head) as media:
        assert media.portable([RecordingProbed(recording=here)]) == (RecordingProbed(recording=recording),)


def test_a_file_in_use_is_not_evicted_for_another(tmp_path: Path) -> None:
    other = {"originals/j/b.mp4": FULL}
    wants_other = replace(chunk_order(), heard=RecordingArrived(paths=(Path("originals/j/b.mp4"),)))
    with MediaServer(files=FILES | other).open() as head, access(tmp_path, head, cache_bytes=len(FULL) + 10) as media:
        with media.localise(chunk_order(), nothing):
            with pytest.raises(Transient, match="does not fit"), media.localise(wants_other, nothing):
                raise AssertionError("there was no room")
            assert (tmp_path / "originals/i/a.mp4").read_bytes() == FULL
        with media.localise(wants_other, nothing):
            assert not (tmp_path / "originals/i/a.mp4").exists()


def test_workers_of_one_machine_fetch_a_file_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "LOOK_EVERY_S", 0.001)
    go, results = threading.Event(), []
    with MediaServer(files=dict(FILES), pause=go).open() as head:

        def work() -> None:
            with access(tmp_path, head) as media, media.localise(chunk_order(), nothing):
                results.append((tmp_path / "originals/i/a.mp4").read_bytes())

        workers = [threading.Thread(target=work) for _ in range(4)]
        for each in workers:
            each.start()
        go.set()
        for each in workers:
            each.join(20)
        assert results == [FULL] * 4
        assert len(head.asked) == 1


def test_a_file_in_the_cache_that_is_not_as_large_as_it_should_be_is_fetched_again(tmp_path: Path) -> None:
    (tmp_path / "originals/i").mkdir(parents=True)
    (tmp_path / "originals/i/a.mp4").write_bytes(b"half")
    with (
        MediaServer(files=dict(FILES)).open() as head,
        access(tmp_path, head) as media,
        media.localise(chunk_order(), nothing),
    ):
        assert (tmp_path / "originals/i/a.mp4").read_bytes() == FULL


def test_a_reel_is_not_made_where_nobody_would_find_it(tmp_path: Path) -> None:
    with (
        MediaServer().open() as head,
        access(tmp_path, head) as media,
        pytest.raises(Misconfigured),
        media.localise(replace(chunk_order(), target=Path("reels/i/001/x.mp4")), nothing),
    ):
        raise AssertionError("it was refused")


def test_a_path_that_leads_out_of_the_cache_is_refused(tmp_path: Path) -> None:
    order = replace(chunk_order(), heard=RecordingArrived(paths=(Path("../outside.mp4"),)))
    with (
        MediaServer().open() as head,
        access(tmp_path / "cache", head) as media,
        pytest.raises(ValueError, match="below the data folder"),
        media.localise(order, nothing),
    ):
        raise AssertionError("it was refused")
    assert list(tmp_path.iterdir()) == []


def test_a_disk_of_this_machine_that_cannot_be_used_does_not_wait_for_the_heads(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    with (
        MediaServer(files=dict(FILES)).open() as head,
        access(tmp_path / "cache", head) as media,
        pytest.raises(Transient, match="could not be kept"),
        media.localise(chunk_order(), nothing),
    ):
        raise AssertionError("it was refused")


def test_what_a_stage_raises_is_not_taken_for_the_caches_fault(tmp_path: Path) -> None:
    with (
        MediaServer(files=dict(FILES)).open() as head,
        access(tmp_path, head) as media,
        pytest.raises(FileNotFoundError, match="the stage's own"),
        media.localise(chunk_order(), nothing),
    ):
        raise FileNotFoundError("the stage's own")
