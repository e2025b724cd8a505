from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.algorithms.fleet_judging import CLOCK_OFF_S, judge_rink
from appliance.domain.fleet import BoxReport, Heard, Mishap
from appliance.domain.health import State

NOW_S, SILENT_S = 1_790_000_000.0, 300.0
WELL = BoxReport(rink="north", at_s=NOW_S - 30, version="0.1.0", disk_free_bytes=10, disk_wanted_bytes=1)
HEARD = Heard(at_s=NOW_S - 30, sent_at_s=NOW_S - 30, kept=5, report=WELL)


def test_a_rink_that_is_well_has_nothing_said_about_it() -> None:
    standing = judge_rink("north", HEARD, NOW_S, SILENT_S)
    assert (standing.state, standing.words, standing.silent_since_s, standing.clock_off_s) == (State.OK, (), None, 0.0)


def test_a_rink_that_was_never_heard_of_is_bad() -> None:
    standing = judge_rink("north", None, NOW_S, SILENT_S)
    assert (standing.state, standing.words, standing.heard) == (State.BAD, ("never heard of",), None)


def test_silence_begins_with_the_last_word() -> None:
    assert judge_rink("north", HEARD, NOW_S - 30 + SILENT_S, SILENT_S).silent_since_s is None
    standing = judge_rink("north", HEARD, NOW_S - 29 + SILENT_S, SILENT_S)
    assert (standing.state, standing.silent_since_s, standing.words) == (State.BAD, NOW_S - 30, ("silent",))


@pytest.mark.parametrize("off_s", [CLOCK_OFF_S + 1, -CLOCK_OFF_S - 1])
def test_a_clock_that_is_off_is_told_from_when_a_report_was_sent(off_s: float) -> None:
    heard = replace(HEARD, sent_at_s=HEARD.at_s + off_s, report=replace(WELL, at_s=HEARD.at_s + off_s))
    standing = judge_rink("north", heard, NOW_S, SILENT_S)
    assert (standing.state, standing.clock_off_s) == (State.WARN, off_s)
    assert standing.words == (f"clock 121 s {'ahead' if off_s > 0 else 'behind'}",)


def test_a_rink_that_catches_up_is_told_from_one_whose_clock_is_wrong() -> None:
    standing = judge_rink("north", replace(HEARD, report=replace(WELL, at_s=NOW_S - 9000)), NOW_S, SILENT_S)
    assert (standing.words, standing.clock_off_s) == (("still sending what it kept",), 0.0)


@pytest.mark.parametrize(
    ("change", "state", "words"),
    [
        ({"dead_letters": 2}, State.WARN, "2 given up"),
        ({"waits_s": 14 * 3600.0}, State.WARN, "a recording waits for 14 h"),
        ({"disk_free_bytes": 0, "troubles": ("disk",)}, State.BAD, "disk full"),
        ({"hottest_c": 95.0}, State.WARN, "95 °C"),
        ({"troubles": ("mount",)}, State.WARN, "told on the spot: mount"),
        ({"mishaps": (Mishap(stage="probe", verdict="failed", at_s=0.0),)}, State.OK, "1 failed today"),
    ],
)
def test_what_needs_somebody_is_said_in_words(change: dict[str, object], state: State, words: str) -> None:
    heard = replace(HEARD, report=replace(WELL, **change))  # type: ignore[arg-type]
    standing = judge_rink("north", heard, NOW_S, SILENT_S)
    assert (standing.state, standing.words) == (state, (words,))


def test_a_report_that_cannot_be_read_is_a_warning() -> None:
    standing = judge_rink("north", replace(HEARD, report=None, sent_at_s=None), NOW_S, SILENT_S)
    assert (standing.state, standing.words) == (State.WARN, ("its report cannot be read by this version",))
