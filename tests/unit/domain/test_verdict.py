from __future__ import annotations

from typing import get_args

from appliance.domain.facts import StageFailed
from appliance.domain.verdict import Done, GiveUp, TryAgain, Verdict


def word_for(verdict: Verdict) -> str:
    """What a worker does; the type checker sees to it that no verdict is left out."""
    match verdict:
        case Done(facts):
            return f"tell {len(facts)}"
        case TryAgain(after_s=after_s):
            return f"wait {after_s:g} s"
        case GiveUp(remedy=remedy):
            return remedy


def test_a_verdict_is_a_value_that_a_worker_can_tell_apart() -> None:
    failed = StageFailed(stage="probe", subject="a.mp4", why="why", remedy="Copy it again.")
    verdicts = (Done((failed,)), TryAgain(after_s=30, why="the share went away"), GiveUp(why="why", remedy="Copy it again."))
    assert [word_for(verdict) for verdict in verdicts] == ["tell 1", "wait 30 s", "Copy it again."]


def test_there_are_three_verdicts() -> None:
    assert set(get_args(Verdict)) == {Done, TryAgain, GiveUp}
