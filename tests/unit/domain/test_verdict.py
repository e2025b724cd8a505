from __future__ import annotations

from typing import assert_never, get_args

from appliance.domain.facts import StageFailed
from appliance.domain.verdict import Done, GiveUp, Hold, TryAgain, Verdict


def word_for(verdict: Verdict) -> str:
    """What a worker does; the type checker sees to it that no verdict is left out."""
    match verdict:
        case Done(facts):
            return f"tell {len(facts)}"
        case TryAgain(after_s=after_s):
            return f"wait {after_s} s"
        case Hold(why=why):
            return f"hold: {why}"
        case GiveUp(remedy=remedy):
            return remedy
    assert_never(verdict)


def test_a_verdict_is_a_value_that_a_worker_can_tell_apart() -> None:
    failed = StageFailed(stage="probe", subject="a.mp4", why="not a video", remedy="Copy it again.")
    verdicts = (
        Done((failed,)),
        TryAgain(after_s=30, why="the share went away"),
        Hold(why="the disk is full"),
        GiveUp(why="why", remedy="Copy it again."),
    )
    assert [word_for(verdict) for verdict in verdicts] == ["tell 1", "wait 30 s", "hold: the disk is full", "Copy it again."]


def test_what_is_given_up_is_no_dead_letter_unless_it_is_said() -> None:
    assert not GiveUp(why="not a video", remedy="").dead


def test_every_verdict_has_its_word() -> None:
    assert set(get_args(Verdict)) == {Done, TryAgain, Hold, GiveUp}
