from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.packet_reading import PacketReader, packet_reader_for

AVCC = bytes([1, 100, 0, 31, 0xFF])
HVCC = bytes([1] * 21 + [0xFF])


def prefixed(*units: bytes) -> memoryview:
    return memoryview(b"".join(len(unit).to_bytes(4) + unit for unit in units))


def annex_b(*units: bytes) -> memoryview:
    return memoryview(b"".join(b"\x00\x00\x00\x01" + unit for unit in units))


SEI, REFERENCE, LEAF = b"\x06\x05\x01", b"\x41\x9a\x01", b"\x01\x9e\x01"


@pytest.mark.parametrize("pack", [prefixed, annex_b])
def test_an_h264_slice_that_nothing_refers_to_is_known(pack: object) -> None:
    assert callable(pack)
    reader = packet_reader_for("h264", AVCC if pack is prefixed else b"\x00\x00\x00\x01\x67")
    assert reader is not None
    assert reader.is_disposable(pack(SEI, LEAF))
    assert not reader.is_disposable(pack(SEI, REFERENCE))
    assert not reader.is_disposable(pack(SEI))


def test_an_h265_leaf_is_disposable_only_in_the_topmost_layer_that_was_seen() -> None:
    reader = packet_reader_for("hevc", HVCC)
    assert reader is not None
    leaf, reference, upper_leaf = b"\x00\x01\xaf", b"\x02\x01\xaf", b"\x00\x02\xaf"
    assert reader.is_disposable(prefixed(leaf))
    assert not reader.is_disposable(prefixed(reference))
    assert reader.is_disposable(prefixed(upper_leaf))
    assert not reader.is_disposable(prefixed(leaf))


def test_other_codecs_are_not_read() -> None:
    assert packet_reader_for("vp9", b"") is None


@given(st.binary(max_size=64), st.sampled_from(["h264", "hevc"]), st.sampled_from([0, 1, 2, 4]))
def test_no_bytes_whatsoever_upset_it(payload: bytes, codec: str, length_bytes: int) -> None:
    assert PacketReader(codec, length_bytes).is_disposable(memoryview(payload)) in (True, False)


@pytest.mark.parametrize(
    ("unit", "lies_between"),
    [
        (b"\x01\x9e\x01", True),  # 1, then 00111: type 6
        (b"\x41\xa8\x01", True),  # 1, then 010: type 1, referred to
        (b"\x41\x9a\x01", False),  # 1, then 00110: type 5, P
        (b"\x65\x88\x01", False),  # 1, then 0001000: type 7, I
        (b"\x01\x4f\x01", False),  # not the first slice
        (b"\x01\x80\x01", False),  # the type lies further in
    ],
)
def test_an_h264_picture_made_from_those_around_it_is_known_by_its_slice_type(unit: bytes, lies_between: bool) -> None:
    reader = PacketReader("h264", 4)
    assert reader.lies_between(prefixed(SEI, unit)) is lies_between
    assert not PacketReader("hevc", 4).lies_between(prefixed(unit))
    assert not reader.lies_between(prefixed(SEI))


@given(st.binary(max_size=64), st.sampled_from(["h264", "hevc"]))
def test_no_bytes_whatsoever_upset_the_reading_of_slice_types(payload: bytes, codec: str) -> None:
    assert PacketReader(codec, 4).lies_between(memoryview(payload)) in (True, False)


@pytest.mark.parametrize("pack", [prefixed, annex_b])
def test_only_an_h264_idr_slice_begins_afresh(pack: object) -> None:
    assert callable(pack)
    reader = PacketReader("h264", 4 if pack is prefixed else 0)
    assert reader.begins_afresh(pack(SEI, b"\x65\x88\x01"))
    assert not reader.begins_afresh(pack(SEI, REFERENCE))
    assert not reader.begins_afresh(pack(SEI))
    assert not PacketReader("hevc", reader.length_bytes).begins_afresh(pack(b"\x26\x01\x65"))
