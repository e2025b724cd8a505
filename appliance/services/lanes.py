"""What a watching lane is, and the one that runs in this very process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from appliance.domain.errors import Misconfigured, RinkreelError
from appliance.domain.facts import ChunkPlanned, Fact
from appliance.ports import Progress

#: Watches one chunk and tells its facts.
Lane = Callable[[ChunkPlanned, Progress], Sequence[Fact]]
#: Makes a lane, once per process; travels to other processes, so it has to be picklable.
LaneOpener = Callable[[], Lane]


@dataclass(frozen=True, slots=True)
class Watched:
    """What became of a chunk: its facts, or the reason why there are none."""

    heard: ChunkPlanned
    facts: tuple[Fact, ...] = ()
    error: RinkreelError | None = None


class Lanes(AbstractContextManager["Lanes"], Protocol):
    """Watches chunks, in whatever order is quickest."""

    def watch(self, orders: Sequence[ChunkPlanned], progress: Progress) -> list[Watched]:
        """Watch all chunks; results come in the order of `orders`. Raises Misconfigured when no lane can be opened."""


class OwnLane(AbstractContextManager["Lanes"]):
    """One lane in this process."""

    def __init__(self, opener: LaneOpener) -> None:
        self._opener = opener

    def watch(self, orders: Sequence[ChunkPlanned], progress: Progress) -> list[Watched]:
        """Watch chunk after chunk. Raises Misconfigured when the lane cannot be opened."""
        if not orders:
            return []
        lane, tally, results = self._opener(), Tally(orders, progress), []
        for index, heard in enumerate(orders):
            results.append(watch_chunk(lane, heard, Share(tally, index)))
            tally.advance(index, 1.0)
        return results

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None


class Tally:
    """Adds up how much footage is watched over all chunks."""

    def __init__(self, orders: Sequence[ChunkPlanned], progress: Progress) -> None:
        self._lengths_s = [float(heard.chunk.span.length) for heard in orders]
        self._shares = [0.0] * len(orders)
        self._progress = progress

    def advance(self, index: int, share: float) -> None:
        """Chunk `index` is watched up to `share` (0..1)."""
        self._shares[index] = min(1.0, share)
        done_s = sum(length * share for length, share in zip(self._lengths_s, self._shares, strict=True))
        self._progress.advance("analyse", done_s, sum(self._lengths_s))


class Share:
    """Progress of one chunk, as its share of the whole."""

    def __init__(self, tally: Tally, index: int) -> None:
        self._tally, self._index = tally, index

    def advance(self, stage: str, done_s: float, total_s: float) -> None:  # noqa: ARG002 - the port's signature
        """`done_s` of the chunk's `total_s` seconds are watched."""
        self._tally.advance(self._index, done_s / total_s if total_s > 0 else 1.0)


def watch_chunk(lane: Lane, heard: ChunkPlanned, progress: Progress) -> Watched:
    """Watch one chunk; what is wrong with this chunk alone becomes part of the result, anything else is raised."""
    try:
        return Watched(heard, tuple(lane(heard, progress)))
    except Misconfigured:
        raise
    except RinkreelError as error:
        return Watched(heard, error=error)
