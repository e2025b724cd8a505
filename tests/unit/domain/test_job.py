from __future__ import annotations

import pytest

from appliance.domain.job import CutRules, ItemState
from appliance.domain.rules import MotionRule, ReelRule, WatchingRule


@pytest.mark.parametrize("state", ItemState)
def test_only_what_is_over_is_final(state: ItemState) -> None:
    assert state.is_final is (state in {ItemState.COMPLETED, ItemState.FAILED, ItemState.CANCELLED})


def test_rules_are_the_usual_ones_unless_said_otherwise() -> None:
    assert CutRules() == CutRules(watching=WatchingRule(), motion=MotionRule(), reel=ReelRule())
