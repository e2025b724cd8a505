"""What somebody asks to cut differently, as rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from appliance.domain.errors import Misconfigured
from appliance.domain.job import CutRules
from appliance.domain.media import Recording
from appliance.domain.rules import MotionRule, ReelRule
from appliance.domain.timespan import Seconds, Span, joined, seconds_from_float
from appliance.services.api.refusals import Refusal
from appliance.services.api.schemas_asked import RecutAsked

#: Pages round a recording's length; this far behind its end still means the end.
SLACK = Fraction(1, 100)


def rules_from(present: CutRules, asked: RecutAsked) -> CutRules:
    """The present rules with what was asked for in place; stretches that were chosen by hand are not kept from one cut to the
    next. Raises Refusal for rules that contradict each other."""
    try:
        return replace(present, motion=_motion(present.motion, asked), reel=_reel(present.reel, asked))
    except Misconfigured as error:
        raise Refusal(422, error.why, remedy=error.remedy) from error


def _motion(rule: MotionRule, asked: RecutAsked) -> MotionRule:
    """The level at which motion ends keeps its proportion to the one at which it begins."""
    threshold = rule.movement_threshold_hps if asked.threshold is None else asked.threshold
    return MotionRule(
        movement_threshold_hps=threshold,
        release_hps=rule.release_hps * (threshold / rule.movement_threshold_hps),
        min_moving=_either(asked.min_moving, rule.min_moving),
        max_stationary=_either(asked.max_stationary, rule.max_stationary),
        merge_gap=_either(asked.merge_gap, rule.merge_gap),
    )


def _reel(rule: ReelRule, asked: RecutAsked) -> ReelRule:
    budget = rule.budget
    if "budget" in asked.model_fields_set:
        budget = None if asked.budget is None else seconds_from_float(asked.budget)
    return ReelRule(
        pad_before=_either(asked.pad_before, rule.pad_before),
        pad_after=_either(asked.pad_after, rule.pad_after),
        budget=budget,
        parts=None if asked.parts is None else parts_from(asked.parts),
    )


def parts_from(asked: Sequence[tuple[float, float]]) -> tuple[Span, ...]:
    """Stretches as they were asked for, sorted, those that touch or overlap joined. Raises Refusal for one that is backwards."""
    try:
        return tuple(joined(Span(seconds_from_float(start), seconds_from_float(end)) for start, end in asked))
    except ValueError as error:
        raise Refusal(422, f"parts: {error}.", remedy="Give each stretch as [start, end], in seconds.") from error


def check_parts(rules: CutRules, recording: Recording | None) -> None:
    """Raise Refusal when a stretch that was chosen by hand lies behind the recording's end."""
    parts = rules.reel.parts
    if parts is None or recording is None:
        return
    if parts[-1].end > recording.duration + SLACK:
        ends_s = float(recording.duration)
        raise Refusal(422, f"parts: the recording ends after {ends_s:.3f} s.", remedy="Choose stretches inside it.")


def _either(asked: float | None, present: Seconds) -> Seconds:
    return present if asked is None else seconds_from_float(asked)
