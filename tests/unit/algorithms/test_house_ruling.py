from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from appliance.algorithms.house_ruling import cut_by, kept_by, rules_in_force
from appliance.algorithms.retaining import RetainingRule
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import CutRules
from appliance.domain.rules import MotionRule, ReelRule

RULES = CutRules(
    motion=MotionRule(movement_threshold_hps=0.2, release_hps=0.1), reel=ReelRule(budget=Fraction(60), pad_before=Fraction(4))
)


def test_without_a_choice_everything_is_as_the_settings_say() -> None:
    assert cut_by(HouseRules(), RULES) == RULES
    rule = RetainingRule(reels_for_s=5.0)
    assert kept_by(HouseRules(), rule) is rule


def test_what_was_chosen_takes_the_place_of_the_settings() -> None:
    chosen = HouseRules(threshold_hps=0.4, merge_gap=Fraction(3), pad_before=Fraction(0), budget=Fraction(30))
    rules = cut_by(chosen, RULES)
    assert rules.motion.movement_threshold_hps == 0.4
    assert rules.motion.release_hps == pytest.approx(0.2)
    assert (rules.motion.merge_gap, rules.motion.min_moving) == (Fraction(3), RULES.motion.min_moving)
    assert rules.reel == replace(RULES.reel, pad_before=Fraction(0), budget=Fraction(30))


def test_nothing_is_without_end() -> None:
    assert cut_by(HouseRules(budget=Fraction(0)), RULES).reel.budget is None
    assert kept_by(HouseRules(reels_for=Fraction(0)), RetainingRule(reels_for_s=5.0)).reels_for_s is None
    assert kept_by(HouseRules(reels_for=Fraction(9)), RetainingRule(reels_for_s=5.0)).reels_for_s == 9.0


def test_what_counts_is_the_choice_and_the_default_for_the_rest() -> None:
    chosen, defaults = HouseRules(budget=Fraction(0)), HouseRules(budget=Fraction(60), server_name="Rink")
    assert rules_in_force(chosen, defaults) == HouseRules(budget=Fraction(0), server_name="Rink")
