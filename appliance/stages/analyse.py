"""A stretch of a recording arrives. A glance at its key frames finds what may move; there, what moves by itself is followed, and
a pose model is asked whether it is a person. Motion samples leave, kept as an artefact; pixels do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from appliance.algorithms.glancing import Glancer
from appliance.algorithms.leaping import (
    bridge_leap,
    is_near,
    landing_from,
    may_have_begun_before,
    move_at_end,
    move_at_start,
    pauses_before,
    pauses_behind,
)
from appliance.algorithms.mover_watching import MoverWatcher
from appliance.algorithms.seaming import sew_chunks
from appliance.algorithms.still_filling import fill_still
from appliance.domain.errors import Unusable
from appliance.domain.facts import ChunkAnalysed, ChunkPlanned, Fact
from appliance.domain.media import MediaFile
from appliance.domain.motion import MotionSample
from appliance.domain.timespan import Seconds, Span
from appliance.ports import ArtefactStore, FrameReader, PoseModel, Progress, SampledFrame

#: Pose models look at pictures no larger than this on their long side: enough for a far skater's crop, cheap to convert.
LOOK_LONG_SIDE_PX = 1280
#: Key frames closer than this tell a glance nothing new.
GLANCE_GAP = Fraction(1)


async def analyse(
    heard: ChunkPlanned,
    *,
    reader: FrameReader,
    model: PoseModel,
    artefacts: ArtefactStore,
    progress: Progress,
) -> list[Fact]:
    """Watch one chunk.

    Raises:
        Unusable: nothing in the chunk decodes. Transient: the file could not be read.
        Misconfigured: the pose model's runtime fails.
    """
    chunk = heard.chunk
    span = Span(chunk.span.start - chunk.lead, chunk.span.end)
    file = heard.recording.files[chunk.file_index]
    lane = _Lane(heard=heard, file=file, reader=reader, model=model, span=span, pace=_Pace(progress, span))
    samples, remarks = lane.watch()
    name = artefacts.save_samples(
        f"{chunk.recording_id}-{chunk.index:05}", fill_still(samples, chunk.span, heard.rule.target_fps)
    )
    return [ChunkAnalysed(recording_id=chunk.recording_id, chunk_index=chunk.index, features=name, remarks=remarks)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lane:
    """One chunk with all that is needed to watch it. span: the chunk and its lead."""

    heard: ChunkPlanned
    file: MediaFile
    reader: FrameReader
    model: PoseModel
    span: Span
    pace: _Pace

    def watch(self) -> tuple[list[MotionSample], tuple[str, ...]]:
        """Motion samples of every stretch that stirs, and remarks. Raises Unusable when none of them decodes."""
        stretches, keys = self._glance()
        watched: list[list[MotionSample]] = []
        refusals: list[Unusable] = []
        for stretch in stretches:
            try:
                runs = self._watch_stretch(stretch, keys)
                watched += [*self._before(stretch, runs, keys), *runs]
            except Unusable as refusal:
                refusals.append(refusal)
        if refusals and len(refusals) == len(stretches):
            raise refusals[0]
        self.pace.tell(self.span.end)
        return sew_chunks(watched), (*self.reader.remarks(), *(refusal.why for refusal in refusals))

    def _glance(self) -> tuple[tuple[Span, ...], list[Seconds]]:
        """What has to be watched, and where the key frames are."""
        glancer, keys = Glancer(self.file.video), list[Seconds]()
        for frame, spent_bytes in self.reader.key_frames(self.file, self.span, GLANCE_GAP):
            glancer.feed(frame.time, frame.luma(self.heard.rule.long_side_px), spent_bytes)
            keys.append(frame.time)
        return glancer.finish(self.span), keys

    def _watch_stretch(self, stretch: Span, keys: Sequence[Seconds]) -> list[list[MotionSample]]:
        """What is seen in a stretch, anew behind every leap."""
        watched: list[list[MotionSample]] = []
        at, watch = stretch.start, self._begin(stretch)
        marks = keys if self.heard.rule.leaps and self.reader.reads_side_by_side else ()
        while (landing := landing_from(marks, at, stretch.end)) is not None:
            ahead = self._leap(watch, at, Span(landing, stretch.end)) if is_near(at, landing) else None
            if ahead is not None:
                # Judged by what is known now: looks that come later may doubt who is a person, not that a leap was made.
                bridge = bridge_leap(watch.seen_so_far(), ahead.seen_so_far(), self.heard.rule.target_fps)
                watched.append([*watch.finish(), *bridge])
                watch = ahead
            else:
                watch.go_to(landing)
            at = landing
        watch.go_to(stretch.end)
        return [*watched, watch.finish()]

    def _before(self, stretch: Span, runs: Sequence[list[MotionSample]], keys: Sequence[Seconds]) -> list[list[MotionSample]]:
        """What is seen from the group of pictures before a stretch to its first frame, when motion may have begun in there."""
        start = max((key for key in keys if self.span.start <= key < stretch.start), default=stretch.start)
        if start == stretch.start or not may_have_begun_before(runs[0]):
            return []
        end = stretch.start + 1 / self.heard.rule.target_fps
        watch = self._begin(Span(start, end))
        try:
            watch.go_to(end)
        except Unusable:
            return []
        return [watch.finish()]

    def _leap(self, watch: _Watch, at: Seconds, rest: Span) -> _Watch | None:
        """Watch on until persons clearly move, then the beginning of the rest; None when all has to be watched up to there."""
        for pause in pauses_before(at, rest.start):
            watch.go_to(pause)
            if move_at_end(watch.seen_so_far()):
                return self._look_ahead(rest)
        return None

    def _look_ahead(self, rest: Span) -> _Watch | None:
        """A watch that began where a leap lands; None when nobody clearly moves there."""
        ahead = self._begin(rest)
        try:
            for pause in pauses_behind(rest.start):
                ahead.go_to(pause)
                if move_at_start(ahead.seen_so_far()):
                    return ahead
        except Unusable:
            return None
        return None

    def _begin(self, span: Span) -> _Watch:
        return _Watch(lane=self, frames=self.reader.frames(self.file, span, self.heard.rule.target_fps))

    def look_at(self, watcher: MoverWatcher, frame: SampledFrame) -> None:
        """Show a frame to a watcher, and answer what it asks."""
        self.pace.tell(frame.time)
        questions = watcher.feed(frame.time, frame.luma(self.heard.rule.long_side_px))
        if not questions:
            return
        picture = frame.view(LOOK_LONG_SIDE_PX)
        crops = [question.crop_from(picture) for question in questions]
        answers = self.model.find_boxes([crop.picture for crop in crops])
        for question, crop, people in zip(questions, crops, answers, strict=True):
            watcher.answer(question, crop.in_luma(people), self.model.certainty)


@dataclass(slots=True)
class _Pace:
    """Tells progress by the furthest moment that was looked at, since looking ahead may be for nothing."""

    progress: Progress
    span: Span
    reached: Seconds = Fraction(0)

    def tell(self, time: Seconds) -> None:
        """A moment is looked at."""
        self.reached = max(self.reached, min(time, self.span.end) - self.span.start)
        self.progress.advance("analyse", float(self.reached), float(self.span.length))


@dataclass(slots=True, kw_only=True)
class _Watch:
    """A watch that can pause: frames still to come, and the one that was decoded too early."""

    lane: _Lane
    frames: Iterator[SampledFrame]
    watcher: MoverWatcher = field(default_factory=MoverWatcher)
    held: SampledFrame | None = None

    def go_to(self, time: Seconds) -> None:
        """Watch all frames before a moment. Raises Unusable when nothing decodes."""
        while True:
            frame = self.held or next(self.frames, None)
            self.held = frame
            if frame is None or frame.time >= time:
                return
            self.held = None
            self.lane.look_at(self.watcher, frame)

    def seen_so_far(self) -> list[MotionSample]:
        """What persons did lately."""
        return self.watcher.seen_so_far()

    def finish(self) -> list[MotionSample]:
        """All that was seen."""
        return self.watcher.finish()
