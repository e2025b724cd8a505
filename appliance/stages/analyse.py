"""A stretch of a recording arrives. A glance at its key frames finds what may move; there, what moves by itself is followed, and
a pose model is asked whether it is a person. Motion samples leave, kept as an artefact; pixels do not."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from appliance.algorithms.glancing import Glancer
from appliance.algorithms.mover_watching import MoverWatcher
from appliance.algorithms.seaming import sew_chunks
from appliance.algorithms.still_filling import fill_still
from appliance.domain.errors import Unusable
from appliance.domain.facts import ChunkAnalysed, ChunkPlanned, Fact
from appliance.domain.media import MediaFile
from appliance.domain.motion import MotionSample
from appliance.domain.timespan import Span
from appliance.ports import ArtefactStore, FrameReader, Luma, PoseModel, Progress, SampledFrame

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
    lane = _Lane(heard=heard, file=heard.recording.files[chunk.file_index], reader=reader, model=model, progress=progress)
    samples, remarks = lane.watch(Span(chunk.span.start - chunk.lead, chunk.span.end))
    name = artefacts.save_samples(
        f"{chunk.recording_id}-{chunk.index:05}", fill_still(samples, chunk.span, heard.rule.target_fps)
    )
    return [ChunkAnalysed(recording_id=chunk.recording_id, chunk_index=chunk.index, features=name, remarks=remarks)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lane:
    """One chunk with all that is needed to watch it."""

    heard: ChunkPlanned
    file: MediaFile
    reader: FrameReader
    model: PoseModel
    progress: Progress

    def watch(self, span: Span) -> tuple[list[MotionSample], tuple[str, ...]]:
        """Motion samples of every stretch of `span` that stirs, and remarks. Raises Unusable when none of them decodes."""
        stretches = self._glance(span)
        watched: list[list[MotionSample]] = []
        refusals: list[Unusable] = []
        for stretch in stretches:
            try:
                watched.append(self._watch_stretch(stretch, span))
            except Unusable as refusal:
                refusals.append(refusal)
        if refusals and len(refusals) == len(stretches):
            raise refusals[0]
        self.progress.advance("analyse", float(span.length), float(span.length))
        return sew_chunks(watched), (*self.reader.remarks(), *(refusal.why for refusal in refusals))

    def _glance(self, span: Span) -> tuple[Span, ...]:
        glancer = Glancer(self.file.video)
        for frame, spent_bytes in self.reader.key_frames(self.file, span, GLANCE_GAP):
            glancer.feed(frame.time, frame.luma(self.heard.rule.long_side_px), spent_bytes)
        return glancer.finish(span)

    def _watch_stretch(self, stretch: Span, span: Span) -> list[MotionSample]:
        watcher = MoverWatcher()
        for frame in self.reader.frames(self.file, stretch, self.heard.rule.target_fps):
            self._watch_frame(watcher, frame.luma(self.heard.rule.long_side_px), frame)
            self.progress.advance("analyse", float(min(frame.time, span.end) - span.start), float(span.length))
        return watcher.finish()

    def _watch_frame(self, watcher: MoverWatcher, luma: Luma, frame: SampledFrame) -> None:
        questions = watcher.feed(frame.time, luma)
        if not questions:
            return
        picture = frame.picture(LOOK_LONG_SIDE_PX)
        crops = [question.crop_from(picture) for question in questions]
        answers = self.model.find_boxes([crop.picture for crop in crops])
        for question, crop, people in zip(questions, crops, answers, strict=True):
            watcher.answer(question, crop.in_luma(people), self.model.certainty)
