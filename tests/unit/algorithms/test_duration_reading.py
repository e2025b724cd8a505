from __future__ import annotations

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.duration_reading import clock_from_seconds, seconds_from_text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("3m", 180),
        ("3 min", 180),
        ("1m30s", 90),
        ("1:30", 90),
        ("0:07.5", Fraction(15, 2)),
        ("1:02:03.5", Fraction(7447, 2)),
        ("2h", 7200),
        ("200ms", Fraction(1, 5)),
        ("1.5", Fraction(3, 2)),
        (".5s", Fraction(1, 2)),
        (" 3M ", 180),
        ("0", 0),
    ],
)
def test_what_people_write_becomes_exact_seconds(text: str, seconds: Fraction) -> None:
    assert seconds_from_text(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "-3", "1:99", "1:2:3:4", "nan", "inf", "1/2", "1..2s", "3x", "10 apples", "1s2m"])
def test_anything_else_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="a duration looks like 90"):
        seconds_from_text(text)


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59))
def test_a_clock_and_units_agree(hours: int, minutes: int, seconds: int) -> None:
    assert seconds_from_text(f"{hours}:{minutes}:{seconds:02}") == seconds_from_text(f"{hours}h{minutes}m{seconds}s")


@given(st.fractions(min_value=0, max_value=10**5).map(lambda value: round(value, 3)))
def test_a_number_in_text_keeps_its_value(value: Fraction) -> None:
    assert seconds_from_text(f"{float(value):.3f}") == value


@given(st.text(max_size=12))
def test_no_text_does_anything_but_answer_or_be_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert seconds_from_text(text) >= 0


@given(st.integers(0, 10**6))
def test_a_clock_that_was_written_is_read_as_the_same_seconds(seconds: int) -> None:
    assert seconds_from_text(clock_from_seconds(seconds)) == seconds


@pytest.mark.parametrize(("seconds", "text"), [(7, "0:07"), (750.4, "12:30"), (3723, "1:02:03"), (-1, "0:00")])
def test_a_clock_shows_hours_only_when_there_are_some(seconds: float, text: str) -> None:
    assert clock_from_seconds(seconds) == text
