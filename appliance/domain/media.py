"""What a recording is: one or more files that follow each other on one clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from appliance.domain.timespan import Seconds, Span

#: How the remark on a file ends that holds less than its header says, as a copy does that was broken off.
CUT_OFF = "the rest is missing"


class Transfer(StrEnum):
    """How light became numbers; what is not SDR must be tone-mapped before people see it."""

    SDR = "sdr"
    PQ = "pq"
    HLG = "hlg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orientation:
    """How stored pictures become upright ones: rotate clockwise by `turn_deg` (0, 90, 180, 270), then mirror left to right."""

    turn_deg: int = 0
    mirrored: bool = False

    @property
    def swaps_sides(self) -> bool:
        """Whether width and height change places."""
        return self.turn_deg in (90, 270)


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoTrack:
    """The picture track that is watched and cut.

    width_px, height_px: stored size, before orientation and pixel aspect are applied.
    pixel_aspect: width over height of one stored pixel.
    frame_rate_hz: average rate; `variable_rate` says that frames are not evenly spaced.
    """

    index: int
    codec: str
    width_px: int
    height_px: int
    frame_rate_hz: Fraction
    time_base: Fraction
    pixel_aspect: Fraction = Fraction(1)
    orientation: Orientation = Orientation()
    variable_rate: bool = False
    interlaced: bool = False
    bit_depth: int = 8
    transfer: Transfer = Transfer.SDR

    @property
    def display_size_px(self) -> tuple[int, int]:
        """Width and height as people see it: pixel aspect applied, then orientation."""
        width = max(2, round(self.width_px * self.pixel_aspect))
        return (self.height_px, width) if self.orientation.swaps_sides else (width, self.height_px)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioTrack:
    """The sound track that goes into the reel."""

    index: int
    codec: str
    sample_rate_hz: int
    channels: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFile:
    """One file of a recording.

    offset: where its first picture lies on the recording's clock. first_picture: the same on the file's own clock.
    duration: seconds of picture that its packets really cover, whatever the header says.
    proxy: a low-resolution twin with the same timeline, analysed in its place. remarks: what is odd, in words for people.
    """

    path: Path
    container: str
    size_bytes: int
    duration: Seconds
    video: VideoTrack
    audio: AudioTrack | None = None
    offset: Seconds = Fraction(0)
    first_picture: Seconds = Fraction(0)
    proxy: MediaFile | None = None
    remarks: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """What this file covers on the recording's clock."""
        return Span(self.offset, self.offset + self.duration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A whole recording: files in order, without gaps between them. Name is what people would call it, without suffix."""

    id: str
    name: str
    files: tuple[MediaFile, ...]

    @property
    def duration(self) -> Seconds:
        """Seconds of picture over all files."""
        return sum((file.duration for file in self.files), Fraction(0))

    @property
    def span(self) -> Span:
        """[0, duration)."""
        return Span(Fraction(0), self.duration)

    @property
    def remarks(self) -> tuple[str, ...]:
        """Everything odd about its files, each with the file's name in front."""
        return tuple(f"{file.path.name}: {remark}" for file in self.files for remark in file.remarks)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureGroup:
    """A key frame and the packets up to the next one. stamps: when each is shown, in decoding order, on the file's own clock.

    intact: decoding may begin at its key frame, and no packet is marked as damaged or as not to be shown.
    """

    stamps: tuple[Seconds, ...]
    intact: bool = True

    @property
    def start(self) -> Seconds:
        """When its key frame is shown."""
        return self.stamps[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureRun:
    """Groups of pictures that follow each other in one file.

    end: when the key frame behind the last group is shown; None when the file ends there. pixel_format: FFmpeg's name of it.
    setup: what the container tells decoders in advance.
    """

    groups: tuple[PictureGroup, ...]
    end: Seconds | None
    pixel_format: str
    setup: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A stretch of one file that is analysed in one go. `span` is on the recording's clock; `lead` seconds before it
    are watched as well, so that motion at its first frame has something to be compared with."""

    recording_id: str
    index: int
    file_index: int
    span: Span
    lead: Seconds = Fraction(0)
