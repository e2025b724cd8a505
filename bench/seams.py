"""Whether chunks leave seams: the labelled sessions watched in one piece, and in chunks as the appliance orders them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

from appliance.adapters.artefacts import FolderArtefacts
from appliance.adapters.pyav.prober import PyavProber
from appliance.algorithms.chunking import LEAD
from appliance.bootstrap import LaneOrder, prepare_backend
from appliance.domain.facts import (
    ChunkAnalysed,
    ChunkPlanned,
    FootageAnalysed,
    RecordingArrived,
    RecordingProbed,
    SegmentsSelected,
)
from appliance.domain.media import Chunk, Recording
from appliance.domain.rules import MotionRule, ReelRule, WatchingRule
from appliance.domain.segment import Segment
from appliance.domain.timespan import Seconds, Span
from appliance.services.lanes import Lane
from appliance.settings import load_settings
from appliance.stages.probe import probe
from appliance.stages.select import select
from bench.place import Place, Session, labelled_sessions
from bench.results import circumstances, publish, table_of

#: Lengths that the appliance may be set to.
CHUNKS = (Fraction(60), Fraction(30))
#: Edges may move by this much, which is less than two samples.
MOST_OFF_S = 0.2
HEADINGS = ("session", "chunk, s", "chunks", "segments whole", "segments in chunks", "edges off, most s", "agrees")


class Silence:
    """Progress that nobody follows."""

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        """Hear and be silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A session watched in one way."""

    chunks: int
    segments: tuple[Segment, ...]


def run(place: Place) -> None:
    """Watch, compare, publish. Raises MissingError when there is no footage."""
    settings = load_settings()
    backend, models = prepare_backend(settings, say=print)
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        lane = LaneOrder(backend=backend, models=models, artefacts=Path(folder), threads=1)()
        for session in labelled_sessions(place):
            rows += _rows(session, lane, FolderArtefacts(Path(folder)))
    agreeing = sum(row[-1] == "yes" for row in rows)
    notes = (
        f"{agreeing} of {len(rows)} agree within {MOST_OFF_S} s. Backend: {backend.label}. Chunks overlap by {float(LEAD):g} s."
    )
    publish(place, "seams", "\n\n".join([table_of(HEADINGS, rows), notes, circumstances()]))


def _rows(session: Session, lane: Lane, artefacts: FolderArtefacts) -> Iterator[tuple[str, ...]]:
    told = asyncio.run(probe(RecordingArrived(paths=(session.video,)), prober=PyavProber(), rule=WatchingRule()))
    recording = next(fact.recording for fact in told if isinstance(fact, RecordingProbed))
    watch = partial(watch_in_chunks, recording, lane, artefacts)
    whole = watch(recording.duration)
    for length in CHUNKS:
        parts = watch(length)
        off_s = most_off(whole.segments, parts.segments)
        agrees = "yes" if off_s is not None and off_s <= MOST_OFF_S else "NO"
        spoken = "–" if off_s is None else f"{off_s:.3f}"
        counts = (str(parts.chunks), str(len(whole.segments)), str(len(parts.segments)))
        yield (session.name, f"{float(length):g}", *counts, spoken, agrees)


def watch_in_chunks(recording: Recording, lane: Lane, artefacts: FolderArtefacts, length: Seconds) -> Watched:
    """Watch a recording of one file in chunks of a length, and choose its moments."""
    chunks = list(cut_evenly(recording, length))
    features = []
    for chunk in chunks:
        (fact,) = lane(ChunkPlanned(recording=recording, chunk=chunk), Silence())
        assert isinstance(fact, ChunkAnalysed)
        features.append(fact.features)
    heard = FootageAnalysed(recordings=(recording,), features=(tuple(features),))
    (selected,) = asyncio.run(select(heard, artefacts=artefacts, motion=MotionRule(), reel=ReelRule()))
    assert isinstance(selected, SegmentsSelected)
    return Watched(chunks=len(chunks), segments=selected.segments[0])


def cut_evenly(recording: Recording, length: Seconds) -> Iterator[Chunk]:
    """Chunks of one length with the usual lead, the last one shorter."""
    start, index = Fraction(0), 0
    while start < recording.duration:
        end = min(start + length, recording.duration)
        yield Chunk(recording_id=recording.id, index=index, file_index=0, span=Span(start, end), lead=min(LEAD, start))
        start, index = end, index + 1


def most_off(whole: Sequence[Segment], parts: Sequence[Segment]) -> float | None:
    """The furthest that an edge lies from its twin, in seconds; None when the segments are not the same in number."""
    if len(whole) != len(parts):
        return None
    pairs = zip(whole, parts, strict=True)
    edges = [abs(edge) for a, b in pairs for edge in (a.span.start - b.span.start, a.span.end - b.span.end)]
    return float(max(edges, default=Fraction(0)))
