"""Chunks watched side by side, in processes that open their pose model once.

A lane hears one chunk at a time and answers before it gets the next, so nothing piles up. Processes are spawned, never forked,
and start while the recordings are still being probed. One that dies or falls silent is replaced and its chunk tried once more.
"""

from __future__ import annotations

import time
import traceback
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from appliance.domain.errors import RinkreelError, Transient
from appliance.domain.facts import ChunkPlanned
from appliance.ports import Progress
from appliance.services.child_processes import ChildProcess
from appliance.services.lanes import LaneOpener, Lanes, Tally, Watched, watch_chunk

#: Progress travels between processes at most this often.
PROGRESS_EVERY_S = 0.2
#: A process that is given a chunk and says nothing for so long hangs: progress comes with every sampled frame.
SILENCE_LIMIT_S = 90.0
#: Loading libraries and opening a pose model takes a second or two, from a slow disk half a minute.
OPENING_LIMIT_S = 180.0
TRIES = 2


class ProcessLanes(AbstractContextManager["Lanes"]):
    """Several lanes, each in a process of its own; they start when the context is entered and are gone when it is left."""

    def __init__(self, opener: LaneOpener, count: int, *, silence_limit_s: float = SILENCE_LIMIT_S) -> None:
        self._opener = opener
        self._count = count
        self._silence_limit_s = silence_limit_s
        self._processes: list[_LaneProcess] = []

    def __enter__(self) -> Self:
        try:
            for _ in range(self._count):
                self._add_process()
        except BaseException:
            self._end_all(self._processes)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end_all(self._processes)

    def watch(self, orders: Sequence[ChunkPlanned], progress: Progress) -> list[Watched]:
        """Watch all chunks side by side; results come in the order of `orders`.

        Raises:
            Misconfigured: a lane cannot be opened.
        """
        self._end_all(self._processes[len(orders) :])
        round_ = _Round(orders, progress)
        while not round_.finished:
            for process in self._processes:
                if process.heard is None and round_.waiting:
                    process.give(*round_.waiting.popleft())
            self._listen(round_)
        return round_.results()

    def _listen(self, round_: _Round) -> None:
        by_pipe = {process.pipe: process for process in self._processes}
        for pipe in connection.wait(list(by_pipe), timeout=1.0):
            assert isinstance(pipe, Connection)
            self._hear(by_pipe[pipe], round_)
        now = time.monotonic()
        for process in [process for process in self._processes if process.hangs(now, self._silence_limit_s)]:
            self._replace(process, round_, f"said nothing for {process.silent_for_s(now):.0f} s")

    def _hear(self, process: _LaneProcess, round_: _Round) -> None:
        try:
            message = process.receive()
        except (EOFError, OSError):
            self._replace(process, round_, f"died ({process.obituary()})")
            return
        index = process.index
        match message:
            case _Advanced(share) if index is not None:
                round_.tally.advance(index, share)
            case Watched() if index is not None:
                round_.settle(index, message)
                process.rest()
            case _Opened():
                process.opened = True
            case _Broken(error=RinkreelError() as error):
                raise error
            case _Broken():
                raise RuntimeError(f"a watching process failed unexpectedly:\n{message.trace}")
            case _:
                pass

    def _replace(self, process: _LaneProcess, round_: _Round, what: str) -> None:
        self._end_all([process])
        if process.index is not None:
            round_.lose(process.index, what)
            self._add_process()

    def _add_process(self) -> None:
        self._processes.append(_LaneProcess(self._opener))

    def _end_all(self, processes: Sequence[_LaneProcess]) -> None:
        ending = list(processes)
        for process in ending:
            process.end()
        for process in ending:
            process.bury()
            self._processes.remove(process)


@dataclass(frozen=True, slots=True)
class _Opened:
    pass


@dataclass(frozen=True, slots=True)
class _Advanced:
    share: float


@dataclass(frozen=True, slots=True)
class _Broken:
    error: Exception | None
    trace: str = ""


class _LaneProcess(ChildProcess):
    """The process of one lane."""

    def __init__(self, opener: LaneOpener) -> None:
        super().__init__(_run_lane, opener)
        self.index: int | None = None
        self.heard: ChunkPlanned | None = None
        self.opened = False
        self._last_word = time.monotonic()

    def give(self, index: int, heard: ChunkPlanned) -> None:
        """Hand over a chunk; a process that is gone shows itself when it is listened to."""
        self.index, self.heard, self._last_word = index, heard, time.monotonic()
        try:
            self.pipe.send(heard)
        except OSError:
            return

    def rest(self) -> None:
        """Note that the chunk is done."""
        self.index = self.heard = None

    def receive(self) -> object:
        """The next message. Raises EOFError or OSError when the process is gone."""
        self._last_word = time.monotonic()
        return self.pipe.recv()

    def silent_for_s(self, now: float) -> float:
        """Seconds since its last word, or since it got a chunk."""
        return now - self._last_word

    def hangs(self, now: float, limit_s: float) -> bool:
        """Whether it has said nothing for too long about the chunk in hand."""
        return self.heard is not None and self.silent_for_s(now) > (limit_s if self.opened else OPENING_LIMIT_S)


class _Round:
    """One call of `watch`: what waits, what is settled."""

    def __init__(self, orders: Sequence[ChunkPlanned], progress: Progress) -> None:
        self.tally = Tally(orders, progress)
        self.waiting = deque(enumerate(orders))
        self._orders = orders
        self._results: dict[int, Watched] = {}
        self._tries = dict.fromkeys(range(len(orders)), TRIES)

    @property
    def finished(self) -> bool:
        """Whether every chunk has its result."""
        return len(self._results) == len(self._orders)

    def settle(self, index: int, watched: Watched) -> None:
        """Keep a chunk's result."""
        self._results[index] = watched
        self.tally.advance(index, 1.0)

    def lose(self, index: int, what: str) -> None:
        """Note that the process of a chunk is gone: the chunk waits again, or is given up."""
        self._tries[index] -= 1
        self.tally.advance(index, 0.0)
        if self._tries[index]:
            self.waiting.appendleft((index, self._orders[index]))
        else:
            error = Transient(f"the process that watched it {what}, twice", remedy="Try again; free memory if there is little.")
            self.settle(index, Watched(self._orders[index], error=error))

    def results(self) -> list[Watched]:
        """All results in the order of the chunks."""
        return [self._results[index] for index in range(len(self._orders))]


class _PipedProgress:
    """Progress of one chunk, told to the parent process, not too often."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._told_at = float("-inf")

    def advance(self, stage: str, done_s: float, total_s: float) -> None:  # noqa: ARG002 - the port's signature
        now = time.monotonic()
        if now - self._told_at >= PROGRESS_EVERY_S:
            self._told_at = now
            self._pipe.send(_Advanced(done_s / total_s if total_s > 0 else 1.0))


def _run_lane(opener: LaneOpener, pipe: Connection) -> None:
    """The whole life of a watching process; it ends when the other side of the pipe is closed."""
    try:
        lane = opener()
        pipe.send(_Opened())
        while True:
            pipe.send(watch_chunk(lane, pipe.recv(), _PipedProgress(pipe)))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except RinkreelError as error:
        pipe.send(_Broken(error))
    except Exception:  # noqa: BLE001 - whatever it is, the parent reports it with its trace
        pipe.send(_Broken(None, traceback.format_exc()))
