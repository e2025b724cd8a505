from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.algorithms.retaining import (
    RetainingRule,
    expires_at_s,
    made_at_s,
    original_expires_at_s,
    originals_to_spare,
    overdue_originals,
    overdue_reels,
    reels_to_spare,
)
from appliance.domain.job import Item, ItemState

DAY_S = 86400.0
RULE = RetainingRule(reels_for_s=180 * DAY_S, originals="remove", originals_for_s=7 * DAY_S)


def item(item_id: str = "a", made_at: float = 1000.0) -> Item:
    return Item(
        id=item_id,
        job_id="j",
        name=item_id,
        content_id=item_id,
        trace_id="t",
        state=ItemState.COMPLETED,
        revision=1,
        created_at_s=500.0,
        finished_at_s=made_at,
        reel=f"reels/{item_id}/001/x.mp4",
    )


def test_a_reel_has_its_time_from_when_it_was_made() -> None:
    assert expires_at_s(item(), RULE) == 1000.0 + 180 * DAY_S
    assert made_at_s(replace(item(), finished_at_s=None)) == 500.0


@pytest.mark.parametrize(
    "kept",
    [
        replace(item(), pinned=True),
        replace(item(), reel=None),
        replace(item(), state=ItemState.PROCESSING),
        replace(item(), state=ItemState.QUEUED),
    ],
    ids=["pinned", "no reel", "at work", "queued"],
)
def test_some_reels_are_never_removed(kept: Item) -> None:
    assert expires_at_s(kept, RULE) is None
    assert overdue_reels([kept], RULE, 10**12) == ()
    assert reels_to_spare([kept], RULE) == ()


def test_reels_that_are_kept_for_good_may_still_make_room() -> None:
    rule = replace(RULE, reels_for_s=None)
    assert expires_at_s(item(), rule) is None
    assert reels_to_spare([item()], rule) == (item(),)
    assert reels_to_spare([item()], replace(rule, make_room=False)) == ()


def test_what_is_overdue_comes_oldest_first() -> None:
    young, old, older = item("y", 10 * DAY_S), item("o", 2 * DAY_S), item("p", DAY_S)
    assert overdue_reels([young, old, older], RULE, 183 * DAY_S) == (older, old)
    assert reels_to_spare([young, old, older], RULE) == (older, old, young)


@pytest.mark.parametrize(
    "kept",
    [
        replace(item(), reel=None),
        replace(item(), state=ItemState.FAILED),
        replace(item(), state=ItemState.PROCESSING),
        replace(item(), has_original=False),
        replace(item(), pinned=True),
    ],
    ids=["no reel", "failed", "at work", "gone already", "pinned"],
)
def test_an_original_stays_unless_its_finished_reel_is_there(kept: Item) -> None:
    assert original_expires_at_s(kept, RULE) is None
    assert overdue_originals([kept], RULE, 10**12) == ()
    assert originals_to_spare([kept], RULE) == ()


def test_originals_stay_for_good_unless_the_rule_says_otherwise() -> None:
    rule = replace(RULE, originals="keep")
    assert original_expires_at_s(item(), rule) is None
    assert originals_to_spare([item()], rule) == ()


def test_originals_go_after_their_own_time() -> None:
    assert original_expires_at_s(item(), RULE) == 1000.0 + 7 * DAY_S
    assert overdue_originals([item()], RULE, 1000.0 + 7 * DAY_S) == (item(),)
    assert overdue_originals([item()], RULE, 999.0 + 7 * DAY_S) == ()
