from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.adapters.structlog.taming import (
    MOST_CHARACTERS,
    MOST_FIELDS,
    MOST_OF_A_TRACE,
    cut_trace,
    tame_fields,
    tame_value,
    without_controls,
)


class Broken:
    def __repr__(self) -> str:
        raise RuntimeError("no")


@pytest.mark.parametrize("value", [None, True, 7, 0.5, "short", [1, "two"], {"a": 1}])
def test_small_plain_values_stay_as_they_are(value: object) -> None:
    assert tame_value(value) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (Path("a/b.mp4"), "a/b.mp4"),
        (Fraction(1, 3), "Fraction(1, 3)"),
        (b"\x00", "b'\\x00'"),
        (ValueError("why"), "ValueError('why')"),
        (Broken(), "<Broken that cannot be shown>"),
        ([Broken()], ["<Broken that cannot be shown>"]),
        ({(1, 2): 3}, "{(1, 2): 3}"),
    ],
)
def test_values_that_json_does_not_know_are_written_as_text(value: object, written: object) -> None:
    assert tame_value(value) == written


def test_what_contains_itself_is_written_all_the_same() -> None:
    knot: list[object] = []
    knot.append(knot)
    assert tame_value(knot) == "[[...]]"


def test_a_long_value_is_cut_and_its_length_told() -> None:
    cut = tame_value("x" * 5_000)
    assert isinstance(cut, str)
    assert cut.startswith("x" * MOST_CHARACTERS + "…")
    assert "5000 characters" in cut
    assert len(str(tame_value(list(range(10_000))))) < MOST_CHARACTERS + 50


def test_an_enormous_number_does_not_make_an_enormous_line() -> None:
    assert len(str(tame_value(10**4_000))) <= 40


def test_of_a_long_trace_the_end_is_kept() -> None:
    cut = cut_trace("frame\n" * 5_000 + "ValueError: this")
    assert cut.endswith("ValueError: this")
    assert len(cut) < MOST_OF_A_TRACE + 50


def test_too_many_fields_are_counted() -> None:
    tamed = tame_fields({f"f{number}": number for number in range(100)})
    assert len(tamed) == MOST_FIELDS + 1
    assert tamed["fields_left_out"] == 60


def test_control_characters_are_spelt_out() -> None:
    assert without_controls("a\x1b[2Jb\r\nc\td\x9b") == "a\\x1b[2Jb\\x0d\nc\td\\x9b"


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
)


@settings(max_examples=25)
@given(st.dictionaries(st.text(max_size=20), json_like, max_size=4))
def test_whatever_is_handed_in_becomes_valid_json(fields: dict[str, object]) -> None:
    json.loads(json.dumps(tame_fields(fields), allow_nan=False))
