"""Room on the disk that is set aside for recordings that are being worked on."""

from __future__ import annotations

from collections.abc import Iterable

#: A reel that is copied out of the camera's own packets is as large, second for second, as the recording; in an hour of practice
#: somebody moves for about half of it, and room is needed once more for what is half done.
REEL_PER_MILLE = 600
#: Features, the poster and the encoder's own files.
BESIDE_BYTES = 64 * 1024**2


def room_for(size_bytes: int) -> int:
    """Bytes that a recording of this size may need until its reel is there."""
    return size_bytes * REEL_PER_MILLE // 1000 + BESIDE_BYTES


def fits(size_bytes: int, others: Iterable[int], *, free_bytes: int, floor_bytes: int) -> bool:
    """Whether a recording may be begun: with its own room and that of the `others` (sizes) taken, the floor stays free."""
    return free_bytes - sum(room_for(other) for other in others) - room_for(size_bytes) >= floor_bytes
