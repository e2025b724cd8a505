"""Reads when packets are shown and where decoding may begin, without decoding anything: what copying needs to know."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

import av
from av.video.stream import VideoStream

from appliance.adapters.pyav.extent import seek
from appliance.adapters.pyav.open_files import OpenFiles
from appliance.adapters.pyav.opening import opened, packets_of
from appliance.algorithms.packet_reading import PacketReader, packet_reader_for
from appliance.domain.media import MediaFile, PictureGroup, PictureRun
from appliance.domain.timespan import Seconds, Span


class PyavGroupReader:
    """Implements `ports.PictureGroupReader` on FFmpeg's demuxers."""

    def __init__(self) -> None:
        self._files = OpenFiles(opened)

    def close(self) -> None:
        """See `ports.PictureGroupReader`."""
        self._files.close()

    def read_groups(self, file: MediaFile, span: Span, reach: Seconds) -> PictureRun:
        """See `ports.PictureGroupReader`."""
        # Demuxers search by decoding time and may land a few frames late, so the search starts early.
        early = int((span.start - reach) / file.video.time_base)
        is_beginning = early * file.video.time_base <= file.first_picture
        with opened(file.path) if is_beginning else self._files.borrow(file.path) as container:
            stream = container.streams[file.video.index]
            if not isinstance(stream, VideoStream):
                return PictureRun(groups=(), end=None, pixel_format="", setup=b"")
            codec = stream.codec_context
            collector = _Collector(reader=packet_reader_for(file.video.codec, codec.extradata), base=file.video.time_base)
            if is_beginning or seek(container, stream, early):
                collector.take(packets_of(container, stream), span, reach)
            return PictureRun(
                groups=collector.finished(), end=collector.end, pixel_format=codec.pix_fmt or "", setup=codec.extradata or b""
            )


@dataclass(slots=True)
class _Collector:
    """Sorts packets into groups and forgets those that end before the span."""

    reader: PacketReader | None
    base: Fraction
    end: Seconds | None = None
    _groups: list[tuple[list[Seconds], list[bool]]] = field(default_factory=list)

    def take(self, packets: Iterator[av.Packet[VideoStream]], span: Span, reach: Seconds) -> None:
        """Read up to the first key frame at or after the span's end, or to the end of the file."""
        for packet in packets:
            if packet.size == 0:
                continue
            shown = None if packet.pts is None else packet.pts * self.base
            if packet.is_keyframe and shown is not None:
                if shown >= span.end and self._groups:
                    self.end = shown
                    return
                self._open_group(shown, span)
            if self._groups:
                self._add(packet, shown)
                if shown is not None and shown > span.end + reach:
                    self._groups.clear()  # the end of its last group lies too far away
                    return

    def finished(self) -> tuple[PictureGroup, ...]:
        """The groups that were found, in order."""
        return tuple(PictureGroup(stamps=tuple(stamps), intact=all(sound)) for stamps, sound in self._groups if stamps)

    def _open_group(self, shown: Seconds, span: Span) -> None:
        if shown <= span.start:
            self._groups.clear()
        self._groups.append(([], []))

    def _add(self, packet: av.Packet[VideoStream], shown: Seconds | None) -> None:
        stamps, sound = self._groups[-1]
        fresh = bool(stamps) or (self.reader is not None and self.reader.begins_afresh(memoryview(packet)))
        sound.append(fresh and shown is not None and not packet.is_corrupt and not packet.is_discard)
        if shown is not None:
            stamps.append(shown)
