"""What tools have to say while they work, put beside what the reader says of the footage, so that it reaches people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from appliance.domain.media import MediaFile
from appliance.domain.timespan import Seconds, Span
from appliance.ports import FrameReader, SampledFrame

Say = Callable[[str], None]
#: More different remarks than this about one stretch tell nobody anything new.
MOST = 20


class Remarks:
    """Collects what is said, each thing once, and passes it on to whoever listens at once."""

    def __init__(self, say: Say | None = None) -> None:
        self._say = say
        self._told: list[str] = []

    def hear(self, remark: str) -> None:
        """Take a remark, in words for people."""
        if remark not in self._told and len(self._told) < MOST:
            self._told.append(remark)
            if self._say is not None:
                self._say(remark)

    def take(self) -> tuple[str, ...]:
        """All since the last call."""
        told, self._told = tuple(self._told), []
        return told


class RemarkingReader:
    """A frame reader that also says what the tools beside it had to say."""

    def __init__(self, reader: FrameReader, remarks: Remarks) -> None:
        self._reader, self._remarks = reader, remarks

    @property
    def reads_side_by_side(self) -> bool:
        """See `ports.FrameReader`."""
        return self._reader.reads_side_by_side

    def frames(self, file: MediaFile, span: Span, rate_hz: Fraction) -> Iterator[SampledFrame]:
        """See `ports.FrameReader`."""
        return self._reader.frames(file, span, rate_hz)

    def key_frames(self, file: MediaFile, span: Span, least_gap: Seconds) -> Iterator[tuple[SampledFrame, int]]:
        """See `ports.FrameReader`."""
        return self._reader.key_frames(file, span, least_gap)

    def remarks(self) -> tuple[str, ...]:
        """See `ports.FrameReader`."""
        return (*self._reader.remarks(), *self._remarks.take())
