"""The life of recordings in the ledger's hands: real book, bus in memory, workers played by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

from appliance.domain.job import ItemState
from tests.ledger_examples import Rink, opened_rink

Play = Callable[[Rink], Coroutine[None, None, None]]


def play(folder: Path, scene: Play) -> None:
    """Run a scene on a rink of its own."""
    with opened_rink(folder) as rink:
        asyncio.run(scene(rink))


def test_a_recording_walks_through_every_stage_to_its_reel(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        assert (await rink.add()).ok
        assert (rink.item().state, rink.item().message) == (ItemState.QUEUED, "Waiting")
        await rink.turn()
        assert (rink.item().state, rink.item().message) == (ItemState.PROCESSING, "Opening")
        (probe,) = rink.orders.values()
        await rink.work(probe)
        item = rink.item()
        assert (item.stage, item.message, item.duration_s, item.chunks_total) == ("analyse", "Watching", 600.0, 3)
        for number, order in enumerate(rink.orders.values(), start=1):
            await rink.work(order)
            assert rink.item().chunks_done == number
        assert rink.item().message == "Choosing moments"
        (select,) = rink.orders.values()
        await rink.work(select)
        assert (rink.item().message, rink.item().moments, rink.item().kept_s) == ("Cutting the reel", 2, 24.0)
        (assemble,) = rink.orders.values()
        assert assemble.target == Path("reels/item-1/001/highlight_Name of item-1.mp4")
        await rink.work(assemble)
        item = rink.item()
        assert (item.state, item.reel, item.reel_bytes) == (ItemState.COMPLETED, "reels/item-1/001/highlight_A.mp4", 5 * 10**6)
        assert item.started_at_s is not None
        assert item.finished_at_s is not None
        assert rink.orders == {}
        assert rink.book.tallies().stage_s["analyse"] == (4.5, 3)

    play(tmp_path, scene)
