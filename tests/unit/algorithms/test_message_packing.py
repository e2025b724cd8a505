"""Bodies come back as they were packed; damaged and oversized ones are refused with a reason."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.message_packing import AS_IT_IS, LONG_BYTES, MOST_BYTES, SQUEEZED, pack, unpack
from appliance.domain.errors import Unusable
from appliance.domain.order import BookChanged, ProgressNote

NOTE = ProgressNote(item_id="i", revision=1, stage="probe", done_s=1.0, total_s=2.0, worker="w", at_s=3.0)


def test_a_short_message_travels_as_it_is() -> None:
    body, way = pack(NOTE)
    assert way == AS_IT_IS
    assert body.startswith(b'{"is":"ProgressNote"')
    assert unpack(ProgressNote, body, way) == NOTE


def test_a_long_message_is_squeezed_and_comes_back() -> None:
    change = BookChanged(what="x" * (LONG_BYTES + 1))
    body, way = pack(change)
    assert way == SQUEEZED
    assert len(body) < 1000
    assert unpack(BookChanged, body, way) == change


def test_what_is_no_number_cannot_be_told() -> None:
    with pytest.raises(Unusable, match="nan"):
        pack(replace(NOTE, done_s=float("nan")))


def test_what_is_far_too_long_cannot_be_told() -> None:
    with pytest.raises(Unusable, match="too long"):
        pack(BookChanged(what="x" * MOST_BYTES))


def test_a_small_body_that_would_fill_the_memory_is_refused() -> None:
    bomb = zlib.compress(b" " * (MOST_BYTES + 1), 1)
    with pytest.raises(ValueError, match="too long"):
        unpack(BookChanged, bomb, SQUEEZED)


@given(st.binary(max_size=200), st.sampled_from([AS_IT_IS, SQUEEZED, "", "gzip"]))
def test_whatever_arrives_is_a_message_or_a_reason(body: bytes, way: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        unpack(BookChanged, body, way)


def test_a_squeezed_body_that_was_cut_off_is_refused() -> None:
    body, way = pack(BookChanged(what="x" * (LONG_BYTES + 1)))
    with pytest.raises(ValueError, match="cut off"):
        unpack(BookChanged, body[:-1], way)
    with pytest.raises(ValueError, match="cut off"):
        unpack(BookChanged, body + b"more", way)
