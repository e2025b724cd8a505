from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.adapters.system.sweeping import SystemSweeper
from appliance.domain.job import ItemState
from appliance.domain.place import DataFolder
from appliance.domain.request import DeleteItem
from appliance.services.janitor import JanitorRule
from appliance.services.janitor_sweep import Sweep, SweepRule, SweepTools

from ...appliance_fakes import HandClock
from ...book_examples import AT_S, opened_book
from ...tidy_box import TidyBox

HOUR_S = 3600.0


@pytest.fixture
def box(tmp_path: Path) -> Iterator[TidyBox]:
    rule = JanitorRule(reels_for_s=None, min_free_bytes=0)
    with opened_book(tmp_path) as book:
        yield TidyBox(book=book, data=DataFolder(root=tmp_path), rule=rule, clock=HandClock(time_s=AT_S))


def sweep(box: TidyBox, *, stopped: bool = False) -> int:
    tools = SweepTools(
        data=box.data, book=box.book, files=SystemSweeper(box.data.root), journal=box.journal, stopped=lambda: stopped
    )
    rule = SweepRule(backups=2, upload_expiry_s=24 * HOUR_S)
    return asyncio.run(Sweep(tools=tools, rule=rule, now_s=box.clock.now_s()).run())


def test_everything_of_a_deleted_item_goes_at_once(box: TidyBox) -> None:
    box.keep("item-1")
    box.keep("item-2")
    asyncio.run(box.ask(DeleteItem(item_id="item-1")))
    assert sweep(box) == 0
    assert [box.has(f"{folder}/item-1") for folder in ("originals", "reels", "features")] == [False] * 3
    assert [box.has(f"{folder}/item-2") for folder in ("originals", "reels", "features")] == [True] * 3


def test_an_original_that_came_under_another_id_goes_with_its_deleted_item(box: TidyBox) -> None:
    box.keep("item-1")
    with box.book.writing():
        box.book.save_alias("again", "item-1")
    box.lay("originals/again/a.mp4")
    assert sweep(box) == 0
    assert box.has("originals/again/a.mp4")
    asyncio.run(box.ask(DeleteItem(item_id="item-1")))
    sweep(box)
    assert not box.has("originals/again")


def test_an_original_that_the_book_does_not_know_is_counted_and_never_removed(box: TidyBox) -> None:
    box.lay("originals/lost/a.mp4")
    box.lay("reels/lost/001/x.mp4")
    box.clock.time_s += 1000 * HOUR_S
    assert sweep(box) == 2
    assert box.has("originals/lost/a.mp4")
    assert box.has("reels/lost/001/x.mp4")


def test_features_that_the_book_does_not_know_go_after_a_while(box: TidyBox) -> None:
    box.lay("features/lost/f.npz")
    sweep(box)
    assert box.has("features/lost/f.npz")
    box.clock.time_s += 2 * HOUR_S
    sweep(box)
    assert not box.has("features/lost")


def test_what_is_being_taken_in_is_left_alone(box: TidyBox) -> None:
    box.lay("originals/coming/intake.json")
    box.lay("originals/coming/a.mp4")
    box.clock.time_s += 1000 * HOUR_S
    assert sweep(box) == 0
    assert box.has("originals/coming/a.mp4")


def test_old_cuts_go_and_the_last_three_and_the_one_that_is_shown_stay(box: TidyBox) -> None:
    box.keep("item-1", cuts=6)
    with box.book.writing():
        box.book.save_item(replace(box.item("item-1"), reel="reels/item-1/001/x.mp4"))
    box.clock.time_s += 2 * HOUR_S
    sweep(box)
    assert [number for number in range(1, 7) if box.has(f"reels/item-1/{number:03}")] == [1, 4, 5, 6]


def test_nothing_of_an_item_at_work_is_touched(box: TidyBox) -> None:
    box.keep("item-1", cuts=5, state=ItemState.PROCESSING, reel=None)
    box.clock.time_s += 1000 * HOUR_S
    sweep(box)
    assert all(box.has(f"reels/item-1/{number:03}") for number in range(1, 6))


def test_half_done_work_goes_once_nobody_touches_it(box: TidyBox) -> None:
    box.keep("item-1")
    dead = ["features/item-1/.f.npz.x.part", "reels/item-1/001/.rinkreel-1/part-1.mkv", "work/half", "work/uploads/u1/data"]
    for place in dead:
        box.lay(place)
    sweep(box)
    assert all(box.has(place) for place in dead)
    box.clock.time_s += 2 * HOUR_S
    sweep(box)
    assert [box.has(place) for place in dead] == [False, False, True, True]
    box.clock.time_s += 24 * HOUR_S
    box.lay("work/uploads/u2/data", touched_at_s=box.clock.now_s())
    sweep(box)
    assert [box.has(place) for place in dead] == [False] * 4
    assert box.has("work/uploads/u2/data")
    assert box.has("reels/item-1/001/x.mp4")
    assert box.has("features/item-1/f.npz")


def test_the_newest_copies_of_the_book_stay(box: TidyBox) -> None:
    for day in range(4):
        box.lay(f"backups/book-{day}.db", touched_at_s=AT_S + day)
    sweep(box)
    assert sorted(path.name for path in box.data.backups.iterdir()) == ["book-2.db", "book-3.db"]


def test_what_was_removed_is_said_in_one_line(box: TidyBox) -> None:
    box.keep("item-1")
    asyncio.run(box.ask(DeleteItem(item_id="item-1")))
    sweep(box)
    ((event, fields),) = box.journal.lines
    assert event == "files of deleted items swept"
    assert fields["count"] == 3
    assert fields["paths"] == ["originals/item-1", "reels/item-1", "features/item-1"]


def test_the_rest_is_left_when_it_is_time_to_stop(box: TidyBox) -> None:
    box.keep("item-1")
    asyncio.run(box.ask(DeleteItem(item_id="item-1")))
    sweep(box, stopped=True)
    assert box.has("originals/item-1/a.mp4")
