from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.domain.errors import Misconfigured, Unusable
from appliance.domain.fleet import MOST_ENTRIES, BoxReport, Mishap, require_rink_name
from tests.conftest import REPOSITORY

REPORT = BoxReport(rink="north", at_s=1.0, version="0.1.0")


@pytest.mark.parametrize("name", ["north", "a", "hall-2", "0" * 40])
def test_a_rink_is_called_what_every_file_and_subject_can_hold(name: str) -> None:
    assert require_rink_name(name) == name


@pytest.mark.parametrize("name", ["", "North", "a b", "a.b", "*", ">", "-a", "a-", "../x", "0" * 41, "é", "a\n"])
def test_any_other_name_is_refused_with_the_remedy(name: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        require_rink_name(name)
    assert "small letters" in caught.value.remedy
    with pytest.raises(Unusable):
        replace(REPORT, rink=name)


@pytest.mark.parametrize("text", ["Anna Müller", "originals/01K/a.mp4", "a\x1b[31m", "<b>", "", "x" * 41, "a\n"])
def test_no_name_no_path_and_no_escape_fits_into_a_report(text: str) -> None:
    changes: list[dict[str, Any]] = [{"version": text}, {"troubles": (text,)}, {"orders": {text: 1}}, {"items": {text: 1}}]
    for change in changes:
        with pytest.raises(Unusable):
            replace(REPORT, **change)
    with pytest.raises(Unusable):
        Mishap(stage=text, verdict="failed", at_s=0.0)
    with pytest.raises(Unusable):
        Mishap(stage="probe", verdict=text, at_s=0.0)


@given(st.floats())
def test_only_finite_numbers_are_told(number: float) -> None:
    if abs(number) < 2**63:
        assert replace(REPORT, hottest_c=number).hottest_c == number
    else:
        with pytest.raises(Unusable):
            replace(REPORT, hottest_c=number)


def test_a_list_that_grows_is_refused() -> None:
    mishap = Mishap(stage="probe", verdict="failed", at_s=0.0)
    replace(REPORT, mishaps=(mishap,) * MOST_ENTRIES)
    with pytest.raises(Unusable):
        replace(REPORT, mishaps=(mishap,) * (MOST_ENTRIES + 1))


def test_the_documentation_lists_every_field_that_leaves_the_building() -> None:
    page = (REPOSITORY / "docs/fleet.md").read_text(encoding="utf-8")
    table = page[page.index("## What leaves the building") : page.index("## Headquarters")]
    names = [each.name for kind in (BoxReport, Mishap) for each in fields(kind)]
    assert [name for name in names if f"`{name}`" not in table] == []
