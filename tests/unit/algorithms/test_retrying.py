from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.retrying import LONGEST_S, SHORTEST_S, decide, refuse_delivery, wait_before_next
from appliance.domain.errors import DiskFull, Misconfigured, RinkreelError, Transient, Unusable
from appliance.domain.verdict import GiveUp, Hold, TryAgain


def test_what_may_go_away_by_itself_is_tried_again() -> None:
    verdict = decide(Transient("the share went away", remedy="Plug it in."), 1, 5)
    assert isinstance(verdict, TryAgain)
    assert verdict.why == "the share went away"


def test_the_last_try_that_fails_is_a_dead_letter() -> None:
    verdict = decide(Transient("the share went away", remedy="Plug it in."), 5, 5)
    assert verdict == GiveUp(why="the share went away", remedy="Plug it in.", dead=True)


def test_footage_that_will_never_work_is_given_up_at_once_and_is_no_dead_letter() -> None:
    assert decide(Unusable("not a video", remedy="Copy it."), 1, 5) == GiveUp(why="not a video", remedy="Copy it.", dead=False)


def test_what_an_operator_has_to_mend_is_a_dead_letter_at_once() -> None:
    assert decide(Misconfigured("no model", remedy="Pull it."), 1, 5) == GiveUp(why="no model", remedy="Pull it.", dead=True)


@pytest.mark.parametrize("attempt", [1, 5, 9])
def test_a_full_disk_holds_the_order_however_often_it_was_tried(attempt: int) -> None:
    assert decide(DiskFull("no room"), attempt, 5) == Hold(why="no room")


def test_a_failure_of_no_branch_is_a_dead_letter() -> None:
    assert decide(RinkreelError("odd", remedy="Look."), 1, 5) == GiveUp(why="odd", remedy="Look.", dead=True)


def test_an_order_that_ends_its_workers_is_refused_after_the_last_try() -> None:
    assert refuse_delivery(5, 5) is None
    verdict = refuse_delivery(6, 5)
    assert verdict is not None
    assert verdict.dead
    assert verdict.why == "this recording stopped the worker 5 times"


def test_waits_grow_until_they_are_long_enough() -> None:
    waits = [wait_before_next(attempt, key="a") for attempt in range(1, 6)]
    assert waits == sorted(waits)
    assert wait_before_next(50, key="a") > 200


@given(st.integers(-5, 10**6), st.text())
def test_waits_stay_within_bounds_and_are_the_same_each_time(attempt: int, key: str) -> None:
    wait = wait_before_next(attempt, key=key)
    assert SHORTEST_S <= wait <= LONGEST_S
    assert wait == wait_before_next(attempt, key=key)


def test_orders_that_failed_together_are_not_tried_together() -> None:
    assert len({wait_before_next(3, key=f"item-{index}") for index in range(20)}) == 20
