from __future__ import annotations

from fractions import Fraction

from appliance.algorithms.judging import judge_segments
from appliance.cli.demo import comparison_of
from appliance.domain.timespan import Span


def span(start_s: int, end_s: int) -> Span:
    return Span(Fraction(start_s), Fraction(end_s))


def test_truth_and_findings_stand_side_by_side() -> None:
    truth, found = [span(5, 15), span(40, 50)], [span(6, 15), span(60, 62)]
    lines = comparison_of(truth, found, judge_segments(found, truth, Fraction(90))).splitlines()
    assert lines[1:4] == ["0:05 – 0:15      0:06 – 0:15", "0:40 – 0:50      missed", "still            1:00 – 1:02"]
    assert lines[4].startswith("recall 0.45, precision 0.82, F1@50 0.50, edges off by 0.50 s")
