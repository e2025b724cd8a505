from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.algorithms.scene_catalogue import panning_over_standers, spin, two_skaters_one_stands
from appliance.algorithms.scene_drawing import draw_scene
from appliance.algorithms.scene_labelling import label_moving, poses_at
from appliance.algorithms.scoring import signal_from_samples
from appliance.algorithms.segmenting import moving_spans
from appliance.domain.errors import Unusable
from appliance.domain.facts import ChunkAnalysed, ChunkPlanned
from appliance.domain.media import Chunk, MediaFile, Recording, VideoTrack
from appliance.domain.motion import MotionSample
from appliance.domain.pose import Box, Pose
from appliance.domain.rules import MotionRule, WatchingRule
from appliance.domain.scene import Scene
from appliance.domain.timespan import Span, total_length
from appliance.ports import Picture
from appliance.stages.analyse import analyse
from bench.drawn_scenes import drawn_sessions
from bench.drawn_sessions import frames_of

from ...fakes import DrawnReader, HeardProgress, MemoryArtefacts, TruthTeller
from ...moving_pictures import World, turned_by, with_noise, with_patch

FPS = Fraction(8)
RULE = WatchingRule(target_fps=FPS, target_height_px=360, leaps=True)
VIDEO = VideoTrack(index=0, codec="h264", width_px=640, height_px=360, frame_rate_hz=FPS, time_base=1 / FPS)
WORLD = World()


@dataclass(frozen=True, kw_only=True)
class Watch:
    """What came of watching a chunk."""

    fact: ChunkAnalysed
    samples: tuple[MotionSample, ...]
    progress: HeardProgress
    model: TruthTeller
    reader: DrawnReader

    def spans(self) -> list[Span]:
        bounds = Span(Fraction(0), Fraction(1000))
        return moving_spans(signal_from_samples(self.samples), MotionRule(), bounds)

    def tracks(self, span: Span) -> set[int]:
        return {mover.track for sample in self.samples if span.contains(sample.time) for mover in sample.movers}


def recording_of(seconds: Fraction, *, chapters: int = 1) -> Recording:
    """A recording whose last chapter is the one that is watched."""
    files = [
        MediaFile(path=Path(f"{n}.mp4"), container="mp4", size_bytes=1, duration=seconds, offset=n * seconds, video=VIDEO)
        for n in range(chapters)
    ]
    return Recording(id="r", name="a", files=tuple(files))


def watch(reader: DrawnReader, model: TruthTeller, chunk: Chunk, recording: Recording) -> Watch:
    artefacts, progress = MemoryArtefacts(), HeardProgress()
    heard = ChunkPlanned(recording=recording, chunk=chunk, rule=RULE)
    (fact,) = asyncio.run(analyse(heard, reader=reader, model=model, artefacts=artefacts, progress=progress))
    assert isinstance(fact, ChunkAnalysed)
    return Watch(fact=fact, samples=artefacts.load_samples(fact.features), progress=progress, model=model, reader=reader)


def whole(recording: Recording) -> Chunk:
    last = recording.files[-1]
    return Chunk(recording_id=recording.id, index=0, file_index=len(recording.files) - 1, span=last.span)


def watch_scene(scene: Scene) -> Watch:
    model = TruthTeller()
    people = poses_at(scene, [index / scene.fps for index in range(scene.frames)])
    reader = DrawnReader(draw_scene(scene), people, model=model)
    recording = recording_of(scene.length)
    return watch(reader, model, whole(recording), recording)


def watch_session(name: str, length_s: int) -> Watch:
    """The beginning of one of the benches' drawn sessions, small."""
    (drawn,) = (one for one in drawn_sessions() if one.scene.name == name)
    scene = replace(shortened(drawn.scene, length_s), width_px=640, height_px=360)
    model = TruthTeller()
    people = poses_at(scene, [index / scene.fps for index in range(scene.frames)])
    reader = DrawnReader(frames_of(replace(drawn, scene=scene)), people, model=model)
    recording = recording_of(scene.length)
    return watch(reader, model, whole(recording), recording)


def shortened(scene: Scene, seconds: int) -> Scene:
    return replace(scene, fps=FPS, length=Fraction(seconds))


def shared_with_truth(watched: Watch, scene: Scene) -> float:
    """Seconds that both call motion over seconds that either does."""
    truth, found = label_moving(scene), watched.spans()
    both = total_length(part for one in truth for other in found if (part := one.clipped_to(other)) is not None)
    return float(both / (total_length(truth) + total_length(found) - both))


class TestDrawnScenes:
    def test_somebody_who_skates_beside_somebody_who_stands_is_found_while_skating(self) -> None:
        scene = shortened(two_skaters_one_stands(), 8)
        assert shared_with_truth(watch_scene(scene), scene) > 0.75

    def test_a_spin_on_the_spot_is_found(self) -> None:
        scene = shortened(spin(), 6)
        assert shared_with_truth(watch_scene(scene), scene) > 0.75

    def test_nobody_moves_who_stands_under_a_panning_camera(self) -> None:
        watched = watch_scene(shortened(panning_over_standers(), 4))
        assert watched.spans() == []

    def test_who_skates_under_a_panning_camera_is_found_while_skating_and_nobody_else_is(self) -> None:
        (found,) = watch_session("panning_bout", 9).spans()
        assert float(found.start) == pytest.approx(6.0, abs=0.7)

    def test_who_skates_under_beating_lamps_is_found_while_skating_and_nobody_else_is(self) -> None:
        watched = watch_session("lamp_beat", 10)
        (found,) = watched.spans()
        assert float(found.start) == pytest.approx(6.0, abs=0.7)


@dataclass(frozen=True, kw_only=True)
class Footage:
    """A textured square that moves in some seconds of a small recording, and whether it is a person."""

    seconds: int
    moving: tuple[Span, ...] = ()
    is_person: Callable[[Fraction], bool] = lambda _: True

    def place(self, time: Fraction) -> Box:
        done = sum((min(time, span.end) - span.start for span in self.moving if time > span.start), Fraction(0))
        left = 30 + float(done % 3) * 60
        return Box(left=left, top=50, right=left + 50, bottom=130)

    def opened(self, model: TruthTeller) -> DrawnReader:
        times = [index / FPS for index in range(int(self.seconds * FPS))]
        drawings = [_drawing(self.place(time).left) for time in times]
        people = [[Pose(box=self.place(time), score=0.9)] if self.is_person(time) else [] for time in times]
        return DrawnReader(drawings, people, model=model)


@cache
def _drawing(left: float) -> Picture:
    return _coloured(with_patch(WORLD.seen(), left, 50, 50))


def _coloured(luma: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2RGB), np.uint8)


def seconds(start: int, end: int) -> Span:
    return Span(Fraction(start), Fraction(end))


def watch_footage(footage: Footage, chunk: Chunk | None = None, **words: object) -> Watch:
    """Watch a chunk, or all; words are set on the reader first."""
    model = TruthTeller()
    reader = footage.opened(model)
    for name, value in words.items():
        setattr(reader, name, value)
    recording = recording_of(Fraction(footage.seconds))
    return watch(reader, model, chunk or whole(recording), recording)


def test_samples_lie_inside_the_chunk_though_its_lead_was_watched() -> None:
    chunk = Chunk(recording_id="r", index=3, file_index=0, span=seconds(2, 4), lead=Fraction(1))
    watched = watch_footage(Footage(seconds=6, moving=(seconds(0, 6),)), chunk)
    assert [span for _, span in watched.reader.watched] == [seconds(1, 4)]
    assert [sample.time for sample in watched.samples] == [Fraction(number, 8) for number in range(16, 32)]
    assert all(sample.movers for sample in watched.samples)
    assert watched.fact.chunk_index == 3


def test_a_chunk_of_a_later_chapter_is_read_from_its_file_on_the_recordings_clock() -> None:
    model = TruthTeller()
    reader = Footage(seconds=3, moving=(seconds(0, 3),)).opened(model)
    recording = recording_of(Fraction(3), chapters=3)
    watched = watch(reader, model, whole(recording), recording)
    assert {file.path.name for file, _ in reader.watched} == {"2.mp4"}
    assert all(seconds(6, 9).contains(sample.time) for sample in watched.samples)


def test_progress_comes_from_frames_never_runs_backwards_and_ends_at_the_end() -> None:
    watched = watch_footage(Footage(seconds=4, moving=(seconds(1, 2),)))
    told = watched.progress.told
    assert {stage for stage, _, _ in told} == {"analyse"}
    assert {total_s for _, _, total_s in told} == {4.0}
    done = [done_s for _, done_s, _ in told]
    assert len(done) >= 4 * FPS
    assert all(before <= after for before, after in pairwise(done))
    assert done[-1] == 4.0


def test_what_the_reader_remarks_is_passed_on() -> None:
    model = TruthTeller()
    reader = Footage(seconds=1).opened(model)
    reader.remark("12 packets are damaged", "it ends early")
    recording = recording_of(Fraction(1))
    assert watch(reader, model, whole(recording), recording).fact.remarks == ("12 packets are damaged", "it ends early")


def test_watching_a_chunk_again_gives_the_same_again() -> None:
    footage = Footage(seconds=3, moving=(seconds(1, 3),))
    first, second = watch_footage(footage), watch_footage(footage)
    assert first.fact == second.fact
    assert first.samples == second.samples


def test_chunks_do_not_overwrite_each_other() -> None:
    chunks = [Chunk(recording_id="r", index=index, file_index=0, span=seconds(index, index + 1)) for index in range(2)]
    assert len({watch_footage(Footage(seconds=2), chunk).fact.features for chunk in chunks}) == 2


def test_what_no_model_takes_for_a_person_moves_but_does_not_count() -> None:
    footage = Footage(seconds=4, moving=(seconds(1, 3),))
    assert len(watch_footage(footage).spans()) == 1
    nobody = watch_footage(replace(footage, is_person=lambda _: False))
    assert nobody.model.asked > 0
    assert nobody.tracks(seconds(1, 3))
    assert nobody.spans() == []


def test_a_model_is_not_asked_where_nothing_moves() -> None:
    watched = watch_footage(Footage(seconds=3))
    assert watched.model.asked == 0
    assert watched.spans() == []


def test_a_noisy_pan_over_a_still_scene_asks_no_model_either() -> None:
    model = TruthTeller()
    pictures = [_coloured(with_noise(WORLD.seen(turned_by(shift_px=(7.0 * n - 60, 0))), 2.0, seed=n)) for n in range(16)]
    recording = recording_of(Fraction(2))
    watch(DrawnReader(pictures, [()] * 16, model=model), model, whole(recording), recording)
    assert model.asked == 0


STILL_BETWEEN = Footage(seconds=13, moving=(seconds(1, 3), seconds(9, 11)))


def test_what_looks_alike_at_every_key_frame_is_not_watched_but_has_samples_that_say_so() -> None:
    watched = watch_footage(STILL_BETWEEN, key_every=Fraction(1))
    stretches = [span for _, span in watched.reader.watched]
    assert watched.reader.handed_out < 11 * FPS
    assert all(any(span.contains(moving.start) for span in stretches) for moving in STILL_BETWEEN.moving)
    times = [float(sample.time) for sample in watched.samples]
    assert max(after - before for before, after in pairwise(times)) < 3 / FPS
    assert times[-1] > 12.5


def test_a_glance_finds_the_same_motion_as_watching_all() -> None:
    glanced, all_watched = watch_footage(STILL_BETWEEN, key_every=Fraction(1)), watch_footage(STILL_BETWEEN)
    assert len(glanced.spans()) == len(all_watched.spans()) == 2
    for one, other in zip(glanced.spans(), all_watched.spans(), strict=True):
        assert float(one.start) == pytest.approx(float(other.start), abs=0.3)
        assert float(one.end) == pytest.approx(float(other.end), abs=0.3)


def test_who_moves_before_and_after_a_still_stretch_is_not_taken_for_the_same() -> None:
    footage = replace(STILL_BETWEEN, is_person=lambda time: time < 6)
    watched = watch_footage(footage, key_every=Fraction(1))
    before, after = (watched.tracks(span) for span in footage.moving)
    assert before
    assert after
    assert not before & after
    assert [span.start < 6 for span in watched.spans()] == [True]


LONG_MOTION = Footage(seconds=18, moving=(seconds(3, 15),))


def test_who_moves_at_one_key_frame_and_the_next_is_not_watched_in_between_and_is_found_all_the_same() -> None:
    leapt, all_watched = watch_footage(LONG_MOTION, key_every=Fraction(2)), watch_footage(LONG_MOTION)
    assert leapt.reader.handed_out < 0.7 * all_watched.reader.handed_out
    (one,), (other,) = leapt.spans(), all_watched.spans()
    assert float(one.start) == pytest.approx(float(other.start), abs=0.2)
    assert float(one.end) == pytest.approx(float(other.end), abs=0.2)
    times = [float(sample.time) for sample in leapt.samples]
    assert max(after - before for before, after in pairwise(times)) < 2 / FPS


def test_who_is_doubted_after_a_leap_is_still_the_one_who_was_seen_before_it() -> None:
    """On their own the looks behind the leap take nobody for a person: one sighting, and doubt ever after."""
    footage = Footage(seconds=18, moving=(seconds(3, 9),), is_person=lambda time: time < Fraction(33, 4))
    (found,) = watch_footage(footage, key_every=Fraction(2)).spans()
    assert float(found.start) == pytest.approx(3, abs=0.3)
    assert float(found.end) == pytest.approx(9, abs=0.3)


def test_who_rests_at_a_key_frame_is_watched_on_both_sides_of_it() -> None:
    footage = Footage(seconds=18, moving=(seconds(1, 7), seconds(11, 17)))
    assert len(watch_footage(footage, key_every=Fraction(2)).spans()) == 2


def test_what_no_model_takes_for_a_person_is_watched_all_the_way() -> None:
    nobody = replace(LONG_MOTION, is_person=lambda _: False)
    watched = watch_footage(nobody, key_every=Fraction(2))
    assert watched.spans() == []
    assert watched.reader.handed_out >= 12 * FPS


def test_where_stretches_cannot_be_read_side_by_side_all_of_the_motion_is_watched() -> None:
    watched = watch_footage(LONG_MOTION, key_every=Fraction(2), reads_side_by_side=False)
    assert watched.reader.handed_out >= 12 * FPS
    assert len(watched.reader.watched) <= 2


def test_motion_that_began_a_little_before_a_key_frame_is_found_from_its_beginning() -> None:
    footage = Footage(seconds=12, moving=(Span(Fraction(31, 8), Fraction(7)),))
    (found,) = watch_footage(footage, key_every=Fraction(2)).spans()
    assert float(found.start) == pytest.approx(31 / 8, abs=0.26)


def test_a_landing_that_does_not_decode_costs_no_sample_before_it() -> None:
    watched = watch_footage(LONG_MOTION, key_every=Fraction(2), broken_from=Fraction(8))
    (found,) = watched.spans()
    assert float(found.start) == pytest.approx(3, abs=0.3)
    assert float(found.end) > 7


def test_looking_ahead_in_vain_does_not_turn_progress_back() -> None:
    done = [done_s for _, done_s, _ in watch_footage(LONG_MOTION, key_every=Fraction(2)).progress.told]
    assert all(before <= after for before, after in pairwise(done))
    assert done[-1] == 18.0


def test_a_stretch_that_does_not_decode_costs_only_itself_and_is_said() -> None:
    watched = watch_footage(STILL_BETWEEN, key_every=Fraction(1), broken=(seconds(9, 10),))
    assert watched.tracks(STILL_BETWEEN.moving[0])
    assert "can be decoded" in watched.fact.remarks[-1]


def test_a_chunk_in_which_nothing_decodes_is_unusable() -> None:
    with pytest.raises(Unusable, match="can be decoded"):
        watch_footage(Footage(seconds=2), broken=(seconds(0, 2),))
