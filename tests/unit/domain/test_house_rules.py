from __future__ import annotations

from dataclasses import fields

from appliance.domain.house_rules import HouseRules


def test_nothing_is_chosen_unless_somebody_does() -> None:
    assert {getattr(HouseRules(), each.name) for each in fields(HouseRules)} == {None}
