"""Whether a transport stream ends where a recorder ends one, or in the middle of a packet, as a copy that was broken off does.

Transport streams have no index that would be missing, so that their length alone says nothing.
"""

from __future__ import annotations

_SYNC = 0x47
#: Source: ISO/IEC 13818-1, 2.4.3.2.
_PACKET_BYTES = 188
#: A time code stands before every packet on AVCHD and Blu-ray. Source: Blu-ray Disc Audio-Visual format, "source packet".
_STAMPED_BYTES, _STAMP_BYTES = 192, 4
#: Enough packets in a row to tell the two apart.
HEAD_BYTES = 8 * _STAMPED_BYTES


def is_broken_off(head: bytes, size_bytes: int) -> bool:
    """Whether the last packet is not whole. head: the first HEAD_BYTES of the file; where no packets are found in it, nothing is
    said. Of copies that stop at a full block of 4 KiB or more, one in three ends between two packets and is not told."""
    if _has_packets(head, 0, _PACKET_BYTES):
        return size_bytes % _PACKET_BYTES != 0
    if _has_packets(head, _STAMP_BYTES, _STAMPED_BYTES):
        return size_bytes % _STAMPED_BYTES != 0
    return False


def _has_packets(head: bytes, first: int, stride: int) -> bool:
    syncs = head[first::stride]
    return len(syncs) > 2 and all(byte == _SYNC for byte in syncs)
