from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.edit_listing import list_edits, usual_rate
from tests.edit_examples import a_long_recording, some_chapters


def test_each_moment_is_whole_frames_of_its_file_and_one_over_a_seam_is_two() -> None:
    edits = list_edits("game", a_long_recording(Fraction(25)), some_chapters())
    assert [(each.file, each.source, each.record, each.frames) for each in edits.events] == [
        *((0, 250, 0, 125), (0, 1450, 125, 50)),
        *((1, 0, 175, 50), (1, 1000, 225, 25)),
    ]
    assert [(file.name, file.frames) for file in edits.files] == [("GX010001.MP4", 1500), ("GX020001.MP4", 1500)]
    assert (edits.width_px, edits.height_px, edits.frames) == (1920, 1080, 250)


@given(st.lists(st.tuples(st.fractions(0, 110, max_denominator=999), st.fractions(0, 9, max_denominator=999)), max_size=9))
def test_events_follow_each_other_without_a_gap(edges: list[tuple[Fraction, Fraction]]) -> None:
    chapters = some_chapters((5, 6), *((float(start), float(start + length) + 0.001) for start, length in edges))
    at = 0
    for event in list_edits("a", a_long_recording(), chapters).events:
        assert event.record == at
        assert event.frames > 0
        at += event.frames


@pytest.mark.parametrize(
    ("measured", "usual"),
    [(Fraction(2997, 100), Fraction(30000, 1001)), (Fraction(25), Fraction(25)), (Fraction(239), Fraction(120))],
)
def test_rates_are_those_that_editing_programs_know(measured: Fraction, usual: Fraction) -> None:
    assert usual_rate(measured) == usual
