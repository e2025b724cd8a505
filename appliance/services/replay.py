"""Runs the stages over recordings in one process tree, without a bus: the one-shot command and the end-to-end test in one.

What is wrong with one recording is reported and the others go on; what an operator has to mend ends the run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from appliance.domain.errors import RinkreelError, Transient, Unusable
from appliance.domain.facts import (
    ChunkAnalysed,
    ChunkPlanned,
    Fact,
    FootageAnalysed,
    RecordingArrived,
    RecordingProbed,
    ReelAssembled,
    SegmentsSelected,
    StageFailed,
)
from appliance.domain.media import Recording
from appliance.domain.motion import MotionSignal
from appliance.domain.reel import Reel
from appliance.ports import Progress
from appliance.services.lanes import Lanes, Watched

Told = TypeVar("Told", bound=Fact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The stages with their tools in hand, as bootstrap wires them.

    lanes: watches chunks; entered before the first recording is probed. assemble: cuts what was selected into a file.
    """

    probe: Callable[[RecordingArrived], Sequence[Fact]]
    lanes: Callable[[], Lanes]
    select: Callable[[FootageAnalysed], Sequence[Fact]]
    assemble: Callable[[SegmentsSelected, Path, Progress], Sequence[Fact]]
    load_signal: Callable[[str], MotionSignal]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayOrder:
    """What to do with which recordings.

    name_target: the reel's path for these recordings, asked before anything is watched; None stops after selection.
    apart: a reel for each recording, instead of one for all.
    """

    arrivals: tuple[RecordingArrived, ...]
    name_target: Callable[[Sequence[Recording]], Path] | None
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that could not be used, as a fact for people and as the error that decides what to do."""

    told: StageFailed
    error: RinkreelError


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was found in the recordings of one reel; no reel when nothing moves or none was asked for."""

    selected: SegmentsSelected
    signals: tuple[MotionSignal, ...]
    reel: Reel | None = None


@dataclass(slots=True, kw_only=True)
class Replayed:
    """Everything a report needs. timings_s: seconds of wall clock by stage."""

    outcomes: list[Outcome] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    timings_s: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Probed:
    recording: Recording
    chunks: tuple[ChunkPlanned, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Recordings that share a reel, and its place."""

    probed: tuple[_Probed, ...]
    target: Path | None


def replay(order: ReplayOrder, rooms: Rooms, progress: Progress) -> Replayed:
    """Probe, watch, select and assemble.

    Raises:
        Misconfigured: something that no other recording would mend.
    """
    result = Replayed()
    with rooms.lanes() as lanes:
        with _timed(result, "probe"):
            batches = _batches(order, list(_probe_all(order, rooms, result)))
        with _timed(result, "analyse"):
            chunks = [chunk for batch in batches for one in batch.probed for chunk in one.chunks]
            watched = lanes.watch(chunks, progress)
    for batch in batches:
        if footage := _gather(batch, watched, result):
            result.outcomes.append(_finish(footage, batch.target, rooms, result, progress))
    return result


def _probe_all(order: ReplayOrder, rooms: Rooms, result: Replayed) -> Iterator[_Probed]:
    """Recordings that can be opened; one that was named twice counts once."""
    seen: set[str] = set()
    for arrival in order.arrivals:
        try:
            facts = rooms.probe(arrival)
        except (Unusable, Transient) as error:
            _note_failure(result, "probe", arrival.paths[0].name, error)
            continue
        recording = _only(facts, RecordingProbed).recording
        if recording.id not in seen:
            seen.add(recording.id)
            result.remarks.extend(recording.remarks)
            yield _Probed(recording=recording, chunks=tuple(fact for fact in facts if isinstance(fact, ChunkPlanned)))


def _batches(order: ReplayOrder, probed: Sequence[_Probed]) -> list[_Batch]:
    groups = [(one,) for one in probed] if order.apart else [tuple(probed)] if probed else []
    return [_Batch(probed=group, target=_target(order, [one.recording for one in group])) for group in groups]


def _target(order: ReplayOrder, recordings: Sequence[Recording]) -> Path | None:
    return order.name_target(recordings) if order.name_target else None


def _gather(batch: _Batch, watched: Sequence[Watched], result: Replayed) -> FootageAnalysed | None:
    """What was seen of each recording, in order; a recording of which nothing could be watched is a failure."""
    kept: list[tuple[Recording, tuple[str, ...]]] = []
    for one in batch.probed:
        mine = [chunk for chunk in watched if chunk.heard.recording.id == one.recording.id]
        features = tuple(feature for chunk in mine for feature in _features(chunk, result))
        errors = [chunk.error for chunk in mine if chunk.error]
        if features or not errors:
            result.remarks.extend(_remark_on(chunk) for chunk in mine if chunk.error)
            kept.append((one.recording, features))
        else:
            _note_failure(result, "analyse", one.recording.name, errors[0])
    if not kept:
        return None
    return FootageAnalysed(recordings=tuple(one for one, _ in kept), features=tuple(names for _, names in kept))


def _features(chunk: Watched, result: Replayed) -> Iterator[str]:
    for fact in chunk.facts:
        if isinstance(fact, ChunkAnalysed):
            result.remarks.extend(f"{chunk.heard.recording.name}: {remark}" for remark in fact.remarks)
            yield fact.features


def _remark_on(chunk: Watched) -> str:
    span = chunk.heard.chunk.span
    return f"{chunk.heard.recording.name}: {float(span.start):.0f}–{float(span.end):.0f} s not watched: {chunk.error}"


def _finish(footage: FootageAnalysed, target: Path | None, rooms: Rooms, result: Replayed, progress: Progress) -> Outcome:
    with _timed(result, "select"):
        selected = _only(rooms.select(footage), SegmentsSelected)
        signals = tuple(rooms.load_signal(name) for name in selected.signals)
    if target is None or not selected.plan.cuts:
        return Outcome(selected=selected, signals=signals)
    with _timed(result, "assemble"):
        reel = _only(rooms.assemble(selected, target, progress), ReelAssembled).reel
    result.remarks.extend(reel.remarks)
    return Outcome(selected=selected, signals=signals, reel=reel)


def _note_failure(result: Replayed, stage: str, subject: str, error: RinkreelError) -> None:
    told = StageFailed(stage=stage, subject=subject, why=error.why, remedy=error.remedy)
    result.failures.append(Failure(told, error))


def _only(facts: Sequence[Fact], kind: type[Told]) -> Told:
    return next(fact for fact in facts if isinstance(fact, kind))


@contextmanager
def _timed(result: Replayed, stage: str) -> Iterator[None]:
    began = time.perf_counter()
    try:
        yield
    finally:
        result.timings_s[stage] = result.timings_s.get(stage, 0.0) + time.perf_counter() - began
