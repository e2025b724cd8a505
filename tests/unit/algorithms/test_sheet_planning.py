from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from appliance.algorithms.sheet_planning import MOST_PICTURES, plan_sheet


@pytest.mark.parametrize(("duration_s", "count"), [(0.4, 1), (1, 1), (12.7, 12), (10_800, MOST_PICTURES)])
def test_there_is_a_picture_a_second_up_to_a_hundred(duration_s: float, count: int) -> None:
    assert len(plan_sheet(Fraction(duration_s), 10).moments) == count


def test_pictures_are_evenly_spread_and_inside_the_recording() -> None:
    moments = plan_sheet(Fraction(1000), 10).moments
    assert {after - before for before, after in pairwise(moments)} == {Fraction(10)}
    assert [moments[0], moments[-1]] == [Fraction(5), Fraction(995)]


def test_the_last_row_may_be_short_and_there_are_no_more_columns_than_pictures() -> None:
    sheet = plan_sheet(Fraction(12), 5)
    assert (sheet.columns, sheet.rows) == (5, 3)
    assert plan_sheet(Fraction(3), 10).columns == 3
