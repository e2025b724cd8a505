from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.domain.job import CutRules
from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.rules import MotionRule, ReelRule
from appliance.domain.timespan import Span
from appliance.services.api.recutting import check_parts, parts_from, rules_from
from appliance.services.api.refusals import Refusal
from appliance.services.api.schemas_asked import RecutAsked


def a_recording(duration_s: int) -> Recording:
    video = VideoTrack(
        index=0, codec="h264", width_px=64, height_px=48, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000)
    )
    file = MediaFile(path=Path("a.mp4"), container="mp4", size_bytes=1, duration=Fraction(duration_s), video=video)
    return Recording(id="r", name="a", files=(file,))


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


def test_stretches_chosen_by_hand_are_sorted_and_joined_and_last_for_one_cut() -> None:
    rules = rules_from(PRESENT, RecutAsked(parts=[(30, 40.5), (1, 2), (2, 3), (35, 39)]))
    assert rules.reel.parts == (Span(Fraction(1), Fraction(3)), Span(Fraction(30), Fraction(81, 2)))
    assert rules.reel.budget == PRESENT.reel.budget
    assert rules_from(rules, RecutAsked()) == PRESENT


@pytest.mark.parametrize("edges", [(2, 1), (1, 1), (1, 1.0000001)])
def test_a_stretch_that_is_empty_or_backwards_is_refused(edges: tuple[float, float]) -> None:
    with pytest.raises(Refusal) as caught:
        parts_from([edges])
    assert caught.value.status == 422


def test_a_stretch_behind_the_end_is_refused_unless_it_was_rounded() -> None:
    rules = rules_from(PRESENT, RecutAsked(parts=[(1, 60.005)]))
    check_parts(rules, a_recording(60))
    check_parts(rules, None)
    with pytest.raises(Refusal, match="ends after 59"):
        check_parts(rules, a_recording(59))
