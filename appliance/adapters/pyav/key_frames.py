"""Decodes key frames and nothing else: a glance at a recording for a hundredth of the price of watching it."""

from __future__ import annotations

from collections.abc import Iterator

import av
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from appliance.adapters.pyav.extent import go_to
from appliance.adapters.pyav.opening import opened, packets_of
from appliance.adapters.pyav.sampled_frame import PyavFrame
from appliance.domain.media import MediaFile
from appliance.domain.timespan import Seconds, Span


def read_key_frames(source: MediaFile, span: Span, zero_at: Seconds, least_gap: Seconds) -> Iterator[tuple[PyavFrame, int]]:
    """Key frames from the last at or before `span` to the first after it, and the bytes of the pictures since the one before.

    Args:
        source: the file that is opened.
        span: on the recording's clock.
        zero_at: where the file's stamp 0 lies on that clock.
        least_gap: key frames that follow another sooner are left out.

    Raises:
        Transient: the file could not be read this time.
    """
    converter, base = VideoReformatter(), source.video.time_base
    with opened(source.path) as container:
        stream = container.streams[source.video.index]
        if not isinstance(stream, VideoStream) or not go_to(container, stream, int((span.start - zero_at) / base)):
            return
        stream.codec_context.thread_count = 1
        stream.codec_context.skip_frame = "NONKEY"
        spent: dict[int, int] = {}
        limits = (int(least_gap / base), int((span.end - zero_at) / base))
        for frame in _decoded(_spaced(packets_of(container, stream), limits, spent), stream):
            if frame.pts is not None:
                shown = PyavFrame(time=frame.pts * base + zero_at, frame=frame, track=source.video, converter=converter)
                yield shown, spent.pop(frame.pts, 0)


def _spaced(
    packets: Iterator[av.Packet[VideoStream]], limits: tuple[int, int], spent: dict[int, int]
) -> Iterator[av.Packet[VideoStream]]:
    """Key packets far enough apart, up to the first at or after the end; `spent` notes what lies before each, by its stamp."""
    (least_gap_pts, end_pts), last, between = limits, None, 0
    for packet in packets:
        if not packet.is_keyframe or packet.pts is None or packet.size == 0 or not _is_due(packet.pts, last, least_gap_pts):
            between += packet.size
            continue
        last, spent[packet.pts], between = packet.pts, between, 0
        yield packet
        if packet.pts >= end_pts:
            return


def _is_due(pts: int, last_pts: int | None, least_gap_pts: int) -> bool:
    return last_pts is None or pts - last_pts >= least_gap_pts


def _decoded(packets: Iterator[av.Packet[VideoStream]], stream: VideoStream) -> Iterator[VideoFrame]:
    for packet in packets:
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue
        yield from (frame for frame in frames if isinstance(frame, VideoFrame))
    try:
        yield from (frame for frame in stream.codec_context.decode(None) if isinstance(frame, VideoFrame))
    except av.FFmpegError:
        return
