from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.domain.errors import Transient, Unusable
from appliance.domain.facts import ChunkPlanned, RecordingArrived, RecordingProbed
from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.rules import WatchingRule
from appliance.stages.probe import probe

VIDEO = VideoTrack(index=0, codec="h264", width_px=64, height_px=48, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000))


class KnownFiles:
    """A prober that knows how long files are by name; None stands for a file that cannot be used."""

    def __init__(self, durations_s: dict[str, int | None]) -> None:
        self.durations_s = durations_s

    def probe(self, path: Path) -> MediaFile:
        duration_s = self.durations_s[path.name]
        if duration_s is None:
            raise Unusable(f"{path.name} was not closed by the camera", remedy="Repair it.")
        if duration_s < 0:
            raise Transient(f"{path.name} could not be read")
        return MediaFile(path=path, container="mp4", size_bytes=duration_s * 1000, duration=Fraction(duration_s), video=VIDEO)


def probed(durations_s: dict[str, int | None], proxies: tuple[Path | None, ...] = ()) -> tuple[Recording, list[ChunkPlanned]]:
    names = [name for name in durations_s if not name.endswith(".LRV")]
    heard = RecordingArrived(paths=tuple(Path("card") / name for name in names), proxies=proxies)
    first, *rest = asyncio.run(probe(heard, prober=KnownFiles(durations_s), rule=WatchingRule()))
    assert isinstance(first, RecordingProbed)
    chunks = [fact for fact in rest if isinstance(fact, ChunkPlanned)]
    assert len(chunks) == len(rest)
    return first.recording, chunks


def test_chapters_follow_each_other_on_one_clock_under_the_first_ones_name() -> None:
    recording, chunks = probed({"GX010123.MP4": 100, "GX020123.MP4": 50})
    assert recording.name == "GX010123"
    assert [file.offset for file in recording.files] == [0, 100]
    assert chunks[0].chunk.span.start == 0
    assert chunks[-1].chunk.span.end == recording.duration == 150
    assert {fact.recording.id for fact in chunks} == {fact.chunk.recording_id for fact in chunks} == {recording.id}


def test_a_recording_keeps_its_id_and_others_have_another() -> None:
    recording, _ = probed({"a.mp4": 10})
    again, _ = probed({"a.mp4": 10})
    longer, _ = probed({"a.mp4": 11})
    renamed, _ = probed({"b.mp4": 10})
    assert recording.id == again.id
    assert len({recording.id, longer.id, renamed.id}) == 3


def test_a_proxy_as_long_as_its_file_is_used() -> None:
    recording, _ = probed({"GX010123.MP4": 100, "GL010123.LRV": 100}, (Path("GL010123.LRV"),))
    proxy = recording.files[0].proxy
    assert proxy is not None
    assert proxy.path.name == "GL010123.LRV"
    assert recording.remarks == ()


@pytest.mark.parametrize("proxy_s", [60, None])
def test_a_proxy_that_is_shorter_or_broken_is_not_used_and_that_is_said(proxy_s: int | None) -> None:
    recording, _ = probed({"GX010123.MP4": 100, "GL010123.LRV": proxy_s}, (Path("GL010123.LRV"),))
    assert recording.files[0].proxy is None
    assert "low-resolution copy" in recording.remarks[0]


def test_a_chapter_that_was_never_closed_does_not_cost_the_others() -> None:
    recording, _ = probed({"GX010123.MP4": 100, "GX020123.MP4": 60, "GX030123.MP4": None})
    assert recording.duration == 160
    assert recording.remarks == ("GX010123.MP4: a chapter was left out: GX030123.MP4 was not closed by the camera",)


def test_a_recording_without_a_usable_file_is_unusable() -> None:
    with pytest.raises(Unusable, match="GX010123") as caught:
        probed({"GX010123.MP4": None, "GX020123.MP4": None})
    assert caught.value.remedy == "Repair it."


def test_a_file_that_could_not_be_read_this_time_is_not_left_out() -> None:
    with pytest.raises(Transient):
        probed({"GX010123.MP4": 100, "GX020123.MP4": -1})


def test_a_lead_never_reaches_into_the_chapter_before() -> None:
    recording, chunks = probed({"GX010123.MP4": 100, "GX020123.MP4": 100})
    for fact in chunks:
        file = recording.files[fact.chunk.file_index]
        assert fact.chunk.span.start - fact.chunk.lead >= file.offset
