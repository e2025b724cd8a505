from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.algorithms.sweeping import EARLIEST_S, Reading, doubt_clock, surplus_copies, surplus_cuts, untouched
from appliance.domain.job import Item, ItemState
from appliance.domain.leftover import Leftover

NOW = Reading(wall_s=1_790_000_000.0, steady_s=5000.0)
ITEM = Item(
    id="a",
    job_id="j",
    name="a",
    content_id="c",
    trace_id="t",
    state=ItemState.COMPLETED,
    revision=7,
    created_at_s=0.0,
    reel="reels/a/007/highlight_a.mp4",
)


def left(name: str, touched_at_s: float = 0.0) -> Leftover:
    return Leftover(path=Path("reels/a", name), touched_at_s=touched_at_s, is_folder=True)


CUTS = [left(f"{number:03}") for number in range(1, 8)]


def names(leftovers: tuple[Leftover, ...]) -> list[str]:
    return [each.path.name for each in leftovers]


def later(wall_s: float, steady_s: float) -> Reading:
    return Reading(wall_s=NOW.wall_s + wall_s, steady_s=NOW.steady_s + steady_s)


def test_a_clock_that_goes_on_is_believed() -> None:
    assert doubt_clock(NOW, None) == ""
    assert doubt_clock(later(600, 600), NOW) == ""


def test_a_box_that_slept_over_night_is_believed() -> None:
    assert doubt_clock(later(12 * 3600, 600), NOW) == ""


def test_a_small_correction_is_none_of_our_business() -> None:
    assert doubt_clock(later(-1800, 600), NOW) == ""


def test_a_clock_before_its_time_is_doubted_from_the_start() -> None:
    assert "before 2025" in doubt_clock(Reading(wall_s=EARLIEST_S - 1, steady_s=0), None)


@pytest.mark.parametrize(("wall_s", "word"), [(-2 * 3600, "back by 2.2 hours"), (400 * 86400, "ahead by")])
def test_a_clock_that_jumps_is_doubted(wall_s: float, word: str) -> None:
    assert word in doubt_clock(later(wall_s, 600), NOW)


def test_only_what_rested_is_untouched() -> None:
    assert untouched([left("a", 100.0), left("b", 950.0), left("c", 5000.0)], 1000.0, 60.0) == (left("a", 100.0),)


def test_the_last_three_cuts_stay() -> None:
    assert names(surplus_cuts(ITEM, CUTS)) == ["001", "002", "003", "004"]


def test_the_cut_that_is_shown_stays_however_old_it_is() -> None:
    assert names(surplus_cuts(replace(ITEM, reel="reels/a/002/x.mp4"), CUTS)) == ["001", "003", "004"]


def test_an_item_without_a_reel_needs_no_cut() -> None:
    assert len(surplus_cuts(replace(ITEM, reel=None), CUTS)) == 7


def test_nothing_is_swept_under_an_item_that_is_at_work() -> None:
    assert surplus_cuts(replace(ITEM, state=ItemState.PROCESSING, reel=None), CUTS) == ()


def test_what_is_no_cut_is_not_touched() -> None:
    assert surplus_cuts(replace(ITEM, reel=None), [left("notes"), left("1a")]) == ()


def test_the_newest_copies_stay() -> None:
    copies = [left("b", 2.0), left("d", 4.0), left("a", 1.0), left("c", 3.0)]
    assert names(surplus_copies(copies, 2)) == ["b", "a"]
    assert surplus_copies(copies, 9) == ()
