from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from appliance.domain.errors import Misconfigured, RinkreelError, Transient, Unusable
from appliance.domain.facts import (
    ChunkAnalysed,
    ChunkPlanned,
    Fact,
    FootageAnalysed,
    RecordingArrived,
    RecordingProbed,
    ReelAssembled,
    SegmentsSelected,
)
from appliance.domain.media import Recording
from appliance.domain.motion import MotionSignal
from appliance.domain.reel import Cut, Reel, ReelPlan
from appliance.domain.segment import Segment
from appliance.domain.timespan import Span
from appliance.ports import Progress
from appliance.services.lanes import Lane, OwnLane
from appliance.services.replay import Replayed, ReplayOrder, Rooms, replay

MakeRecording = Callable[..., Recording]
MakeChunks = Callable[[Recording, int], list[ChunkPlanned]]


class Silence:
    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        assert 0 <= done_s <= total_s


@dataclass
class House:
    """Rooms that find one moving stretch in every recording whose name does not begin with `still`."""

    recording_named: MakeRecording
    chunks_of: MakeChunks
    visited: list[str] = field(default_factory=list)
    failing_chunks: dict[tuple[str, int], RinkreelError] = field(default_factory=dict)

    def probe(self, arrival: RecordingArrived) -> Sequence[Fact]:
        name = arrival.paths[0].stem
        self.visited.append(f"probe {name}")
        if name.startswith("broken"):
            raise Unusable(f"{name} is not a video", remedy="Copy it again.")
        recording = self.recording_named(name, remarks=("odd",) if name.startswith("odd") else ())
        return [RecordingProbed(recording=recording), *self.chunks_of(recording, 2)]

    def open_lane(self) -> Lane:
        def watch(heard: ChunkPlanned, progress: Progress) -> Sequence[Fact]:
            key = (heard.recording.name, heard.chunk.index)
            self.visited.append(f"watch {key[0]} {key[1]}")
            if key in self.failing_chunks:
                raise self.failing_chunks[key]
            features = f"{key[0]}/{key[1]}"
            return [ChunkAnalysed(recording_id=heard.recording.id, chunk_index=key[1], features=features, remarks=())]

        return watch

    def select(self, footage: FootageAnalysed) -> Sequence[Fact]:
        self.visited.append("select " + " ".join(name for names in footage.features for name in names))
        span = Span(Fraction(1), Fraction(2))
        segment = Segment(span=span, score=1.0, peak_hps=1.0, peak_at=Fraction(1), reason="skating")
        moving = [one for one in footage.recordings if not one.name.startswith("still")]
        cuts = tuple(Cut(recording_id=one.id, span=span, title="1", poster_at=Fraction(1)) for one in moving)
        return [
            SegmentsSelected(
                recordings=footage.recordings,
                segments=tuple((segment,) if one in moving else () for one in footage.recordings),
                signals=tuple(f"{one.name}/signal" for one in footage.recordings),
                plan=ReelPlan(cuts=cuts),
            )
        ]

    def assemble(self, selected: SegmentsSelected, target: Path, progress: Progress) -> Sequence[Fact]:
        self.visited.append(f"assemble {target}")
        reel = Reel(
            path=target,
            poster=None,
            duration=selected.plan.duration,
            width_px=2,
            height_px=2,
            frame_rate_hz=Fraction(30),
            encoder="libx264",
            size_bytes=1,
            remarks=("tone-mapped",),
        )
        return [ReelAssembled(reel=reel)]

    def load_signal(self, name: str) -> MotionSignal:
        row = np.zeros(1, np.float32)
        return MotionSignal(
            times_s=np.zeros(1), speed_hps=row, travel_hps=row, limb_hps=row, people=np.zeros(1, np.int32), camera=row
        )

    def replay(self, *names: str, apart: bool = False, target: Any = Path("reel.mp4")) -> Replayed:
        rooms = Rooms(
            probe=self.probe,
            lanes=lambda: OwnLane(self.open_lane),
            select=self.select,
            assemble=self.assemble,
            load_signal=self.load_signal,
        )
        arrivals = tuple(RecordingArrived(paths=(Path(f"{name}.mp4"),)) for name in names)
        name_target = target if callable(target) or target is None else lambda _: target
        return replay(ReplayOrder(arrivals=arrivals, name_target=name_target, apart=apart), rooms, Silence())


@pytest.fixture
def house(recording_named: MakeRecording, chunks_of: MakeChunks) -> House:
    return House(recording_named, chunks_of)


def test_a_recording_walks_through_every_room(house: House) -> None:
    result = house.replay("a")
    assert house.visited == ["probe a", "watch a 0", "watch a 1", "select a/0 a/1", "assemble reel.mp4"]
    (outcome,) = result.outcomes
    assert outcome.reel is not None
    assert len(outcome.signals) == 1
    assert set(result.timings_s) == {"probe", "analyse", "select", "assemble"}
    assert result.remarks == ["tone-mapped"]


def test_several_recordings_make_one_reel(house: House) -> None:
    (outcome,) = house.replay("a", "b").outcomes
    assert [one.name for one in outcome.selected.recordings] == ["a", "b"]
    assert "select a/0 a/1 b/0 b/1" in house.visited


def test_apart_each_recording_gets_its_own_reel(house: House) -> None:
    result = house.replay("a", "b", apart=True, target=lambda recordings: Path(f"highlight_{recordings[0].name}.mp4"))
    assert [outcome.reel.path.name for outcome in result.outcomes if outcome.reel] == ["highlight_a.mp4", "highlight_b.mp4"]


def test_what_cannot_be_opened_is_told_and_the_rest_goes_on(house: House) -> None:
    result = house.replay("broken", "a")
    (failure,) = result.failures
    assert (failure.told.stage, failure.told.subject, failure.told.remedy) == ("probe", "broken.mp4", "Copy it again.")
    assert isinstance(failure.error, Unusable)
    assert len(result.outcomes) == 1


def test_nothing_usable_gives_no_outcome_and_asks_for_no_target(house: House) -> None:
    def refuse(recordings: Sequence[Recording]) -> Path:
        raise AssertionError("asked")

    result = house.replay("broken1", "broken2", target=refuse)
    assert result.outcomes == []
    assert len(result.failures) == 2


def test_where_nothing_moves_no_reel_is_made(house: House) -> None:
    (outcome,) = house.replay("still").outcomes
    assert outcome.reel is None
    assert outcome.selected.segments == ((),)


def test_detection_stops_after_selection(house: House) -> None:
    (outcome,) = house.replay("a", target=None).outcomes
    assert outcome.reel is None
    assert outcome.selected.segments[0]


def test_a_bad_target_is_refused_before_anything_is_watched(house: House) -> None:
    def refuse(recordings: Sequence[Recording]) -> Path:
        raise Misconfigured("it is there already")

    with pytest.raises(Misconfigured):
        house.replay("a", target=refuse)
    assert house.visited == ["probe a"]


def test_the_same_recording_named_twice_counts_once(house: House) -> None:
    (outcome,) = house.replay("a", "a").outcomes
    assert len(outcome.selected.recordings) == 1


def test_a_lost_chunk_is_a_remark_and_the_others_are_used(house: House) -> None:
    house.failing_chunks[("a", 1)] = Unusable("nothing decodes")
    result = house.replay("a")
    assert "select a/0" in house.visited
    assert result.failures == []
    assert result.remarks[0] == "a: 15–30 s not watched: nothing decodes"


def test_a_recording_of_which_nothing_could_be_watched_is_a_failure(house: House) -> None:
    for index in (0, 1):
        house.failing_chunks[("a", index)] = Transient("the share went away", remedy="Try again.")
    result = house.replay("a", "b")
    (failure,) = result.failures
    assert (failure.told.stage, failure.told.subject) == ("analyse", "a")
    assert isinstance(failure.error, Transient)
    assert [one.name for outcome in result.outcomes for one in outcome.selected.recordings] == ["b"]


def test_what_is_odd_about_a_file_is_remarked(house: House) -> None:
    assert "odd.mp4: odd" in house.replay("odd").remarks
