"""Copies a stretch of a file, undecoded, in pieces that begin with a key picture, into small files of their own.

A decoder that wants a whole file and no more gets one: no index of an hour of footage, no seeking in transport streams, no share
that stalls under a mapped file. The stamps of all pictures are known beforehand, exactly, so that nothing can be lost in silence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from appliance.adapters.pyav.extent import DECODING_STAMPS_ONLY, go_to
from appliance.adapters.pyav.opening import opened, packets_of
from appliance.adapters.pyav.reader import RETREATS_S
from appliance.domain.errors import Transient
from appliance.domain.media import MediaFile

#: Containers that hold a codec as it is.
_CONTAINERS = {"vp8": "matroska", "mjpeg": "mov"}
_OTHERWISE = "mp4"
#: A piece without a key picture in its middle ends at the latest after so many packets: 17 minutes at 60 Hz.
MOST_PACKETS = 60_000

if TYPE_CHECKING:
    _Packet = av.Packet[VideoStream]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A small file.

    stamps: when each of its pictures is shown, in the source's ticks, rising; those before `end_pts` are its own, later ones are
    there so that the last of its own decode. shown_before: the stamp before its first, where the piece before has it.
    """

    path: Path
    stamps: tuple[int, ...]
    end_pts: int | None
    shown_before: int | None = None

    @property
    def own(self) -> tuple[int, ...]:
        """The stamps that no other piece has."""
        return tuple(stamp for stamp in self.stamps if self.end_pts is None or stamp < self.end_pts)


def copy_pieces(source: MediaFile, bounds_pts: tuple[int, int], folder: Path, least_s: float) -> Iterator[Piece]:
    """Pieces that together hold every picture within the bounds, each at least `least_s` long, made as they are asked for.

    Raises:
        Transient: packets without stamps, or none at all. Others as opening a file does.
    """
    if source.container in DECODING_STAMPS_ONLY:
        raise Transient("its packets do not say when they are shown")
    start_pts, end_pts = bounds_pts
    with opened(source.path) as container:
        stream = container.streams[source.video.index]
        if not isinstance(stream, VideoStream):
            raise Transient(f"{source.path.name} has changed since it was looked at")
        least, shown_before = int(least_s / source.video.time_base), None
        for number, (packets, piece_end) in enumerate(_grouped(_from(container, stream, start_pts), least, end_pts)):
            path = folder / f"piece{number:05}.{_container(source)}"
            _write(path, stream, packets)
            stamps = tuple(sorted(_stamp(packet) for packet in packets))
            piece = Piece(path=path, stamps=stamps, end_pts=piece_end, shown_before=shown_before)
            shown_before = piece.own[-1]
            yield piece


def _from(container: InputContainer, stream: VideoStream, start_pts: int) -> Iterator[_Packet]:
    """Packets from a key picture at or before a stamp on, or from the first in the file. Demuxers search by decoding time and may
    come out too late. Raises Transient when the container cannot be read from the middle."""
    base = stream.time_base or Fraction(1, 1000)
    for retreat_s in RETREATS_S:
        target = max(stream.start_time or 0, start_pts - int(retreat_s / base))
        if not go_to(container, stream, target):
            break
        packets = packets_of(container, stream)
        first = next((packet for packet in packets if packet.size and packet.is_keyframe), None)
        if first is not None and (_stamp(first) <= start_pts or target == (stream.start_time or 0)):
            yield from chain((first,), packets)
            return
    raise Transient("it cannot be read from the middle")


def _grouped(packets: Iterator[_Packet], least: int, end_pts: int) -> Iterator[tuple[list[_Packet], int | None]]:
    """Runs of packets from a key picture up to a later one, which comes along with the pictures shown before it."""
    held: list[_Packet] = []
    closing: int | None = None
    for packet in _usable(packets):
        stamp = _stamp(packet)
        if closing is None and held and packet.is_keyframe and (stamp - _stamp(held[0]) >= least or stamp >= end_pts):
            closing = len(held)
        elif closing is not None and stamp > (key := _stamp(held[closing])):
            yield held, key
            if key >= end_pts:
                return
            # The next piece begins with its key picture; what that piece's decoder could not know belongs to this one.
            held = [each for each in _copies(held[closing:]) if _stamp(each) >= key]
            closing = None
        held.append(packet)
        if len(held) > MOST_PACKETS:
            raise Transient("its key pictures are too far apart")
    if held:
        yield held, None


def _usable(packets: Iterator[_Packet]) -> Iterator[_Packet]:
    """From the first key picture on, without those before it in time: what they are made of was not read."""
    first: int | None = None
    for packet in packets:
        if packet.size and (first is not None or packet.is_keyframe):
            stamp = _stamp(packet)
            first = stamp if first is None else first
            if stamp >= first:
                yield packet


def _copies(packets: list[_Packet]) -> Iterator[_Packet]:
    """Muxing changes a packet, so that what is written twice has to be there twice."""
    for packet in packets:
        copy = cast("_Packet", av.Packet(bytes(packet)))
        copy.pts, copy.dts, copy.time_base = packet.pts, packet.dts, packet.time_base
        copy.is_keyframe = packet.is_keyframe
        if packet.duration is not None:
            copy.duration = packet.duration
        yield copy


def _write(path: Path, stream: VideoStream, packets: list[_Packet]) -> None:
    stamps = [(packet.pts, packet.dts, packet.time_base) for packet in packets]
    with av.open(str(path), "w", format=_CONTAINERS.get(stream.codec_context.name, _OTHERWISE)) as target:
        track = target.add_stream_from_template(stream)
        for packet in packets:
            packet.stream = track
            target.mux(packet)
    for packet, (pts, dts, base) in zip(packets, stamps, strict=True):
        packet.pts, packet.dts, packet.time_base = pts, dts, base


def _container(source: MediaFile) -> str:
    return {"matroska": "mkv"}.get(name := _CONTAINERS.get(source.video.codec, _OTHERWISE), name)


def _stamp(packet: _Packet) -> int:
    if packet.pts is None:
        raise Transient("some of its packets do not say when they are shown")
    return packet.pts
