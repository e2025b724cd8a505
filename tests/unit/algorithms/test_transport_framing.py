from __future__ import annotations

import pytest

from appliance.algorithms.transport_framing import HEAD_BYTES, is_broken_off

PLAIN = (b"\x47" + bytes(187)) * 100
STAMPED = (bytes(4) + b"\x47" + bytes(187)) * 64


@pytest.mark.parametrize("whole", [PLAIN, STAMPED])
def test_a_stream_of_whole_packets_is_not_broken_off(whole: bytes) -> None:
    assert not is_broken_off(whole[:HEAD_BYTES], len(whole))


@pytest.mark.parametrize("lost", [1, 100, 187])
@pytest.mark.parametrize("whole", [PLAIN, STAMPED])
def test_a_stream_that_ends_within_a_packet_is_broken_off(whole: bytes, lost: int) -> None:
    assert is_broken_off(whole[:HEAD_BYTES], len(whole) - lost)


@pytest.mark.parametrize("head", [b"", b"\x47", bytes(HEAD_BYTES), b"\x47" * 3])
def test_what_shows_no_packets_is_left_in_peace(head: bytes) -> None:
    assert not is_broken_off(head, 1001)
