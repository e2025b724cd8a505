from __future__ import annotations

from fractions import Fraction

import pytest

from appliance.domain.extra import Sheet


@pytest.mark.parametrize(("pictures", "rows"), [(1, 1), (5, 1), (6, 2), (10, 2), (11, 3)])
def test_a_sheet_has_as_many_rows_as_its_pictures_fill(pictures: int, rows: int) -> None:
    moments = tuple(Fraction(number) for number in range(pictures))
    assert Sheet(columns=5, width_px=16, height_px=9, moments=moments).rows == rows
