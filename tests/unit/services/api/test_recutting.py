from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from appliance.domain.job import CutRules
from appliance.domain.rules import MotionRule, ReelRule
from appliance.services.api.recutting import rules_from
from appliance.services.api.refusals import Refusal
from appliance.services.api.schemas_asked import RecutAsked

PRESENT = CutRules(motion=MotionRule(movement_threshold_hps=0.2, release_hps=0.1), reel=ReelRule(budget=Fraction(60)))


def test_asking_for_nothing_changes_nothing() -> None:
    assert rules_from(PRESENT, RecutAsked()) == PRESENT


def test_the_level_of_release_keeps_its_proportion() -> None:
    rule = rules_from(PRESENT, RecutAsked(threshold=0.4)).motion
    assert rule.release_hps == pytest.approx(0.2)


def test_a_budget_is_lifted_by_asking_for_none() -> None:
    assert rules_from(PRESENT, RecutAsked(budget=None)).reel.budget is None
    assert rules_from(PRESENT, RecutAsked(budget=12.5)).reel.budget == Fraction(25, 2)


def test_seconds_become_exact() -> None:
    assert rules_from(PRESENT, RecutAsked(merge_gap=0.1)).motion.merge_gap == Fraction(1, 10)


def test_rules_that_contradict_each_other_are_refused() -> None:
    # As an old book may hold them: kept before the two levels were compared.
    motion = replace(PRESENT.motion)
    object.__setattr__(motion, "release_hps", 0.5)
    with pytest.raises(Refusal) as caught:
        rules_from(replace(PRESENT, motion=motion), RecutAsked(threshold=0.3))
    assert caught.value.status == 422
    assert caught.value.remedy
