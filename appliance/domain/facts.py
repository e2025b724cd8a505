"""What the rooms tell each other. A fact is small, frozen and picklable; pixels never travel in one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from appliance.domain.media import Chunk, Recording
from appliance.domain.reel import Reel, ReelPlan
from appliance.domain.rules import WatchingRule
from appliance.domain.segment import Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingArrived:
    """Files that form one recording are there, in order; proxies[i] is the low-resolution twin of paths[i], if any."""

    paths: tuple[Path, ...]
    proxies: tuple[Path | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingProbed:
    """A recording was opened and understood."""

    recording: Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkPlanned:
    """A stretch of a recording waits to be watched, in the way that `rule` says."""

    recording: Recording
    chunk: Chunk
    rule: WatchingRule = field(default_factory=WatchingRule)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkAnalysed:
    """A stretch was watched; `features` names the artefact that holds its motion samples."""

    recording_id: str
    chunk_index: int
    features: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageAnalysed:
    """Every chunk of these recordings was watched. features[i]: artefact names of recordings[i], in chunk order."""

    recordings: tuple[Recording, ...]
    features: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentsSelected:
    """The moments were chosen. segments[i] and signals[i] (an artefact name) belong to recordings[i]; an empty plan means
    that nothing moves."""

    recordings: tuple[Recording, ...]
    segments: tuple[tuple[Segment, ...], ...]
    signals: tuple[str, ...]
    plan: ReelPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class ReelAssembled:
    """A reel is finished, verified and in its place."""

    reel: Reel


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFailed:
    """A stage gave up; the original is untouched."""

    stage: str
    subject: str
    why: str
    remedy: str


Fact = (
    RecordingArrived
    | RecordingProbed
    | ChunkPlanned
    | ChunkAnalysed
    | FootageAnalysed
    | SegmentsSelected
    | ReelAssembled
    | StageFailed
)
