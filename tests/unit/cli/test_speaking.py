from __future__ import annotations

import pytest

from appliance.cli.speaking import complain, note, note_list, tell
from appliance.domain.errors import Unusable


def test_results_and_notes_go_separate_ways(capsys: pytest.CaptureFixture[str]) -> None:
    tell("result")
    note("by the way")
    assert capsys.readouterr() == ("result\n", "by the way\n")


def test_a_complaint_says_what_and_how_to_mend_it(capsys: pytest.CaptureFixture[str]) -> None:
    complain(Unusable("clip.mp4 is not a video", remedy="Copy it again."))
    complain(Unusable("nothing to be done"))
    assert capsys.readouterr().err.splitlines() == [
        "rinkreel: clip.mp4 is not a video",
        "  remedy: Copy it again.",
        "rinkreel: nothing to be done",
    ]


def test_a_long_list_is_cut_short(capsys: pytest.CaptureFixture[str]) -> None:
    note_list("left alone", [str(index) for index in range(20)])
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 9
    assert lines[-1] == "left alone: 12 more (--json lists all)"
