from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.algorithms.fleet_judging import judge_rink
from appliance.algorithms.fleet_telling import age_from_seconds, rows_from, table_from
from appliance.domain.fleet import BoxReport, Heard

NOW_S = 1_790_000_000.0
REPORT = BoxReport(
    rink="north",
    at_s=NOW_S - 40,
    version="0.1.0",
    orders={"pose": 2, "cpu": 1},
    dead_letters=1,
    last_reel_at_s=NOW_S - 40 - 7200,
    disk_free_bytes=812 * 10**9,
)
HEARD = Heard(at_s=NOW_S - 40, sent_at_s=NOW_S - 40, kept=1, report=REPORT)


def test_the_table_has_a_line_for_each_rink_under_one_head() -> None:
    south = replace(HEARD, at_s=NOW_S - 9000, sent_at_s=NOW_S - 9000)
    standings = [
        judge_rink("north", HEARD, NOW_S, 300),
        judge_rink("south", south, NOW_S, 300),
        judge_rink("west", None, NOW_S, 300),
    ]
    assert table_from(standings, NOW_S).splitlines() == [
        "rink   state  heard     open  disk free  last reel  given up  version  what",
        "north  warn   40 s ago  3     812 GB     2 h        1         0.1.0    1 given up",
        "south  bad    2 h ago   3     812 GB     2 h        1         0.1.0    silent; 1 given up",
        "west   bad    never     -     -          -          -         -        never heard of",
    ]


def test_ages_are_told_by_the_rinks_own_clock() -> None:
    wrong = replace(REPORT, at_s=REPORT.at_s + 10**6, last_reel_at_s=REPORT.at_s + 10**6 - 60)
    (row,) = rows_from([judge_rink("north", replace(HEARD, report=wrong), NOW_S, 300)], NOW_S)
    assert (row.heard, row.last_reel) == ("40 s ago", "1 min")


def test_a_rink_without_a_reel_says_so() -> None:
    (row,) = rows_from([judge_rink("north", replace(HEARD, report=replace(REPORT, last_reel_at_s=None)), NOW_S, 300)], NOW_S)
    assert row.last_reel == "none"


@pytest.mark.parametrize(
    ("seconds", "text"), [(-3, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (200_000, "2 d")]
)
def test_an_age_is_told_in_its_largest_unit(seconds: float, text: str) -> None:
    assert age_from_seconds(seconds) == text
