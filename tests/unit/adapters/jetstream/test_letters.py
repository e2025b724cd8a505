"""Subjects and headers hold nothing that NATS could take for anything else; bodies come back as they were."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.adapters.jetstream import letters
from appliance.domain.facts import RecordingArrived
from appliance.domain.job import CutRules
from appliance.domain.order import BookChanged, Lane, Order, Outcome

ORDER = Order(
    id="01K.1.probe",
    item_id="01K",
    revision=1,
    stage="probe",
    heard=RecordingArrived(paths=(Path("originals/a"),)),
    rules=CutRules(),
    trace_id="t",
)
OUTCOME = Outcome(
    id="o",
    order_id=ORDER.id,
    item_id="01K",
    revision=1,
    stage="probe",
    facts=(),
    attempt=1,
    took_s=0.0,
    worker="w",
    trace_id="t",
    at_s=0.0,
)


def test_subjects_say_lane_stage_and_item() -> None:
    assert letters.order_subject(ORDER, Lane.POSE) == "orders.pose.probe.01K"
    assert letters.item_orders("01K") == "orders.*.*.01K"
    assert letters.outcome_subject(OUTCOME) == "facts.probe"
    assert letters.dead_subject(ORDER) == "dead.probe.01K"
    assert letters.progress_subject("01K") == "news.progress.01K"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_one_plain_word(text: str) -> None:
    word = letters.word(text)
    assert word
    assert word.isascii()
    assert not set(word) & set(".*> \t\r\n:")


@given(st.text(), st.text())
def test_different_items_never_share_a_word(one: str, other: str) -> None:
    if one != other and "-" not in (one, other) and one.isascii() and other.isascii():
        assert letters.word(one) != letters.word(other)


@given(st.text())
def test_a_reason_in_a_header_is_one_line_of_ascii(text: str) -> None:
    header = letters.plain_header(text)
    assert header
    assert header.isascii()
    assert header == header.strip()
    assert not set(header) & set("\r\n")


def test_a_body_comes_back_and_says_how_it_is_written() -> None:
    body, headers = letters.write(ORDER, **{letters.TRACE: "t"})
    assert headers == {letters.WAY: "plain", letters.TRACE: "t"}
    assert letters.read(Order, body, headers) == ORDER
    long = BookChanged(what="x" * 100_000)
    body, headers = letters.write(long)
    assert headers == {letters.WAY: "zlib"}
    assert letters.read(BookChanged, body, headers) == long


@pytest.mark.parametrize(
    ("body", "headers"), [(b"", None), (None, {}), (b"{}", {letters.WAY: "zlib"}), (b"\xff", {letters.WAY: "odd"})]
)
def test_what_is_no_such_thing_is_refused(body: bytes | None, headers: dict[str, str] | None) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        letters.read(Order, body, headers)
