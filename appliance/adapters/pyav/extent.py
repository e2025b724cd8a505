"""Where a file's pictures really begin and end, read from its packets; headers are only hints of where to look."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from appliance.adapters.pyav.opening import opened, packets_of

#: Packets whose spacing is looked at: four seconds at 30 Hz.
HEAD_PACKETS = 120
#: A track that shows no picture in this many packets shows none.
MAX_DARK_PACKETS = 1000
#: Containers that store no presentation stamps. Source: Microsoft, "AVI RIFF File Reference".
DECODING_STAMPS_ONLY = frozenset({"avi"})
#: The last stamps of a head are not in showing order yet. Source: ITU-T H.264, A.3.1 (at most 16 pictures wait).
REORDERED = 16
#: Files shorter than this are read whole; of longer ones only the end.
TAIL_S = 30
#: Twelve halvings find a lost end to within a 4096th of the file.
BISECTIONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the beginning of a track shows. stamps: of its first packets, without those that may lack a neighbour."""

    frame: VideoFrame
    first_pts: int
    stamps: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """Where the pictures end on the file's clock, in ticks, and whether time ran out before that was certain."""

    end_pts: int
    certain: bool = True


def read_head(container: InputContainer, stream: VideoStream) -> Head | None:
    """Decode the first picture and collect the stamps around it; None when nothing decodes."""
    frame: VideoFrame | None = None
    stamps: list[int] = []
    for count, packet in enumerate(packets_of(container, stream)):
        if (stamp := stamp_of(packet)) is not None:
            stamps.append(stamp)
        frame = frame or next(decode(packet), None)
        if len(stamps) >= HEAD_PACKETS and (frame or count >= MAX_DARK_PACKETS):
            stamps = sorted(stamps)[:-REORDERED]
            break
    if frame is None:
        return None
    own = (frame.dts, frame.pts) if container.format.name in DECODING_STAMPS_ONLY else (frame.pts, frame.dts)
    first = next((pts for pts in (*own, min(stamps, default=0)) if pts is not None), 0)
    return Head(frame=frame, first_pts=first, stamps=tuple(stamp for stamp in stamps if stamp >= first))


def decode(packet: av.Packet[VideoStream]) -> Iterator[VideoFrame]:
    """Pictures that come out of a packet; none when it is damaged."""
    try:
        frames = packet.decode()
    except av.FFmpegError:
        return
    yield from (frame for frame in frames if isinstance(frame, VideoFrame))


def stamp_of(packet: av.Packet[VideoStream]) -> int | None:
    """When a packet's picture is shown, in ticks; None for what is not shown."""
    if packet.size == 0 or packet.is_discard:
        return None
    return packet.pts if packet.pts is not None else packet.dts


def stated_end(container: InputContainer, stream: VideoStream) -> int | None:
    """Where the header says that the track ends, in ticks."""
    time_base = stream.time_base or Fraction(1, 1000)
    if stream.duration:
        return (stream.start_time or 0) + stream.duration
    if container.duration:
        start = (container.start_time or 0) + container.duration
        return int(Fraction(start, av.time_base) / time_base)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtentReader:
    """Finds the end of a track. interval_ticks: how long a picture without a stated length is shown."""

    path: Path
    index: int
    first_pts: int
    interval_ticks: int
    limit_s: float

    def read(self) -> Extent:
        """Look at the stated end; when nothing is there, halve the way to it until the real one is found."""
        with opened(self.path) as container:
            stream = container.streams[self.index]
            assert isinstance(stream, VideoStream)
            deadline = time.monotonic() + self.limit_s
            stated = stated_end(container, stream)
            tail_ticks = int(TAIL_S / (stream.time_base or 1))
            if stated is None or stated - self.first_pts <= tail_ticks:
                return self._read_from(container, stream, None, deadline)
            found = self._read_from(container, stream, stated - tail_ticks // 3, deadline)
            if found.end_pts > self.first_pts:
                return found
            lost_from = self._last_readable(container, stream, stated)
        with opened(self.path) as container:
            stream = container.streams[self.index]
            assert isinstance(stream, VideoStream)
            return self._read_from(container, stream, lost_from, deadline)

    def _read_from(self, container: InputContainer, stream: VideoStream, start: int | None, deadline: float) -> Extent:
        """The largest end among the packets from `start` (None: from the beginning) to the end of the file."""
        end = self.first_pts
        if start is not None and not seek(container, stream, start):
            return Extent(end_pts=end)
        for packet in packets_of(container, stream):
            if (stamp := stamp_of(packet)) is not None:
                end = max(end, stamp + (packet.duration or self.interval_ticks))
            if time.monotonic() > deadline:
                return Extent(end_pts=end, certain=False)
        return Extent(end_pts=end)

    def _last_readable(self, container: InputContainer, stream: VideoStream, stated: int) -> int | None:
        """A place near the last packets that can be read; None for the beginning."""
        low, high = self.first_pts, stated
        for _ in range(BISECTIONS):
            middle = (low + high) // 2
            readable = seek(container, stream, middle) and any(packet.size for packet in packets_of(container, stream))
            low, high = (middle, high) if readable else (low, middle)
        return low if low > self.first_pts else None


def seek(container: InputContainer, stream: VideoStream, pts: int) -> bool:
    """Go to the key picture at or before a stamp; False when the container cannot."""
    try:
        container.seek(pts, stream=stream, backward=True, any_frame=False)
    except av.FFmpegError as error:
        if isinstance(error, OSError) and not isinstance(error, PermissionError):
            raise
        return False
    return True


def go_to(container: InputContainer, stream: VideoStream, pts: int) -> bool:
    """Stand at or before a stamp; at the start of a freshly opened file without a seek. False when the container cannot."""
    return pts <= (stream.start_time or 0) or seek(container, stream, pts)
