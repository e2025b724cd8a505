"""Long work beside the loop: ended between two of its steps when nobody waits for it any more."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

T = TypeVar("T")


async def run_halting(work: Callable[[Callable[[], bool]], T]) -> T:
    """Run `work` in a thread; it is handed a question that turns true when it shall end. Comes back only when it has ended,
    so that nothing goes on behind the back of who cleans up."""
    flag = threading.Event()
    task = asyncio.ensure_future(asyncio.to_thread(work, flag.is_set))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        flag.set()
        with suppress(asyncio.CancelledError, Exception):
            await asyncio.wait([task])
            task.exception()
        raise


async def run_abandonable(work: Callable[[], T]) -> T:
    """Run work that changes nothing in a thread of its own, which is left behind when nobody waits for it any more."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 - handed over to who waits
            _hand_over(loop, partial(_fail, future, error))
        else:
            _hand_over(loop, partial(_fulfil, future, result))

    threading.Thread(target=run, name="abandonable", daemon=True).start()
    return await future


def _hand_over(loop: asyncio.AbstractEventLoop, deliver: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the loop has closed
        loop.call_soon_threadsafe(deliver)


def _fulfil(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[T], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error)
