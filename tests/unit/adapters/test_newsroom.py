"""Listeners hear what comes after they came, keep the newest when they are slow, and end when the room closes."""

from __future__ import annotations

import asyncio
import gc

import pytest

from appliance.adapters.newsroom import MOST_WAITING, Newsroom
from appliance.domain.order import BookChanged


def change(number: int) -> BookChanged:
    return BookChanged(item_id=str(number))


def test_everybody_hears_what_comes_after_they_came() -> None:
    async def check() -> None:
        room = Newsroom()
        first = room.listen()
        room.spread(change(1))
        second = room.listen()
        room.spread(change(2))
        room.close()
        assert [news async for news in first] == [change(1), change(2)]
        assert [news async for news in second] == [change(2)]
        assert [news async for news in room.listen()] == []

    asyncio.run(check())


def test_whoever_is_slow_keeps_the_newest() -> None:
    async def check() -> None:
        room = Newsroom()
        listener = room.listen()
        for number in range(MOST_WAITING + 5):
            room.spread(change(number))
        room.close()
        assert [news async for news in listener] == [change(number) for number in range(5, MOST_WAITING + 5)]

    asyncio.run(check())


def test_waiting_may_be_given_up_and_taken_up_again() -> None:
    async def check() -> None:
        room = Newsroom()
        listener = room.listen()
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(anext(listener), 0.01)
        room.spread(change(1))
        assert await anext(listener) == change(1)
        await listener.aclose()
        assert [news async for news in listener] == []

    asyncio.run(check())


def test_a_listener_that_was_let_go_of_is_forgotten() -> None:
    room = Newsroom()
    kept = room.listen()
    room.listen()
    gc.collect()
    assert list(room._listeners) == [kept]
