"""Telling from a packet's first bytes whether any other picture needs it, so that pictures nobody looks at are not decoded."""

from __future__ import annotations

from dataclasses import dataclass

#: Slices sit behind parameter sets and messages; a packet whose first slice lies further in is decoded like any other.
SEARCH_BYTES = 65_536
START_CODE = b"\x00\x00\x01"
#: NAL unit types of coded slices. Source: ITU-T H.264, table 7-1 (1 and 5); ITU-T H.265, table 7-1 (0 to 31).
H264_SLICES = frozenset({1, 5})
H264_FRESH_START = 5
#: Slice types that refer to pictures shown later as well, B. Source: ITU-T H.264, table 7-6.
H264_B = 1
H265_LAST_SLICE = 31
#: Even types up to 14 are sub-layer non-reference pictures. Source: ITU-T H.265, table 7-1.
H265_LAST_NON_REFERENCE = 14


@dataclass(slots=True)
class PacketReader:
    """Reads NAL unit headers of H.264 and H.265 packets. length_bytes: size of length prefixes, 0 for start codes (Annex B)."""

    codec: str
    length_bytes: int
    top_layer: int = 0

    def is_disposable(self, payload: memoryview) -> bool:
        """Whether no other picture refers to this one. False whenever that cannot be told."""
        header = self._first_slice(bytes(payload[:SEARCH_BYTES]))
        if header is None:
            return False
        return (header[0] >> 5) & 3 == 0 if self.codec == "h264" else self._is_top_layer_leaf(header)

    def begins_afresh(self, payload: memoryview) -> bool:
        """H.264: whether no picture from here on refers to one before (IDR). False whenever that cannot be told."""
        header = self._first_slice(bytes(payload[:SEARCH_BYTES]))
        return self.codec == "h264" and header is not None and header[0] & 31 == H264_FRESH_START

    def lies_between(self, payload: memoryview) -> bool:
        """H.264: whether this is made from pictures shown before and after it (B). False whenever that cannot be told."""
        header = self._first_slice(bytes(payload[:SEARCH_BYTES]))
        return self.codec == "h264" and header is not None and _slice_type(header[1]) % 5 == H264_B

    def _is_top_layer_leaf(self, header: bytes) -> bool:
        """H.265: non-reference within its temporal layer, and no layer above that might refer to it."""
        layer = (header[1] & 7) - 1
        self.top_layer = max(self.top_layer, layer)
        kind = header[0] >> 1 & 63
        return kind <= H265_LAST_NON_REFERENCE and kind % 2 == 0 and layer == self.top_layer

    def _first_slice(self, data: bytes) -> bytes | None:
        at = self._next_unit(data, 0, 0)
        while at is not None and at + 2 <= len(data):
            if self._is_slice(data[at]):
                return data[at : at + 2]
            at = self._next_unit(data, at, self._unit_size(data, at))
        return None

    def _next_unit(self, data: bytes, at: int, size: int) -> int | None:
        if self.length_bytes:
            return at + size + self.length_bytes
        found = data.find(START_CODE, at)
        return found + len(START_CODE) if found >= 0 else None

    def _unit_size(self, data: bytes, at: int) -> int:
        return int.from_bytes(data[at - self.length_bytes : at]) if self.length_bytes else 0

    def _is_slice(self, first: int) -> bool:
        return first & 31 in H264_SLICES if self.codec == "h264" else first >> 1 & 63 <= H265_LAST_SLICE


def _slice_type(first: int) -> int:
    """From the first byte of a slice's header; -1 where the slice is not its picture's first, so that the number lies further in.

    Two numbers in Exp-Golomb code: the slice's place, which is a single bit 1 for the first one, and its type.
    Source: ITU-T H.264, 7.3.3 and 9.1.
    """
    if not first & 0x80:
        return -1
    rest = first & 0x7F
    zeros = 7 - rest.bit_length()
    if 2 * zeros + 1 > 7:
        return -1
    return (rest >> (7 - (2 * zeros + 1))) - 1


def packet_reader_for(codec: str, extradata: bytes | None) -> PacketReader | None:
    """A reader for this track, or None when its codec keeps to itself which pictures others need.

    Source: ISO/IEC 14496-15, 5.3.3 (avcC) and 8.3.3 (hvcC), where the size of length prefixes is stated.
    """
    at = {"h264": 4, "hevc": 21}.get(codec)
    if at is None:
        return None
    if not extradata or len(extradata) <= at or extradata.startswith((START_CODE, b"\x00" + START_CODE)):
        return PacketReader(codec, 0)
    return PacketReader(codec, (extradata[at] & 3) + 1)
