from __future__ import annotations

from fractions import Fraction

import pytest

from appliance.domain.account import Role
from appliance.domain.house_rules import HouseRules
from appliance.domain.request import SaveHouseRules

from ..front_door import Box


def test_admins_choose_and_the_box_is_called_so_at_once(box: Box) -> None:
    with box.visit(Role.ADMIN) as browser:
        answer = browser.ask("PUT", "/api/settings", json={"server_name": "Rink 7", "budget": 90})
        again = browser.get("/api/settings")
        assert browser.get("/api/box").json()["name"] == "Rink 7"
        assert browser.get("/api/me").json()["box_name"] == browser.get("/api/door").json()["box_name"] == "Rink 7"
    assert answer.status_code == 200, answer.text
    assert answer.json() == again.json()
    assert again.json()["chosen"]["budget"] == 90.0
    assert box.book.asked == [SaveHouseRules(rules=HouseRules(server_name="Rink 7", budget=Fraction(90)))]


def test_what_is_left_out_goes_back_to_its_default(box: Box) -> None:
    box.book.chosen = HouseRules(threshold_hps=0.3)
    with box.visit(Role.ADMIN) as browser:
        assert browser.ask("PUT", "/api/settings", json={"merge_gap": 2}).json()["chosen"]["threshold"] is None


@pytest.mark.parametrize("json", [{"threshold": 0}, {"reels_for": 60}, {"bus_port": 1}, {"server_name": ""}, {"budget": -1}])
def test_what_makes_no_sense_is_refused(box: Box, json: dict[str, object]) -> None:
    with box.visit(Role.ADMIN) as browser:
        answer = browser.ask("PUT", "/api/settings", json=json)
    assert answer.status_code == 422
    assert box.book.asked == []


def test_nobody_else_sees_or_changes_them(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        assert browser.get("/api/settings").status_code == 403
        assert browser.ask("PUT", "/api/settings", json={}).status_code == 403
