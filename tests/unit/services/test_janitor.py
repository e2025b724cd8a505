from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.domain.house_rules import HouseRules
from appliance.domain.job import ItemState
from appliance.domain.place import DataFolder
from appliance.domain.request import BackUp, ForgetOriginal, ForgetReel, SaveHouseRules
from appliance.services.janitor import STEADY_AGAIN_S, JanitorRule

from ...appliance_fakes import HandClock
from ...book_examples import AT_S, opened_book
from ...tidy_box import DAY_S, SmallDisk, TidyBox

RULE = JanitorRule(reels_for_s=180 * DAY_S, originals="keep", originals_for_s=7 * DAY_S, min_free_bytes=0, backups=3)
Opener = Callable[..., AbstractContextManager[TidyBox]]


@pytest.fixture
def opener(tmp_path: Path) -> Opener:
    @contextmanager
    def opened(rule: JanitorRule = RULE, *, disk_bytes: int | None = None) -> Iterator[TidyBox]:
        root = tmp_path / "data"
        root.mkdir(exist_ok=True)
        with opened_book(tmp_path / "book" if disk_bytes else root) as book:
            box = TidyBox(book=book, data=DataFolder(root=root), rule=rule, clock=HandClock(time_s=AT_S))
            if disk_bytes is not None:
                box.disk = SmallDisk(root=root, total=disk_bytes)
                box.janitor = box.hire()
            yield box

    (tmp_path / "book").mkdir()
    return opened


def tidy(box: TidyBox) -> None:
    asyncio.run(box.janitor.tidy())


def test_a_reel_goes_after_its_time_and_its_item_says_why(opener: Opener) -> None:
    with opener() as box:
        box.keep("old")
        box.pass_time(100 * DAY_S)
        box.keep("young", made_at_s=box.clock.now_s())
        box.pass_time(81 * DAY_S)
        tidy(box)
        assert not box.has("reels/old")
        assert box.item("old").reel is None
        assert box.item("old").message == "The reel was removed after its time."
        assert box.has("originals/old/a.mp4")
        assert box.has("features/old/f.npz")
        assert box.has("reels/young/001/x.mp4")


def test_a_pinned_reel_stays_for_good(opener: Opener) -> None:
    with opener(replace(RULE, originals="remove")) as box:
        box.keep("dear", pinned=True)
        box.pass_time(4000 * DAY_S)
        tidy(box)
        assert box.has("reels/dear/001/x.mp4")
        assert box.has("originals/dear/a.mp4")


def test_a_reel_that_was_pinned_meanwhile_stays_because_the_ledger_says_no(opener: Opener) -> None:
    with opener() as box:
        box.keep("dear")
        box.pass_time(200 * DAY_S)
        stale = box.item("dear")
        with box.book.writing():
            box.book.save_item(replace(stale, pinned=True))
        asyncio.run(box.janitor._drop_reel(stale, "old"))
        assert box.has("reels/dear/001/x.mp4")
        assert "the ledger said no" in box.journal.events


def test_originals_go_only_where_the_rule_says_so_and_their_reel_is_there(opener: Opener) -> None:
    with opener(replace(RULE, originals="remove")) as box:
        box.keep("done")
        box.keep("still", reel=None)
        box.keep("failed", state=ItemState.FAILED)
        box.pass_time(8 * DAY_S)
        tidy(box)
        assert not box.has("originals/done")
        assert not box.item("done").has_original
        assert box.has("reels/done/001/x.mp4")
        assert box.has("originals/still/a.mp4")
        assert box.has("originals/failed/a.mp4")


def test_an_original_that_came_under_another_id_goes_from_where_it_lies(opener: Opener) -> None:
    with opener(replace(RULE, originals="remove")) as box:
        box.keep("done")
        with box.book.writing():
            (part,) = box.book.parts_of("done")
            box.book.save_parts("done", [replace(part, stored="originals/again/a.mp4")])
            box.book.save_alias("again", "done")
        box.lay("originals/again/a.mp4")
        box.pass_time(8 * DAY_S)
        tidy(box)
        assert not box.has("originals/again")


def test_room_is_made_by_the_oldest_reels_and_no_more_of_them_than_needed(opener: Opener) -> None:
    with opener(replace(RULE, min_free_bytes=1000), disk_bytes=10_000) as box:
        for number in range(4):
            box.keep(f"item-{number}", made_at_s=AT_S + number, size_bytes=1000)
        box.keep("dear", made_at_s=AT_S - 1, size_bytes=1000, pinned=True)
        tidy(box)
        left = [number for number in range(4) if box.has(f"reels/item-{number}/001/x.mp4")]
        assert left in ([3], [2, 3])
        assert box.disk.free_bytes(box.data.root) >= 2000
        assert box.has("reels/dear/001/x.mp4")
        assert all(box.has(f"originals/item-{number}/a.mp4") for number in range(4))
        assert box.item("item-0").message == "The reel was removed to make room."


def test_no_room_is_made_when_nobody_wants_it(opener: Opener) -> None:
    with opener(replace(RULE, min_free_bytes=10**6, make_room=False), disk_bytes=10_000) as box:
        box.keep("item-1")
        tidy(box)
        assert box.has("reels/item-1/001/x.mp4")


def test_originals_never_go_for_room_once_their_reel_is_gone(opener: Opener) -> None:
    with opener(replace(RULE, min_free_bytes=10**6, originals="remove"), disk_bytes=10_000) as box:
        box.keep("item-1")
        tidy(box)
        assert not box.has("reels/item-1")
        assert box.has("originals/item-1/a.mp4")


def test_nothing_is_removed_while_the_ledger_does_not_answer(opener: Opener) -> None:
    with opener() as box:
        box.keep("old")
        box.pass_time(200 * DAY_S)
        box.away = True
        tidy(box)
        assert box.has("reels/old/001/x.mp4")
        assert "tidying interrupted" in box.journal.events
        box.away = False
        tidy(box)
        assert not box.has("reels/old")


def test_a_crash_between_asking_and_removing_is_made_good(opener: Opener) -> None:
    with opener() as box:
        box.keep("old", cuts=2)
        asyncio.run(box.ask(ForgetReel(item_id="old", why="age")))
        box.keep("bare")
        asyncio.run(box.ask(ForgetOriginal(item_id="bare")))
        box.pass_time(2 * 3600)
        tidy(box)
        assert not box.has("reels/old/001")
        assert not box.has("reels/old/002")
        assert not box.has("originals/bare")
        assert box.has("originals/old/a.mp4")
        assert box.has("reels/bare/001/x.mp4")


def test_the_book_is_copied_each_day_and_the_oldest_copies_go(opener: Opener) -> None:
    with opener() as box:
        stamps: list[float] = []
        for day in range(1, 6):
            tidy(box)
            for path in box.data.backups.iterdir():
                if path.stat().st_mtime not in stamps:  # The file system knows nothing of a clock that is moved by hand.
                    stamps.append(box.clock.now_s())
                    os.utime(path, (box.clock.now_s(), box.clock.now_s()))
            box.pass_time(DAY_S / 2)
            tidy(box)
            assert sum(isinstance(request, BackUp) for request in box.asked) == day
            box.pass_time(DAY_S / 2 + 1)
        assert sorted(path.stat().st_mtime for path in box.data.backups.iterdir()) == stamps[2:]


def test_a_clock_that_jumps_ahead_takes_no_reel_with_it(opener: Opener) -> None:
    with opener() as box:
        box.keep("item-1")
        tidy(box)
        box.clock.time_s += 4000 * DAY_S
        box.steady_s += 600
        tidy(box)
        assert box.has("reels/item-1/001/x.mp4")
        assert [notice.key for notice in box.book.notices()] == ["clock"]
        box.clock.time_s -= 4000 * DAY_S
        box.steady_s += 600
        tidy(box)
        box.pass_time(STEADY_AGAIN_S + 1)
        tidy(box)
        assert box.book.notices() == ()


def test_a_clock_from_before_its_time_is_said_and_removes_nothing(opener: Opener) -> None:
    with opener() as box:
        box.keep("item-1", made_at_s=-(10**12))
        box.clock.time_s = 1000.0
        tidy(box)
        (notice,) = box.book.notices()
        assert (notice.key, "2025" in notice.why) == ("clock", True)
        assert box.has("reels/item-1/001/x.mp4")


def test_a_notice_is_raised_once_and_cleared_once(opener: Opener) -> None:
    with opener() as box:
        for _ in range(3):
            tidy(box)
        names = [type(request).__name__ for request in box.asked]
        assert names.count("ClearNotice") == 2, "one for the clock, one for strays"
        assert names.count("RaiseNotice") == 0


def test_it_ends_at_once_when_it_is_told_to(opener: Opener) -> None:
    async def work(box: TidyBox) -> None:
        stop = asyncio.Event()
        task = asyncio.create_task(box.janitor.run(stop))
        async with asyncio.timeout(20):
            while not box.has("backups") or not any(box.data.backups.iterdir()):
                await asyncio.sleep(0.005)
        stop.set()
        await asyncio.wait_for(task, 5)

    with opener() as box:
        asyncio.run(work(box))


def test_the_staff_say_how_long_reels_stay(opener: Opener) -> None:
    with opener() as box:
        box.keep("old")
        asyncio.run(box.ask(SaveHouseRules(rules=HouseRules(reels_for=Fraction(0)))))
        box.pass_time(200 * DAY_S)
        tidy(box)
        assert box.has("reels/old/001/x.mp4")
        asyncio.run(box.ask(SaveHouseRules(rules=HouseRules(reels_for=Fraction(30 * 86_400)))))
        tidy(box)
        assert not box.has("reels/old")
