from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from appliance.domain.house_rules import HouseRules
from appliance.services.api.housekeeping import body_from, box_name, rules_asked, settings_body
from appliance.services.api.schemas_settings import SettingsAsked

from .front_door import Box, build_box

DEFAULTS = HouseRules(threshold_hps=0.08, budget=Fraction(0), server_name="Rinkreel")


def test_choices_survive_the_wire() -> None:
    asked = SettingsAsked(threshold=0.1, min_moving=0.5, pad_after=2.25, budget=0, reels_for=86_400, server_name="Rink 7")
    rules = rules_asked(asked)
    assert (rules.pad_after, rules.budget, rules.merge_gap) == (Fraction(9, 4), Fraction(0), None)
    assert body_from(rules).model_dump() == asked.model_dump()


def test_what_counts_is_told_beside_what_was_chosen(tmp_path: Path) -> None:
    box = build_box(tmp_path, defaults=DEFAULTS, fixed=lambda: {"bus.url": ("nats://me:pass@host", "RINKREEL_BUS_URL")})
    box.book.chosen = HouseRules(threshold_hps=0.2)
    body = settings_body(box.house.parts)
    assert (body.chosen.threshold, body.chosen.budget) == (0.2, None)
    assert (body.in_force.threshold, body.in_force.budget) == (0.2, 0.0)
    assert body.defaults.threshold == 0.08
    assert (body.fixed[0].key, body.fixed[0].value, body.fixed[0].variable) == (
        "bus.url",
        "nats://[hidden]host",
        "RINKREEL_BUS_URL",
    )
    assert "rinkreel.toml" in body.where


def test_the_box_is_called_as_the_staff_call_it_even_while_there_is_no_book(box: Box) -> None:
    assert box_name(box.house.parts) == "Rinkreel"
    box.book.chosen = HouseRules(server_name="Rink 7")
    assert box_name(box.house.parts) == "Rink 7"
    box.book.away = True
    assert box_name(box.house.parts) == "Rinkreel"
