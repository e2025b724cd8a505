"""Puts what the staff chose in the place of what the settings say."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

from appliance.algorithms.retaining import RetainingRule
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import CutRules
from appliance.domain.rules import MotionRule, ReelRule

Rule = TypeVar("Rule", bound=RetainingRule)
T = TypeVar("T")


def cut_by(chosen: HouseRules, rules: CutRules) -> CutRules:
    """How new recordings are cut. The level at which motion ends keeps its proportion to the one at which it begins."""
    return replace(rules, motion=_motion(chosen, rules.motion), reel=_reel(chosen, rules.reel))


def kept_by(chosen: HouseRules, rule: Rule) -> Rule:
    """How long reels stay."""
    if chosen.reels_for is None:
        return rule
    return replace(rule, reels_for_s=float(chosen.reels_for) or None)


def rules_in_force(chosen: HouseRules, defaults: HouseRules) -> HouseRules:
    """Everything that was chosen, and the defaults for the rest."""
    both = {each.name: (getattr(chosen, each.name), getattr(defaults, each.name)) for each in fields(HouseRules)}
    return HouseRules(**{name: _either(mine, default) for name, (mine, default) in both.items()})


def _motion(chosen: HouseRules, rule: MotionRule) -> MotionRule:
    threshold = _either(chosen.threshold_hps, rule.movement_threshold_hps)
    return MotionRule(
        movement_threshold_hps=threshold,
        release_hps=rule.release_hps * (threshold / rule.movement_threshold_hps),
        min_moving=_either(chosen.min_moving, rule.min_moving),
        max_stationary=_either(chosen.max_stationary, rule.max_stationary),
        merge_gap=_either(chosen.merge_gap, rule.merge_gap),
    )


def _reel(chosen: HouseRules, rule: ReelRule) -> ReelRule:
    return replace(
        rule,
        pad_before=_either(chosen.pad_before, rule.pad_before),
        pad_after=_either(chosen.pad_after, rule.pad_after),
        budget=rule.budget if chosen.budget is None else chosen.budget or None,
    )


def _either(chosen: T | None, default: T) -> T:
    return default if chosen is None else chosen
