"""Takes the pace of whatever works in steps: how many a second, for a moment and no longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter

#: Long enough to be past the first step, short enough to be waited for.
MOMENT_S = 1.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Steps in seconds. The first step is left out where there are more: it loads and tunes."""

    steps: int
    seconds: float

    @property
    def per_s(self) -> float:
        """Steps a second; 0 where nothing was done."""
        return self.steps / self.seconds if self.seconds > 0 else 0.0


def take_pace(work: Iterator[int], *, moment_s: float = MOMENT_S, now_s: Callable[[], float] = perf_counter) -> Pace:
    """Let `work` go on for a moment; it yields how many steps it has just done. Raises what it raises."""
    began_s = now_s()
    first = next(work, 0)
    warm_s, done = now_s(), 0
    for steps in work:
        done += steps
        if now_s() - warm_s >= moment_s:
            break
    return Pace(done, now_s() - warm_s) if done else Pace(first, now_s() - began_s)
