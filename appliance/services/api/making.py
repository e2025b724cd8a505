"""Things that are made when somebody first asks for them: one at a time, in the background, within a time; asked for again
meanwhile, they are on their way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from appliance.domain.errors import RinkreelError, Transient
from appliance.ports.surroundings import Clock, Journal
from appliance.services.api.refusals import Refusal

#: Makes one thing, until told to stop; blocks.
Make = Callable[[Event], object]
#: Things that wait or are being made; more are refused.
MOST_WAITING = 32
#: Whoever asks waits this long before being told to ask again, so that what is quick comes at once.
PATIENCE_S = 1.0
#: What failed is not tried again before this.
SULK_S = 60.0
#: Whoever was told to stop has this long to do so.
LEAVE_S = 5.0
MOST_SULKS = 256


@dataclass(slots=True)
class _Failure:
    error: RinkreelError
    at_s: float


@dataclass(slots=True)
class _Shelf:
    """What is being made, and what failed, by place."""

    tasks: dict[Path, asyncio.Task[None]] = field(default_factory=dict)
    failures: dict[Path, _Failure] = field(default_factory=dict)


class Maker:
    """Makes files on demand."""

    def __init__(self, clock: Clock, journal: Journal, *, patience_s: float = PATIENCE_S) -> None:
        self._clock, self._journal, self._patience_s = clock, journal, patience_s
        self._turn = asyncio.Lock()
        self._shelf = _Shelf()
        self._stop = Event()

    async def have(self, path: Path, make: Make, within_s: float) -> bool:
        """Whether the file is there; when not, it is being made from now on, and takes `within_s` at most.

        Raises:
            RinkreelError: it could not be made a moment ago. Refusal: too much else waits.
        """
        if await asyncio.to_thread(path.is_file):
            return True
        self._check(path)
        task = self._shelf.tasks.get(path) or self._begin(path, make, within_s)
        await asyncio.wait({task}, timeout=self._patience_s)
        self._check(path)
        return task.done() and await asyncio.to_thread(path.is_file)

    async def close(self) -> None:
        """Stop whatever is being made."""
        self._stop.set()
        tasks = list(self._shelf.tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, path: Path, make: Make, within_s: float) -> asyncio.Task[None]:
        if len(self._shelf.tasks) >= MOST_WAITING:
            raise Refusal(503, "Too much is being made just now.", remedy="Ask again in a minute.", headers={"Retry-After": "60"})
        task = asyncio.create_task(self._make(path, make, within_s))
        self._shelf.tasks[path] = task
        task.add_done_callback(lambda _: self._shelf.tasks.pop(path, None))
        return task

    async def _make(self, path: Path, make: Make, within_s: float) -> None:
        async with self._turn:
            try:
                await self._within(make, within_s)
            except RinkreelError as error:
                self._sulk(path, error)
            except Exception as error:  # noqa: BLE001 - whoever asks hears of it
                self._sulk(path, Transient(f"{path.name} could not be made", remedy="Ask again; the log says more."), error)

    async def _within(self, make: Make, within_s: float) -> None:
        """In a thread, which is asked to stop when its time is over, or when nobody needs it any more."""
        stop = Event()
        work = asyncio.create_task(asyncio.to_thread(make, stop))
        try:
            await asyncio.wait({work}, timeout=within_s)
            if not work.done():
                stop.set()
                await asyncio.wait({work})
                raise Transient(f"it took longer than {within_s:g} s", remedy="Ask again when the box has less to do.")
            work.result()
        finally:
            stop.set()
            if not work.done():
                await asyncio.wait({work}, timeout=LEAVE_S)
            if work.done() and not work.cancelled():
                work.exception()

    def _sulk(self, path: Path, error: RinkreelError, cause: Exception | None = None) -> None:
        self._journal.warn("not made", name=path.name, why=error.why, cause=repr(cause) if cause is not None else "")
        while len(self._shelf.failures) >= MOST_SULKS:
            self._shelf.failures.pop(next(iter(self._shelf.failures)))
        self._shelf.failures[path] = _Failure(error, self._clock.now_s())

    def _check(self, path: Path) -> None:
        failure = self._shelf.failures.get(path)
        if failure is None:
            return
        if 0 <= self._clock.now_s() - failure.at_s < SULK_S:
            raise failure.error
        del self._shelf.failures[path]
