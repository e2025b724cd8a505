from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, is_dataclass
from fractions import Fraction
from pathlib import Path
from typing import get_args

import pytest

from appliance.domain import facts
from appliance.domain.media import Chunk, MediaFile, Recording, VideoTrack
from appliance.domain.reel import Reel, ReelPlan
from appliance.domain.rules import WatchingRule
from appliance.domain.segment import Segment
from appliance.domain.timespan import Span

SPAN = Span(Fraction(0), Fraction(1001, 30_000))
VIDEO = VideoTrack(index=0, codec="h264", width_px=64, height_px=48, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000))
FILE = MediaFile(path=Path("a.mp4"), container="mp4", size_bytes=1, duration=SPAN.end, video=VIDEO)
RECORDING = Recording(id="r", name="a", files=(FILE,))
SEGMENT = Segment(span=SPAN, score=0.5, peak_hps=1.0, peak_at=Fraction(0), reason="a skater moves")
REEL = Reel(
    path=Path("reel.mp4"), poster=None, duration=Fraction(1), width_px=64, height_px=48, frame_rate_hz=Fraction(30),
    encoder="libx264", size_bytes=1,
)  # fmt: skip
TOLD: tuple[facts.Fact, ...] = (
    facts.RecordingArrived(paths=(Path("a.mp4"),), proxies=(None,)),
    facts.RecordingProbed(recording=RECORDING),
    facts.ChunkPlanned(recording=RECORDING, chunk=Chunk(recording_id="r", index=0, file_index=0, span=SPAN)),
    facts.ChunkAnalysed(recording_id="r", chunk_index=0, features="r-00000", remarks=("damaged",)),
    facts.FootageAnalysed(recordings=(RECORDING,), features=(("r-00000",),)),
    facts.SegmentsSelected(recordings=(RECORDING,), segments=((SEGMENT,),), signals=("r-signal",), plan=ReelPlan(cuts=())),
    facts.ReelAssembled(reel=REEL),
    facts.StageFailed(stage="probe", subject="a.mp4", why="why", remedy="remedy"),
)


def test_every_fact_is_tried_here() -> None:
    assert {type(fact) for fact in TOLD} == set(get_args(facts.Fact))


@pytest.mark.parametrize("fact", TOLD, ids=lambda fact: type(fact).__name__)
def test_a_fact_arrives_in_another_process_as_it_was_told(fact: facts.Fact) -> None:
    assert pickle.loads(pickle.dumps(fact)) == fact


@pytest.mark.parametrize("fact", TOLD, ids=lambda fact: type(fact).__name__)
def test_a_fact_cannot_be_changed(fact: facts.Fact) -> None:
    assert is_dataclass(fact)
    name = next(iter(fact.__dataclass_fields__))
    with pytest.raises(FrozenInstanceError):
        setattr(fact, name, None)


def test_a_chunk_is_watched_by_the_usual_rule_when_none_is_given() -> None:
    chunk = Chunk(recording_id="r", index=0, file_index=0, span=SPAN)
    assert facts.ChunkPlanned(recording=RECORDING, chunk=chunk).rule == WatchingRule()
