"""A stage at work on a thread of its own, so that whoever watches it stays free; how far it has come is read from outside."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from appliance.domain.facts import Fact
from appliance.domain.order import Order
from appliance.ports import Progress
from appliance.ports.media_access import MediaAccess

T = TypeVar("T")
#: Runs the stage that an order names; its paths can be opened.
StageRunner = Callable[[Order, Progress], Awaitable[Sequence[Fact]]]


class StageInterrupted(Exception):  # noqa: N818 - not a failure of the stage
    """Ends a stage from inside its own next word, through whatever cleans up after it."""


class StageProgress:
    """Hears a stage, from its threads. What is kept here is read by the event loop."""

    def __init__(self) -> None:
        self.moved_at = time.monotonic()
        self.latest: tuple[float, float] | None = None
        self._interrupted = threading.Event()

    def advance(self, stage: str, done_s: float, total_s: float) -> None:  # noqa: ARG002 - the port's signature
        """See ports.Progress. Raises StageInterrupted once somebody wants the stage to end."""
        self.latest = (done_s, total_s)
        self.move()

    def move(self) -> None:
        """Note progress that is not counted in footage. Raises StageInterrupted as `advance`."""
        if self._interrupted.is_set():
            raise StageInterrupted
        self.moved_at = time.monotonic()

    def interrupt(self) -> None:
        """Let the stage end at its next word."""
        self._interrupted.set()


def start_stage(order: Order, run: StageRunner, media: MediaAccess, progress: StageProgress) -> asyncio.Future[tuple[Fact, ...]]:
    """Fetch what the order needs and run its stage; the facts come as they travel."""

    async def run_here(local: Order) -> Sequence[Fact]:
        return await run(local, progress)

    def work() -> tuple[Fact, ...]:
        with media.localise(order, progress.move) as local:
            return media.portable(asyncio.run(run_here(local)))

    return _on_own_thread(work, f"stage {order.stage}")


def _on_own_thread(work: Callable[[], T], name: str) -> asyncio.Future[T]:
    """A thread that nobody waits for at exit: a hung decoder cannot be ended, only left behind."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def live() -> None:
        try:
            result = context.run(work)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the watcher's to judge
            _hand_over(loop, _fail, future, error)
        else:
            _hand_over(loop, _settle, future, result)

    threading.Thread(target=live, name=name, daemon=True).start()
    return future


def _hand_over(loop: asyncio.AbstractEventLoop, settle: Callable[..., None], *what: object) -> None:
    try:
        loop.call_soon_threadsafe(settle, *what)
    except RuntimeError:
        return  # The loop is closed: the stage was left behind, and nobody asks any more.


def _settle(future: asyncio.Future[T], result: T) -> None:
    if not future.done():
        future.set_result(result)


def _fail(future: asyncio.Future[T], error: BaseException) -> None:
    if not future.done():
        future.set_exception(error if isinstance(error, Exception) else RuntimeError(f"{type(error).__name__}: {error}"))
        future.exception()  # Seen, even when the stage was left behind.
