"""Several frame readers, best first: where one gives up the next goes on, from the very picture on, and that is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from appliance.domain.errors import RinkreelError
from appliance.domain.media import MediaFile
from appliance.domain.timespan import Seconds, Span
from appliance.ports import FrameReader, SampledFrame

#: A reader that never showed a picture of a kind of file, this often in a row, is not asked about that kind again.
PATIENCE = 2


@dataclass(frozen=True, slots=True)
class Step:
    """A reader with its name, as remarks have it."""

    name: str
    reader: FrameReader


class ReaderLadder:
    """Implements `ports.FrameReader` over other readers. The last one has the last word: what it raises is raised."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps, self._last = tuple(steps[:-1]), steps[-1]
        self._remarks: list[str] = []
        self._failures: dict[tuple[str, str], int] = {}

    @property
    def reads_side_by_side(self) -> bool:
        """See `ports.FrameReader`: when all do, since any of them may have to go on."""
        return all(step.reader.reads_side_by_side for step in (*self._steps, self._last))

    def frames(self, file: MediaFile, span: Span, rate_hz: Fraction) -> Iterator[SampledFrame]:
        """See `ports.FrameReader`."""
        video, start = (file.proxy or file).video, span.start
        followers = (*self._steps[1:], self._last)
        for step, follower in zip(self._steps, followers, strict=True):
            kind = (step.name, video.codec)
            if self._failures.get(kind, 0) >= PATIENCE:
                continue
            try:
                for frame in step.reader.frames(file, Span(start, span.end), rate_hz):
                    self._failures[kind] = 0
                    start = frame.time + video.time_base
                    yield frame
            except RinkreelError as failure:
                self._note(step, follower, failure, start)
                if start == span.start:
                    self._failures[kind] = self._failures.get(kind, 0) + 1
                if start >= span.end:
                    return
            else:
                return
        yield from self._last.reader.frames(file, Span(start, span.end), rate_hz)

    def key_frames(self, file: MediaFile, span: Span, least_gap: Seconds) -> Iterator[tuple[SampledFrame, int]]:
        """See `ports.FrameReader`; the last reader's, because a glance is no work for a GPU."""
        return self._last.reader.key_frames(file, span, least_gap)

    def remarks(self) -> tuple[str, ...]:
        """See `ports.FrameReader`; the last reader's stand beside what became of the others."""
        told, self._remarks = self._remarks, []
        for step in self._steps:
            told.extend(step.reader.remarks())
        return (*told, *self._last.reader.remarks())

    def _note(self, step: Step, follower: Step, failure: RinkreelError, start: Seconds) -> None:
        remark = f"{step.name} gave up at {float(start):.1f} s, {follower.name} went on: {failure.why}"
        if remark not in self._remarks:
            self._remarks.append(remark)
