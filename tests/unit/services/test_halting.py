from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from appliance.services.halting import run_abandonable, run_halting


def test_work_beside_the_loop_gives_its_result_and_its_errors() -> None:
    async def run() -> None:
        assert await run_halting(lambda halted: halted()) is False
        assert await run_abandonable(lambda: 7) == 7
        with pytest.raises(ZeroDivisionError):
            await run_halting(lambda halted: 1 // int(halted()))
        with pytest.raises(ZeroDivisionError):
            await run_abandonable(lambda: 1 // 0)

    asyncio.run(run())


def test_who_calls_work_off_gets_control_back_only_once_it_has_ended() -> None:
    begun, ended = threading.Event(), threading.Event()

    def work(halted: Callable[[], bool]) -> None:
        begun.set()
        while not halted():
            pass
        ended.set()

    async def run() -> None:
        task = asyncio.create_task(run_halting(work))
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended.is_set()

    asyncio.run(run())


def test_abandoned_work_holds_nobody_up_and_its_end_is_harmless() -> None:
    release = threading.Event()

    async def run() -> None:
        task = asyncio.create_task(run_abandonable(lambda: release.wait(10)))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    release.set()
    for thread in threading.enumerate():
        if thread.name == "abandonable":
            thread.join(10)
            assert not thread.is_alive()
