from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from appliance.algorithms.media_needing import NeededFile, files_read_for
from appliance.domain.facts import ChunkPlanned, FootageAnalysed, RecordingArrived, SegmentsSelected
from appliance.domain.media import Chunk, MediaFile, Recording, VideoTrack
from appliance.domain.reel import ReelPlan
from appliance.domain.timespan import Span

VIDEO = VideoTrack(index=0, codec="h264", width_px=64, height_px=36, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90000))


def file(name: str, size_bytes: int, proxy: MediaFile | None = None) -> MediaFile:
    return MediaFile(
        path=Path("originals/i", name), container="mp4", size_bytes=size_bytes, duration=Fraction(9), video=VIDEO, proxy=proxy
    )


RECORDING = Recording(id="r", name="n", files=(file("a.mp4", 10), file("b.mp4", 20, file("b.lrv", 2))))


def chunk_of(file_index: int) -> ChunkPlanned:
    chunk = Chunk(recording_id="r", index=0, file_index=file_index, span=Span(Fraction(0), Fraction(9)))
    return ChunkPlanned(recording=RECORDING, chunk=chunk)


def test_a_chunk_reads_the_one_file_that_it_lies_in() -> None:
    assert files_read_for(chunk_of(0)) == (NeededFile(path=Path("originals/i/a.mp4"), size_bytes=10),)


def test_a_chunk_reads_the_low_resolution_twin_where_there_is_one() -> None:
    assert files_read_for(chunk_of(1)) == (NeededFile(path=Path("originals/i/b.lrv"), size_bytes=2),)


def test_probing_reads_every_file_and_every_twin() -> None:
    arrived = RecordingArrived(paths=(Path("a"), Path("b")), proxies=(None, Path("b.lrv")))
    assert [needed.path for needed in files_read_for(arrived)] == [Path("a"), Path("b"), Path("b.lrv")]


def test_selecting_reads_no_footage() -> None:
    assert files_read_for(FootageAnalysed(recordings=(RECORDING,), features=(("f",),))) == ()


def test_assembling_reads_full_files() -> None:
    selected = SegmentsSelected(recordings=(RECORDING,), segments=((),), signals=("s",), plan=ReelPlan(cuts=()))
    assert [needed.size_bytes for needed in files_read_for(selected)] == [10, 20]
