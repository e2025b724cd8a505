from __future__ import annotations

from fractions import Fraction

from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span


def cut(start: Fraction, end: Fraction) -> Cut:
    return Cut(recording_id="r", span=Span(start, end), title="t", poster_at=start)


def test_a_plan_is_as_long_as_its_cuts_together_to_the_tick() -> None:
    frame = Fraction(1001, 30_000)
    plan = ReelPlan(cuts=tuple(cut(2 * n * frame, (2 * n + 1) * frame) for n in range(30)))
    assert plan.duration == 30 * frame


def test_an_empty_plan_lasts_no_time() -> None:
    assert ReelPlan(cuts=()).duration == 0
