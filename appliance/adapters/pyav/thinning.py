"""Proves, on a recording's first pictures, that those made from others before and after them (B pictures) may stay undecoded."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import islice, pairwise

import av
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from appliance.adapters.pyav.opening import opened, packets_of
from appliance.algorithms.packet_reading import PacketReader, packet_reader_for
from appliance.domain.errors import RinkreelError
from appliance.domain.media import MediaFile
from appliance.domain.timespan import Seconds

#: Packets that are decoded twice for the proof: a dozen pictures that stay, at least, wherever three B pictures stand in a row.
PROOF_PACKETS = 48
#: Shorter recordings are watched in less time than the proof would save.
WORTH_IT_FROM: Seconds = Fraction(30)
#: What stays may lie this much further apart than what is asked for: three B pictures in a row leave 7.5 of 30 a second.
_LONGEST_STEP = Fraction(3, 2)


def may_be_thinned(source: MediaFile, rate_hz: Fraction) -> bool:
    """Whether all B pictures may be left out: every other picture of the proof comes out the same, to the bit, without them, and
    there are about as many of those as are asked for.

    Encoders are free to make other pictures from B pictures, and x264 does where it refers to more than one: found out here.
    """
    if source.video.codec != "h264" or source.duration < WORTH_IT_FROM:
        return False
    try:
        with opened(source.path) as container:
            stream = container.streams[source.video.index]
            return isinstance(stream, VideoStream) and _is_proved(
                stream, islice(packets_of(container, stream), PROOF_PACKETS), rate_hz
            )
    except (av.FFmpegError, RinkreelError):
        # Whoever reads on will say what is wrong.
        return False


def thinned(packets: Iterable[av.Packet[VideoStream]], reader: PacketReader) -> Iterator[av.Packet[VideoStream]]:
    """All but B pictures."""
    return (packet for packet in packets if packet.size == 0 or not reader.lies_between(memoryview(packet)))


def _is_proved(stream: VideoStream, first: Iterable[av.Packet[VideoStream]], rate_hz: Fraction) -> bool:
    codec = stream.codec_context
    reader = packet_reader_for(codec.codec.canonical_name, codec.extradata)
    if reader is None or stream.time_base is None:
        return False
    packets = [packet for packet in first if packet.size]
    kept = list(thinned(packets, reader))
    stamps = sorted(packet.pts for packet in kept if packet.pts is not None)
    if len(kept) == len(packets) or len(stamps) < 2:
        return False
    if max(after - before for before, after in pairwise(stamps)) * stream.time_base > _LONGEST_STEP / rate_hz:
        return False
    whole, thin = _prints_of(codec, packets), _prints_of(codec, kept)
    return len(thin) == len(stamps) and all(whole.get(stamp) == seen for stamp, seen in thin.items())


def _prints_of(codec: VideoCodecContext, packets: Sequence[av.Packet[VideoStream]]) -> dict[int, int]:
    """A checksum of each decoded picture's luma, by its stamp."""
    decoder = av.CodecContext.create(codec.name, "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.extradata, decoder.thread_count = codec.extradata, 1
    # One picture at a time: a second and a half of them would take 150 MB.
    frames = (frame for packet in [*packets, None] for frame in decoder.decode(packet))
    return {frame.pts: _print_of(frame) for frame in frames if isinstance(frame, VideoFrame) and frame.pts is not None}


def _print_of(frame: VideoFrame) -> int:
    plane = frame.planes[0]
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    # Rows end in padding, where anything may lie; samples of more than eight bits take two bytes.
    used = plane.width * (2 if frame.format.components[0].bits > 8 else 1)
    return zlib.crc32(rows[: plane.height, :used].tobytes())
