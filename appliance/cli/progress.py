"""How far it has come: a bar with speed and remaining time on a terminal, a plain line now and then otherwise."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from appliance.algorithms.duration_reading import clock_from_seconds

if TYPE_CHECKING:
    from rich.progress import TaskID

#: What stages are called while they run.
WORDS = {"draw": "drawing", "probe": "opening", "analyse": "watching", "select": "choosing", "assemble": "cutting"}
#: Without a terminal, a line at most this often.
LINE_EVERY_S = 5.0


class StageProgress(Protocol):
    """Progress that is shown while its context is entered."""

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        """`done_s` of `total_s` seconds of footage are through `stage`."""

    def __enter__(self) -> Self:
        """Begin to show."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Leave the screen tidy."""


class NoProgress:
    """Shows nothing."""

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        """Hear and be silent."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None


class PlainProgress(NoProgress):
    """Lines for logs: each stage as it begins, then how much of it, how fast, how long still."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._stage, self._began, self._told_at = "", 0.0, 0.0

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        """Write a line when the last one is old enough."""
        now = self._clock()
        if stage != self._stage:
            self._stage, self._began, self._told_at = stage, now, now
            print(f"{WORDS.get(stage, stage)} {clock_from_seconds(total_s)} of footage", file=self._stream, flush=True)
        elif now - self._told_at >= LINE_EVERY_S and total_s > 0:
            self._told_at = now
            speed = speed_of(done_s, now - self._began)
            left = clock_from_seconds((total_s - done_s) / speed) if speed > 0 else "?"
            share = f"{done_s / total_s:4.0%}"
            print(f"{WORDS.get(stage, stage)} {share}  {speed:.1f}x real time  {left} left", file=self._stream, flush=True)


class BarProgress:
    """A bar per stage on a terminal."""

    def __init__(self, stream: TextIO, *, clock: Callable[[], float] = time.monotonic) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        self._bars = Progress(
            TextColumn("{task.description:>8}"),
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn("[cyan]{task.fields[speed]}"),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=Console(file=stream),
            expand=True,
            transient=True,
        )
        self._clock = clock
        self._tasks: dict[str, tuple[TaskID, float]] = {}

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        """Move the stage's bar."""
        now = self._clock()
        if stage not in self._tasks:
            task = self._bars.add_task(WORDS.get(stage, stage), total=total_s, speed="")
            self._tasks[stage] = (task, now)
        task, began = self._tasks[stage]
        speed = speed_of(done_s, now - began)
        self._bars.update(task, completed=done_s, total=total_s, speed=f"{speed:.1f}x real time" if speed else "")

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bars.stop()


def progress_for(stream: TextIO, *, quiet: bool) -> StageProgress:
    """The progress that suits where it is shown."""
    if quiet:
        return NoProgress()
    return BarProgress(stream) if _can_redraw(stream) else PlainProgress(stream)


def _can_redraw(stream: TextIO) -> bool:
    """Whether the stream is a terminal that can draw over what it shows."""
    if not stream.isatty():
        return False
    from rich.console import Console

    return not Console(file=stream).is_dumb_terminal


def speed_of(done_s: float, elapsed_s: float) -> float:
    """Seconds of footage per second; 0 before anything can be said."""
    return done_s / elapsed_s if elapsed_s > 0.0 else 0.0
