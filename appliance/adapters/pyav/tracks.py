"""Which of a file's tracks are watched and heard, and what their headers and first pictures say about them."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from itertools import islice

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.sidedata.sidedata import SideData, Type
from av.stream import Discard, Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from appliance.algorithms.frame_spacing import FrameSpacing
from appliance.algorithms.orienting import is_quarter_turn, orientation_from_matrix
from appliance.domain.media import AudioTrack, Transfer, VideoTrack

#: color_trc of frames and codecs. Source: ITU-T H.273, table 3 (transfer characteristics 16 and 18).
_TRANSFERS = {16: Transfer.PQ, 18: Transfer.HLG}
#: Field orders that mean interlaced. Source: FFmpeg, libavcodec/defs.h, AVFieldOrder (2 to 5).
_INTERLACED = range(2, 6)
_SANE_ASPECT = (Fraction(1, 4), Fraction(4))
#: Tracks that are there to be shown in lists, not played.
_PICTURES = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
#: Sound that has not decoded after this many packets is not going to.
_TRIED_PACKETS = 50


def picture_tracks(container: InputContainer) -> list[VideoStream]:
    """Video tracks that may be the recording, best first: marked as default, most frames, largest picture."""
    moving = [stream for stream in container.streams.video if not stream.disposition & _PICTURES]
    # Phones mark a photo's two-frame track as default too: a mark counts only where the track is about as long as any.
    most = max((stream.frames for stream in moving), default=0)

    def rank(stream: VideoStream) -> tuple[bool, bool, int, int, int]:
        known = stream.codec_context is not None
        default = bool(stream.disposition & Disposition.default) and stream.frames * 2 >= most
        pixels = stream.codec_context.width * stream.codec_context.height if known else 0
        return (not known, not default, -stream.frames, -pixels, stream.index)

    return sorted(moving, key=rank)


def video_track(stream: VideoStream, frame: VideoFrame, spacing: FrameSpacing) -> VideoTrack:
    """The track as its first decoded picture shows it; headers fill in what a picture does not say."""
    codec = stream.codec_context
    aspect = stream.sample_aspect_ratio or Fraction(1)
    transfers = (_TRANSFERS.get(int(value)) for value in (frame.color_trc, codec.color_trc))
    return VideoTrack(
        index=stream.index,
        codec=codec.codec.canonical_name,
        width_px=frame.width,
        height_px=frame.height,
        frame_rate_hz=spacing.rate_hz,
        time_base=stream.time_base or Fraction(1, 1000),
        pixel_aspect=aspect if _SANE_ASPECT[0] <= aspect <= _SANE_ASPECT[1] else Fraction(1),
        orientation=orientation_from_matrix(_matrix_of(frame)),
        variable_rate=not spacing.even,
        interlaced=frame.interlaced_frame or int(codec.field_order) in _INTERLACED,
        bit_depth=max(component.bits for component in frame.format.components),
        transfer=next((transfer for transfer in transfers if transfer), Transfer.SDR),
    )


def track_remarks(stream: VideoStream, frame: VideoFrame) -> tuple[str, ...]:
    """What is odd about how the pictures are to be shown."""
    aspect = stream.sample_aspect_ratio or Fraction(1)
    remarks = []
    if not is_quarter_turn(_matrix_of(frame)):
        remarks.append("it asks to be turned by an odd angle; the nearest quarter turn is used")
    if not _SANE_ASPECT[0] <= aspect <= _SANE_ASPECT[1]:
        remarks.append(f"it claims pixels {float(aspect):.2f} times as wide as high; square ones are assumed")
    return tuple(remarks)


def sound_track(container: InputContainer) -> tuple[AudioTrack | None, tuple[str, ...]]:
    """The first track of sound that decodes, and a remark when there are some but none does."""
    for stream in container.streams.audio:
        if _decodes(container, stream):
            codec = stream.codec_context
            name = codec.codec.canonical_name
            return AudioTrack(index=stream.index, codec=name, sample_rate_hz=codec.sample_rate, channels=codec.channels), ()
    return None, ("its sound cannot be decoded and is left out",) if container.streams.audio else ()


def _decodes(container: InputContainer, stream: AudioStream) -> bool:
    if stream.codec_context is None or not stream.codec_context.sample_rate or not stream.codec_context.channels:
        return False
    for other in container.streams:
        other.discard = Discard.default if other.index == stream.index else Discard.all
    with suppress(av.FFmpegError):  # a container that cannot seek still stands near its beginning
        container.seek(0)
    try:
        for packet in islice(container.demux(stream), _TRIED_PACKETS):
            if _frames_in(packet):
                return True
    except av.FFmpegError:
        return False
    return False


def _frames_in(packet: av.Packet[AudioStream]) -> int:
    try:
        return len(packet.decode())
    except av.FFmpegError:
        return 0


def _matrix_of(frame: VideoFrame) -> list[int]:
    """The display matrix, or the one that leaves everything as it is."""
    side = frame.side_data.get(Type.DISPLAYMATRIX.name)
    if not isinstance(side, SideData):
        return [1, 0, 0, 0, 1, 0, 0, 0, 1]
    return [int(value) for value in np.frombuffer(bytes(side), np.dtype("<i4"))[:9]]
