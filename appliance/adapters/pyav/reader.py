"""Decodes a stretch of a file at a steady rate, past damage, without decoding pictures that nobody will look at."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from pathlib import Path

import av
from av.codec.context import ThreadType
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from appliance.adapters.pyav.extent import DECODING_STAMPS_ONLY, seek
from appliance.adapters.pyav.key_frames import read_key_frames
from appliance.adapters.pyav.open_files import OpenFiles
from appliance.adapters.pyav.opening import opened, packets_of
from appliance.adapters.pyav.sampled_frame import PyavFrame
from appliance.adapters.pyav.thinning import may_be_thinned, thinned
from appliance.algorithms.packet_reading import PacketReader, packet_reader_for
from appliance.algorithms.sampling import SamplingGrid, grid_for
from appliance.algorithms.stamp_mending import StampMender
from appliance.domain.errors import Unusable
from appliance.domain.media import MediaFile
from appliance.domain.timespan import Seconds, Span

#: Packets looked ahead, and stamps remembered, to know which picture is shown before another. Source: as many as H.264 lets
#: wait for their turn (A.3.1: 16).
REORDERED = 16
#: Seconds that a seek goes back further each time it came out too late, as it may in streams without an index.
RETREATS_S = (0, 2, 10, 60)
#: Pictures missing at the end that are worth a remark.
EARLY_END_S = Fraction(1)


@dataclass(slots=True)
class _Tally:
    """What went wrong while one stretch was read."""

    damaged: int = 0
    backward: int = 0
    end_pts: int | None = None
    reached_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """What is read: the file that is opened for it, the span in the recording's clock, and the sampling grid. is_thin: B pictures
    are left out."""

    source: MediaFile
    span: Span
    offset: Fraction
    grid: SamplingGrid
    is_thin: bool = False

    @property
    def first_pts(self) -> int:
        """Stamp of the file's first picture."""
        return int(self.source.first_picture / self.source.video.time_base)

    @property
    def is_beginning(self) -> bool:
        """Whether it begins where the file does."""
        return int(self.grid.start_pts) <= self.first_pts


@dataclass(slots=True, kw_only=True)
class PyavReader:
    """A frame reader on FFmpeg's libraries.

    threads: decoder threads; one is best when chunks are read side by side. deblocking: False leaves the codec's deblocking
    filter out, which is faster by a tenth to a third and lets pictures drift until the next key picture.
    """

    threads: int = 1
    deblocking: bool = True
    _remarks: list[str] = field(default_factory=list)
    _files: OpenFiles = field(init=False)
    _thin: tuple[tuple[Path, int, Fraction], bool] | None = None

    def __post_init__(self) -> None:
        self._files = OpenFiles(self._opened)

    @property
    def reads_side_by_side(self) -> bool:
        """See `ports.FrameReader`: each stretch has its own decoder."""
        return True

    def frames(self, file: MediaFile, span: Span, rate_hz: Fraction) -> Iterator[PyavFrame]:
        """Frames within `span` of the recording's clock, the first at or after each tick k / rate_hz.

        Raises:
            Unusable: nothing in the span decodes. Transient: the file could not be read this time.
        """
        source = file.proxy or file
        zero_at = file.offset - source.first_picture
        grid = grid_for(span, rate_hz, time_base=source.video.time_base, zero_at=zero_at)
        stretch = _Stretch(source=source, span=span, offset=zero_at, grid=grid, is_thin=self._is_thin(source, rate_hz))
        tally = _Tally()
        try:
            with self._file_for(stretch) as container:
                yield from self._sampled(container, stretch, tally)
        except GeneratorExit:
            self._note_damage(tally)
            raise
        self._note(stretch, tally)

    def key_frames(self, file: MediaFile, span: Span, least_gap: Seconds) -> Iterator[tuple[PyavFrame, int]]:
        """Key frames around and within `span`, decoded alone, at least `least_gap` apart, and the bytes between them.

        Raises:
            Transient: the file could not be read this time.
        """
        source = file.proxy or file
        if not _needs_all(source):
            yield from read_key_frames(source, span, file.offset - source.first_picture, least_gap)

    def remarks(self) -> tuple[str, ...]:
        """What went wrong since the last call, in words for people. Files that stayed open are closed."""
        self._files.close()
        noted, self._remarks = tuple(self._remarks), []
        return noted

    def _is_thin(self, source: MediaFile, rate_hz: Fraction) -> bool:
        """Whether B pictures are left out; proved once for the file that is read."""
        asked = (source.path, source.size_bytes, rate_hz)
        if self._thin is None or self._thin[0] != asked:
            self._thin = asked, not _needs_all(source) and may_be_thinned(source, rate_hz)
        return self._thin[1]

    def _file_for(self, stretch: _Stretch) -> AbstractContextManager[InputContainer]:
        """The file, open: fresh where reading begins at its beginning, because not every container can be sent back there."""
        path = stretch.source.path
        return self._opened(path) if stretch.is_beginning else self._files.borrow(path)

    def _opened(self, path: Path) -> AbstractContextManager[InputContainer]:
        """How a file is opened; readers on other devices open it otherwise."""
        return opened(path)

    def _sampled(self, container: InputContainer, stretch: _Stretch, tally: _Tally) -> Iterator[PyavFrame]:
        stream = self._prepared(container, stretch.source)
        converter = VideoReformatter()
        shown_before: int | None = None
        for pts, frame in _in_showing_order(_frames_from(container, stream, stretch, tally), stretch, tally):
            if pts >= stretch.grid.end_pts:
                tally.reached_end = True
                return
            if stretch.grid.is_inside(pts) and stretch.grid.is_sampled(pts, shown_before):
                time = pts * stretch.source.video.time_base + stretch.offset
                yield self._shown(PyavFrame(time=time, frame=frame, track=stretch.source.video, converter=converter))
            shown_before = pts

    def _shown(self, frame: PyavFrame) -> PyavFrame:
        """How a frame is handed out; readers on other devices leave it there."""
        return frame

    def _prepared(self, container: InputContainer, source: MediaFile) -> VideoStream:
        stream = container.streams[source.video.index]
        if not isinstance(stream, VideoStream):
            raise Unusable(f"{source.path.name} has changed since it was looked at", remedy="Start again.")
        if stream.codec_context.is_open:
            return stream
        stream.codec_context.thread_count = self.threads
        stream.codec_context.thread_type = ThreadType.AUTO if self.threads != 1 else ThreadType.SLICE
        if not self.deblocking:
            stream.codec_context.options = {"skip_loop_filter": "all"}
        return stream

    def _note(self, stretch: _Stretch, tally: _Tally) -> None:
        """Remarks for what was passed over. Raises Unusable when there was nothing but damage."""
        name, base = stretch.source.path.name, stretch.source.video.time_base
        if tally.end_pts is None:
            where = f"between {float(stretch.span.start):.1f} and {float(stretch.span.end):.1f} s"
            raise Unusable(f"nothing in {name} {where} can be decoded", remedy="Copy it from the card again.")
        self._note_damage(tally)
        ends_at = tally.end_pts * base + stretch.offset
        missing = stretch.span.end - ends_at
        if not tally.reached_end and missing > EARLY_END_S:
            self._remarks.append(f"its pictures end at {float(ends_at):.1f} s, {float(missing):.1f} s early")

    def _note_damage(self, tally: _Tally) -> None:
        """What was passed over, also of a stretch that nobody reads to its end."""
        if tally.damaged:
            self._remarks.append(f"{tally.damaged} damaged pieces were passed over")
        if tally.backward:
            self._remarks.append(f"{tally.backward} pictures were passed over because their time stamps do not rise")


def _frames_from(container: InputContainer, stream: VideoStream, stretch: _Stretch, tally: _Tally) -> Iterator[VideoFrame]:
    """Decoded frames from at or before the start of the span, as far back as it takes, to the end of the file."""
    first_pts, start = stretch.first_pts, int(stretch.grid.start_pts)
    if stretch.is_beginning:
        yield from _decoded(container, stream, stretch, tally)
        return
    for retreat_s in RETREATS_S:
        target = max(first_pts, start - int(retreat_s / stretch.source.video.time_base))
        if not seek(container, stream, target):
            break
        tally.damaged = 0
        frames = _decoded(container, stream, stretch, tally)
        first = next(frames, None)
        if first is not None and (first.pts is None or first.pts <= start):
            yield from chain((first,), frames)
            return
        if target == first_pts:
            break
    yield from _from_the_beginning(stretch, tally)


def _from_the_beginning(stretch: _Stretch, tally: _Tally) -> Iterator[VideoFrame]:
    """For containers that cannot seek, or not to where they begin."""
    with opened(stretch.source.path) as container:
        stream = container.streams[stretch.source.video.index]
        if isinstance(stream, VideoStream):
            yield from _decoded(container, stream, stretch, tally)


def _decoded(container: InputContainer, stream: VideoStream, stretch: _Stretch, tally: _Tally) -> Iterator[VideoFrame]:
    codec = stream.codec_context
    reader = None if _needs_all(stretch.source) else packet_reader_for(codec.codec.canonical_name, codec.extradata)
    packets: Iterable[av.Packet[VideoStream]] = packets_of(container, stream)
    if reader is not None:
        packets = thinned(packets, reader) if stretch.is_thin else _needed(packets, stretch.grid, reader)
    for packet in packets:
        try:
            frames = packet.decode()
        except av.FFmpegError:
            tally.damaged += 1
            continue
        yield from (frame for frame in frames if isinstance(frame, VideoFrame))


def _needs_all(source: MediaFile) -> bool:
    """Whether no packet may be left out: interlaced pictures may come as two, a field each, and where packets carry decoding
    stamps only, they do not tell what is shown when."""
    return source.video.interlaced or source.container in DECODING_STAMPS_ONLY


def _needed(
    packets: Iterable[av.Packet[VideoStream]], grid: SamplingGrid, reader: PacketReader
) -> Iterator[av.Packet[VideoStream]]:
    """All packets but those that no other needs and that are not the first in their cell of the grid: leaving them out
    changes no sampled picture."""
    ahead: deque[av.Packet[VideoStream]] = deque()
    known: deque[int] = deque(maxlen=3 * REORDERED)
    for packet in packets:
        ahead.append(packet)
        if (stamp := packet.pts) is not None:
            known.append(stamp)
        if len(ahead) > REORDERED and not _is_idle(oldest := ahead.popleft(), known, grid, reader):
            yield oldest
    yield from (packet for packet in ahead if not _is_idle(packet, known, grid, reader))


def _is_idle(packet: av.Packet[VideoStream], known: Iterable[int], grid: SamplingGrid, reader: PacketReader) -> bool:
    if packet.pts is None or packet.size == 0 or not reader.is_disposable(memoryview(packet)):
        return False
    before = max((stamp for stamp in known if stamp < packet.pts), default=None)
    return before is not None and not grid.is_sampled(packet.pts, before)


def _in_showing_order(frames: Iterable[VideoFrame], stretch: _Stretch, tally: _Tally) -> Iterator[tuple[int, VideoFrame]]:
    """Frames with rising stamps; those whose stamp does not rise are passed over."""
    video = stretch.source.video
    interval = max(1, round(1 / (video.frame_rate_hz * video.time_base)))
    counts_decoding = stretch.source.container in DECODING_STAMPS_ONLY
    mender = StampMender(start=int(stretch.grid.start_pts), interval=interval, counts_decoding=counts_decoding)
    for frame in frames:
        pts = mender.feed(frame.pts, frame.dts)
        if pts is None:
            tally.backward += 1
            continue
        tally.end_pts = pts + (frame.duration or interval)
        yield pts, frame
