from __future__ import annotations

import asyncio
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.domain.errors import Transient
from appliance.domain.facts import FootageAnalysed, SegmentsSelected
from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.motion import MotionSample, MoverSample
from appliance.domain.pose import Box
from appliance.domain.rules import MotionRule, ReelRule
from appliance.domain.timespan import Span
from appliance.stages.select import select

from ...fakes import MemoryArtefacts

VIDEO = VideoTrack(index=0, codec="h264", width_px=64, height_px=48, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000))
RATE_HZ = 8
BOX = Box(left=0, top=0, right=20, bottom=50)


def recording(name: str, duration_s: int = 60) -> Recording:
    file = MediaFile(path=Path(f"{name}.mp4"), container="mp4", size_bytes=1, duration=Fraction(duration_s), video=VIDEO)
    return Recording(id=f"id-{name}", name=name, files=(file,))


def watched(start_s: int, end_s: int, *moving_s: tuple[int, int], sighting: float = 1.0) -> list[MotionSample]:
    """Samples of a stretch in which a mover travels at one body height per second now and then."""
    samples = []
    for number in range(start_s * RATE_HZ, end_s * RATE_HZ):
        time = Fraction(number, RATE_HZ)
        moves = any(start <= time < end for start, end in moving_s)
        mover = MoverSample(track=1, box=BOX, travel_hps=1.0, limb_hps=0.1, sighting=sighting)
        samples.append(MotionSample(time=time, camera_confidence=1.0, movers=(mover,) if moves else ()))
    return samples


def selected(
    recordings: dict[str, list[list[MotionSample]]], rule: ReelRule | None = None
) -> tuple[SegmentsSelected, MemoryArtefacts]:
    """What is chosen from the chunks of some recordings, and what is kept."""
    artefacts, features = MemoryArtefacts(), []
    for name, chunks in recordings.items():
        features.append(tuple(artefacts.save_samples(f"{name}-{i}", chunk) for i, chunk in enumerate(chunks)))
    heard = FootageAnalysed(recordings=tuple(map(recording, recordings)), features=tuple(features))
    (fact,) = asyncio.run(select(heard, artefacts=artefacts, motion=MotionRule(), reel=rule or ReelRule()))
    assert isinstance(fact, SegmentsSelected)
    return fact, artefacts


def test_moments_of_motion_become_padded_cuts() -> None:
    fact, _ = selected({"a": [watched(0, 60, (10, 15), (40, 44))]})
    first, second = fact.segments[0]
    assert (float(first.span.start), float(first.span.end)) == pytest.approx((10, 15), abs=0.3)
    assert (float(second.span.start), float(second.span.end)) == pytest.approx((40, 44), abs=0.3)
    padding = [
        (s.span.start - c.span.start, c.span.end - s.span.end) for s, c in zip(fact.segments[0], fact.plan.cuts, strict=True)
    ]
    assert padding == [(ReelRule().pad_before, ReelRule().pad_after)] * 2


def test_a_moment_that_crosses_a_seam_between_chunks_is_one() -> None:
    whole, _ = selected({"a": [watched(0, 60, (25, 35))]})
    apart, _ = selected({"a": [watched(0, 30, (25, 35)), watched(30, 60, (25, 35))]})
    assert apart.segments == whole.segments
    assert len(apart.plan.cuts) == 1


def test_nothing_moving_is_an_empty_plan() -> None:
    fact, _ = selected({"a": [watched(0, 20)]})
    assert fact.segments == ((),)
    assert fact.plan.cuts == ()


def test_what_no_model_took_for_a_person_is_not_selected() -> None:
    assert selected({"a": [watched(0, 60, (10, 30), sighting=0.0)]})[0].plan.cuts == ()


def test_a_person_seen_in_one_chunk_is_one_in_the_next_as_well() -> None:
    chunks = [watched(0, 30, (25, 35), sighting=0.0), watched(30, 60, (25, 35))]
    (segment,) = selected({"a": chunks})[0].segments[0]
    assert float(segment.span.start) == pytest.approx(25, abs=0.3)


def test_the_signal_of_every_recording_is_kept_for_those_who_look() -> None:
    fact, artefacts = selected({"a": [watched(0, 60, (10, 15))], "b": [watched(0, 20)]})
    assert len(set(fact.signals)) == len(fact.recordings) == 2
    moving, still = (artefacts.load_signal(name) for name in fact.signals)
    assert len(moving.times_s) == 60 * RATE_HZ
    assert moving.speed_hps.max() == pytest.approx(1.0, abs=0.05)
    assert still.speed_hps.max() == 0


def test_segments_belong_to_their_recordings_and_cuts_follow_them() -> None:
    fact, _ = selected({"a": [watched(0, 60)], "b": [watched(0, 60, (10, 15))], "c": [watched(0, 60, (30, 40))]})
    assert [len(found) for found in fact.segments] == [0, 1, 1]
    assert [cut.recording_id for cut in fact.plan.cuts] == ["id-b", "id-c"]


def test_a_budget_is_kept() -> None:
    fact, _ = selected({"a": [watched(0, 60, (5, 15), (40, 50))]}, replace(ReelRule(), budget=Fraction(16)))
    assert len(fact.segments[0]) == 2
    assert len(fact.plan.cuts) == 1
    assert fact.plan.duration <= 16


def test_a_recording_without_a_single_sample_has_nothing_that_moves() -> None:
    assert selected({"a": [[]]})[0].segments == ((),)


def test_the_same_footage_gives_the_same_selection_again() -> None:
    chunks = [watched(0, 60, (10, 15), (40, 44))]
    assert selected({"a": chunks})[0] == selected({"a": chunks})[0]


def test_samples_that_are_gone_have_to_be_made_again() -> None:
    heard = FootageAnalysed(recordings=(recording("a"),), features=(("gone",),))
    with pytest.raises(Transient):
        asyncio.run(select(heard, artefacts=MemoryArtefacts(), motion=MotionRule(), reel=ReelRule()))


def test_what_was_chosen_by_hand_is_the_plan() -> None:
    parts = (Span(Fraction(1), Fraction(2)), Span(Fraction(12), Fraction(90)))
    fact, _ = selected({"a": [watched(0, 60, (10, 15))]}, replace(ReelRule(), budget=Fraction(3), parts=parts))
    assert [cut.span for cut in fact.plan.cuts] == [parts[0], Span(Fraction(12), Fraction(60))]
    assert [segment.span for segment in fact.segments[0]] == [cut.span for cut in fact.plan.cuts]
