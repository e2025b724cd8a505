from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from appliance.domain.job import ItemState
from appliance.domain.order import BookChanged, ProgressNote
from appliance.services.api import events

from .front_door import Box


def run_beside(box: Box, work: Callable[[], Awaitable[None]]) -> None:
    """Do something while the newsroom hears the bus."""

    async def run() -> None:
        news = asyncio.create_task(box.house.newsroom.run())
        try:
            async with asyncio.timeout(10):
                await work()
        finally:
            news.cancel()
            with suppress(asyncio.CancelledError):
                await news

    asyncio.run(run())


def test_how_far_an_item_is_reaches_every_page_that_listens(box: Box) -> None:
    item = box.add_item(state=ItemState.PROCESSING, stage="analyse", chunks_total=2, started_at_s=box.clock.time_s - 50)
    note = ProgressNote(
        item_id=item.id, revision=1, stage="analyse", done_s=30.0, total_s=60.0, worker="w", at_s=box.clock.time_s
    )

    async def listen() -> None:
        pages = [box.house.newsroom.listen() for _ in range(2)]
        for page in pages:
            assert (await anext(page)).startswith("retry")
        waiting = [asyncio.ensure_future(anext(page)) for page in pages]
        await asyncio.sleep(0)
        box.ears.say(note)
        for text in await asyncio.gather(*waiting):
            kind, data, *_ = text.splitlines()
            told = json.loads(data.removeprefix("data: "))
            assert kind == "event: progress"
            assert told["item_id"] == item.id
            assert told["share"] == pytest.approx(0.02 + 0.86 * 0.25)
            assert told["eta_s"] > 0
        for page in pages:
            await page.aclose()

    run_beside(box, listen)


def test_a_page_that_is_too_slow_is_told_to_read_anew(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_WAITING", 3)

    async def listen() -> None:
        page = box.house.newsroom.listen()
        await anext(page)
        for number in range(4):
            box.ears.say(BookChanged(job_id=str(number)))
        first = await anext(page)
        while "data: {}" not in first:
            first = await anext(page)
        assert '"job_id": "3"' in await anext(page)
        await page.aclose()

    run_beside(box, listen)


def test_a_silent_line_is_kept_open_and_closed_when_the_box_leaves(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_S", 0.01)

    async def listen() -> None:
        page = box.house.newsroom.listen()
        await anext(page)
        assert (await anext(page)).startswith(":")
        box.house.newsroom.close()
        assert [text async for text in page] in ([], [": still here\n\n"])

    run_beside(box, listen)


def test_a_bus_that_is_away_is_listened_to_again(box: Box) -> None:
    box.ears.faults = 3

    async def listen() -> None:
        page = box.house.newsroom.listen()
        await anext(page)
        box.ears.say(BookChanged(job_id="after all"))
        assert "after all" in await anext(page)
        await page.aclose()

    run_beside(box, listen)
    assert box.journal.events.count("news cannot be heard") == 3


def test_a_book_that_is_away_costs_a_round_of_progress_and_nothing_more(box: Box) -> None:
    item = box.add_item(state=ItemState.PROCESSING, stage="probe")
    note = ProgressNote(item_id=item.id, revision=1, stage="probe", done_s=1.0, total_s=2.0, worker="w", at_s=box.clock.time_s)

    async def listen() -> None:
        page = box.house.newsroom.listen()
        await anext(page)
        box.book.away = True
        box.ears.say(note)
        heard = asyncio.ensure_future(anext(page))
        await asyncio.wait({heard}, timeout=3 * events.TELL_EVERY_S)
        assert not heard.done()
        box.book.away = False
        box.ears.say(replace(note, done_s=1.5))
        assert "progress" in await heard
        await page.aclose()

    run_beside(box, listen)
