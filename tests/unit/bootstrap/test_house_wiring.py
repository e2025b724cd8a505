from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from appliance.algorithms.house_ruling import cut_by
from appliance.algorithms.retaining import RetainingRule
from appliance.bootstrap.house_wiring import CHOSEN, KeptFor, default_rules, fixed_settings
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import ItemState
from appliance.settings import load_settings
from tests.book_examples import an_item, opened_book


def test_the_defaults_are_what_the_settings_say() -> None:
    settings = load_settings(environment={"RINKREEL_SERVER_NAME": "Rink 7", "RINKREEL_REEL_BUDGET": "60s"})
    defaults = default_rules(settings)
    assert (defaults.server_name, defaults.budget) == ("Rink 7", Fraction(60))
    assert cut_by(defaults, settings.cut_rules()) == settings.cut_rules()


def test_what_has_no_end_by_default_is_told_as_nothing() -> None:
    defaults = default_rules(load_settings(environment={"RINKREEL_RETENTION_REELS_FOR": "never"}))
    assert (defaults.budget, defaults.reels_for) == (Fraction(0), Fraction(0))


def test_everything_else_is_fixed_and_says_what_changes_it() -> None:
    fixed = fixed_settings(load_settings(environment={}))
    assert fixed["server.port"] == ("8080", "RINKREEL_SERVER_PORT")
    assert not CHOSEN & set(fixed)


def test_every_setting_that_may_be_chosen_is_a_setting() -> None:
    known = {f"{section}.{key}" for section, table in load_settings(environment={}).model_dump().items() for key in table}
    assert known >= CHOSEN


def test_a_reel_goes_when_the_staff_say(tmp_path: Path) -> None:
    item = replace(an_item(state=ItemState.COMPLETED), reel="reels/item-1/001/a.mp4", finished_at_s=100.0)
    with opened_book(tmp_path) as book:
        assert KeptFor(RetainingRule(reels_for_s=10.0), book).expires_at_s(item, 0.0) == 110.0
        with book.writing():
            book.save_house_rules(HouseRules(reels_for=Fraction(50)))
        assert KeptFor(RetainingRule(reels_for_s=10.0), book).expires_at_s(item, 0.0) == 150.0
