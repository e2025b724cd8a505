"""Everything that travels or is kept as text comes back as it was, and nothing else is taken for it."""

from __future__ import annotations

import json
import typing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.message_coding import plain_from, text_from, value_from_plain, value_from_text
from appliance.domain.facts import ChunkAnalysed, Fact, RecordingArrived, SegmentsSelected
from appliance.domain.job import CutRules, Fate, FileRow, Tallies
from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.order import BookChanged, Order, Outcome, ProgressNote
from appliance.domain.reel import ReelPlan
from appliance.domain.request import Answer, CancelItem, PinItem, Request
from appliance.domain.rules import MotionRule, ReelRule
from appliance.domain.segment import Segment
from appliance.domain.timespan import Instant, Span

PATHS = st.lists(st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=8), max_size=3).map(
    lambda parts: Path(*parts)
)
RULES = st.tuples(st.floats(0.001, 0.5), st.floats(0.5, 10)).map(
    lambda pair: MotionRule(release_hps=pair[0], movement_threshold_hps=pair[1])
)
SPANS = st.tuples(st.fractions(), st.fractions(min_value=Fraction(1, 1000))).map(lambda pair: Span(pair[0], pair[0] + pair[1]))
FILES: st.SearchStrategy[MediaFile] = st.deferred(
    lambda: st.builds(
        MediaFile,
        path=PATHS,
        container=st.text(max_size=5),
        size_bytes=st.integers(0, 10**13),
        duration=st.fractions(),
        video=drawn(VideoTrack),
        audio=st.none(),
        proxy=st.none() | FILES,
        remarks=st.tuples(st.text(max_size=5)),
    )
)
#: Stretches that somebody chose by hand are sorted and apart from each other.
CHOSEN = st.lists(st.fractions(), min_size=2, max_size=4, unique=True).map(
    lambda edges: tuple(Span(start, end) for start, end in zip(*[iter(sorted(edges))] * 2, strict=False))
)
REELS = st.builds(
    ReelRule,
    pad_before=st.fractions(),
    pad_after=st.fractions(),
    budget=st.none() | st.fractions(),
    parts=st.none() | CHOSEN,
)
#: What Hypothesis should not draw by type alone: invariants, recursion, floats that are refused.
BY_HAND: dict[Any, st.SearchStrategy[Any]] = {
    **{Path: PATHS, MotionRule: RULES, ReelRule: REELS, Span: SPANS, MediaFile: FILES},
    float: st.floats(allow_nan=False, allow_infinity=False),
}


def drawn(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type, its fields drawn by their types."""
    if kind in BY_HAND:
        return BY_HAND[kind]
    if arguments := typing.get_args(kind):
        return drawn_of(typing.get_origin(kind), arguments)
    if isinstance(kind, type) and hasattr(kind, "__dataclass_fields__"):
        hints = typing.get_type_hints(kind)
        return st.deferred(lambda: st.builds(kind, **{name: drawn(hints[name]) for name in kind.__dataclass_fields__}))
    return st.from_type(kind)


def drawn_of(origin: Any, arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Any tuple, dict or member of a union."""
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(drawn(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*map(drawn, arguments))
    if origin is dict:
        return st.dictionaries(drawn(arguments[0]), drawn(arguments[1]), max_size=2)
    return st.one_of(*map(drawn, arguments))


def order() -> Order:
    return Order(
        id="i.1.probe",
        item_id="i",
        revision=1,
        stage="probe",
        heard=RecordingArrived(paths=(Path("originals/i/a.mp4"),), proxies=(None,)),
        rules=CutRules(),
        trace_id="t",
    )


@pytest.mark.parametrize("kind", [*typing.get_args(Request), *typing.get_args(Fact)], ids=lambda kind: kind.__name__)
def test_every_request_and_fact_comes_back_as_it_was(kind: type) -> None:
    union = Request if kind in typing.get_args(Request) else Fact

    @settings(max_examples=12, deadline=None)
    @given(drawn(kind))
    def check(value: object) -> None:
        text = text_from(value)
        assert text.isascii()
        assert value_from_text(union, text) == value
        assert value_from_text(kind, text) == value
        assert type(value_from_text(union, text)) is kind

    check()


@pytest.mark.parametrize("kind", [Order, Outcome, ProgressNote, BookChanged, Answer, Instant, Tallies])
def test_what_travels_beside_them_comes_back_as_it_was(kind: type) -> None:
    @settings(max_examples=12, deadline=None)
    @given(drawn(kind))
    def check(value: object) -> None:
        assert value_from_text(kind, text_from(value)) == value

    check()


def test_tuples_of_things_and_rules_can_be_asked_for_by_their_type() -> None:
    segments = (Segment(span=Span(Fraction(1, 3), Fraction(2)), score=1.0, peak_hps=0.5, peak_at=Fraction(1), reason="strides"),)
    assert value_from_text(tuple[Segment, ...], text_from(segments)) == segments
    assert value_from_plain(CutRules, plain_from(CutRules())) == CutRules()
    assert value_from_plain(tuple[str, str], ["a", "b"]) == ("a", "b")


def test_numbers_of_numpy_are_written_as_numbers() -> None:
    import numpy as np

    seen: Any = (np.float32(0.5), np.float64(1), np.int64(3))
    row = ProgressNote(item_id="i", revision=1, stage="probe", done_s=seen[0], total_s=seen[1], worker="w", at_s=seen[2])
    assert value_from_text(ProgressNote, text_from(row)) == replace(row, done_s=0.5, total_s=1.0, at_s=3.0)


def test_a_file_name_that_is_no_unicode_survives() -> None:
    path = Path(b"originals/i/caf\xe9.mp4".decode("utf-8", "surrogateescape"))
    heard = RecordingArrived(paths=(path,))
    assert value_from_text(RecordingArrived, text_from(heard)).paths == (path,)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_are_none_are_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not a number"):
        text_from(ProgressNote(item_id="i", revision=1, stage="s", done_s=number, total_s=1.0, worker="w", at_s=0.0))


@pytest.mark.parametrize("value", [b"bytes", object(), {1: "one"}, {"a"}, CutRules])
def test_what_is_not_of_the_domain_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match=r"cannot be written|may be keys"):
        text_from(value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"is":"PinItem","item_id":"i","pinned":1}', "PinItem.pinned: expected bool"),
        ('{"is":"PinItem","item_id":"i"}', "PinItem lacks pinned"),
        ('{"is":"PinItem","item_id":"i","pinned":true,"loud":1}', "no field 'loud'"),
        ('{"is":"CancelItem","item_id":"i"}', "expected PinItem"),
        ('{"item_id":"i","pinned":true}', "expected PinItem"),
        ("[]", "expected PinItem"),
        ("NaN", "NaN"),
        ("{", "Expecting"),
        ("[" * 100_000, "too deeply"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("[", r"\[")):
        value_from_text(PinItem, text)


@pytest.mark.parametrize("plain", ["1", "1/0", "1/-2", "a/b", "1.5", 1.5, True, None, "1/" + "9" * 500])
def test_what_is_no_fraction_is_refused(plain: object) -> None:
    with pytest.raises(ValueError, match="fraction"):
        value_from_plain(Fraction, plain)


@pytest.mark.parametrize("text", ["1e999", "true", '"1"', "1" + "0" * 400, "null"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        value_from_text(float, text)


def test_an_invariant_that_is_broken_in_a_text_is_a_reason_and_no_crash() -> None:
    plain = plain_from(CutRules())
    plain["motion"]["release_hps"] = 5.0
    with pytest.raises(ValueError, match=r"CutRules.motion: MotionRule: motion is released"):
        value_from_plain(CutRules, plain)
    with pytest.raises(ValueError, match="a span ends after it starts"):
        value_from_plain(Span, {"is": "Span", "start": "1/1", "end": "1/1"})


def test_a_union_reads_only_its_own_members() -> None:
    assert value_from_text(Request, text_from(CancelItem(item_id="i"))) == CancelItem(item_id="i")
    with pytest.raises(ValueError, match="expected one of the kinds"):
        value_from_text(Request, text_from(BookChanged(item_id="i")))
    with pytest.raises(ValueError, match="expected one of the kinds"):
        value_from_text(Request, '{"is":["PinItem"]}')


def test_an_older_text_without_newer_fields_takes_their_defaults() -> None:
    plain = plain_from(order())
    del plain["target"], plain["rules"]["reel"]
    assert value_from_plain(Order, plain) == order()


def test_a_kind_of_file_that_is_unknown_is_refused() -> None:
    row = plain_from(FileRow(place="a", size_bytes=1, modified_s=0.0, fate=Fate.WAITING))
    assert row["fate"] == "waiting"
    with pytest.raises(ValueError, match=r"FileRow\.fate"):
        value_from_plain(FileRow, {**row, "fate": "lost"})


def test_a_type_that_no_message_holds_is_the_programmers_mistake() -> None:
    with pytest.raises(TypeError, match="no part of any message"):
        value_from_plain(bytes, "x")

    @dataclass(frozen=True)
    class Odd:
        what: set[str]

    with pytest.raises(TypeError):
        value_from_plain(set[str], [])


def test_a_plan_is_plain_json() -> None:
    recording = Recording(id="r", name="r", files=())
    heard = SegmentsSelected(recordings=(recording,), segments=((),), signals=("s",), plan=ReelPlan(cuts=()))
    assert json.loads(text_from(heard)) == plain_from(heard)
    assert value_from_plain(Fact, plain_from(ChunkAnalysed(recording_id="r", chunk_index=0, features="f"))).features == "f"
