"""Jobs, items and recordings as a rink's book would hold them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from appliance.adapters.sqlite.book import SqliteBook
from appliance.domain.job import CutRules, Fate, FileRow, Item, ItemState, Job, Revision, Source
from appliance.domain.media import Chunk, MediaFile, Recording, VideoTrack
from appliance.domain.reel import Cut, Reel, ReelPlan
from appliance.domain.segment import Segment
from appliance.domain.timespan import Span

AT_S = 1_790_000_000.0


@contextmanager
def opened_book(folder: Path) -> Iterator[SqliteBook]:
    """A real book in this folder, with its backups beside it."""
    book = SqliteBook(folder / "book.db", folder / "backups")
    try:
        yield book
    finally:
        book.close()


def a_job(job_id: str = "job-1", *, at_s: float = AT_S, settled: bool = False) -> Job:
    return Job(
        id=job_id, name=f"Drop {job_id}", source=Source.FOLDER, created_at_s=at_s, trace_id=f"trace-{job_id}", settled=settled
    )


def an_item(item_id: str = "item-1", job_id: str = "job-1", *, state: ItemState = ItemState.QUEUED) -> Item:
    return Item(
        id=item_id,
        job_id=job_id,
        name=f"Name of {item_id}",
        content_id=f"content-{item_id}",
        trace_id=f"trace-{job_id}",
        state=state,
        revision=1,
        created_at_s=AT_S,
        size_bytes=10**9,
    )


def a_file(place: str = "DCIM/A.MP4", *, fate: Fate = Fate.RECORDING, part: int = 0) -> FileRow:
    return FileRow(
        place=place,
        size_bytes=10**9,
        modified_s=AT_S,
        fate=fate,
        sha256=f"sha-{place}",
        part=part,
        stored=f"originals/item-1/{place.rsplit('/', maxsplit=1)[-1]}",
    )


def a_recording(recording_id: str = "rec-1", *, seconds: int = 600) -> Recording:
    track = VideoTrack(
        index=0, codec="h264", width_px=1280, height_px=720, frame_rate_hz=Fraction(30000, 1001), time_base=Fraction(1, 90000)
    )
    file = MediaFile(
        path=Path("originals/item-1/A.MP4"), container="mp4", size_bytes=10**9, duration=Fraction(seconds), video=track
    )
    return Recording(id=recording_id, name="A", files=(file,))


def chunks_of(recording: Recording, count: int) -> tuple[Chunk, ...]:
    length = recording.duration / count
    spans = [Span(length * number, length * (number + 1)) for number in range(count)]
    return tuple(Chunk(recording_id=recording.id, index=number, file_index=0, span=span) for number, span in enumerate(spans))


def some_segments() -> tuple[Segment, ...]:
    return tuple(
        Segment(span=Span(Fraction(at), Fraction(at + 7, 1)), score=1.5, peak_hps=2.0, peak_at=Fraction(at + 1), reason="moves")
        for at in (10, 40)
    )


def a_plan(recording_id: str = "rec-1", *, cuts: int = 2) -> ReelPlan:
    return ReelPlan(
        cuts=tuple(
            Cut(
                recording_id=recording_id,
                span=Span(Fraction(30 * number + 8), Fraction(30 * number + 20)),
                title=f"Moment {number + 1}",
                poster_at=Fraction(30 * number + 11),
                score=1.5,
            )
            for number in range(cuts)
        )
    )


def a_reel(folder: str = "reels/item-1/001") -> Reel:
    return Reel(
        path=Path(folder, "highlight_A.mp4"),
        poster=Path(folder, "highlight_A.jpg"),
        duration=Fraction(24),
        width_px=1280,
        height_px=720,
        frame_rate_hz=Fraction(30000, 1001),
        encoder="copy",
        size_bytes=5 * 10**6,
        remarks=("two cuts grew to the key frames around them",),
    )


def a_revision(item_id: str = "item-1", number: int = 1) -> Revision:
    return Revision(
        item_id=item_id,
        number=number,
        rules=CutRules(),
        created_at_s=AT_S,
        recording=a_recording(),
        segments=some_segments(),
        plan=a_plan(),
        signal="rec-1-signal",
        reel=a_reel(f"reels/{item_id}/{number:03}"),
    )
