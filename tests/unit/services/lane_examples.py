"""Lanes for the tests of `lane_processes`, in a module that spawned processes can import by name."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from appliance.domain.errors import Misconfigured, Unusable
from appliance.domain.facts import ChunkAnalysed, ChunkPlanned, Fact
from appliance.ports import Progress

LaneFunction = Callable[[ChunkPlanned, Progress], Sequence[Fact]]


def told(heard: ChunkPlanned, features: str) -> list[Fact]:
    return [ChunkAnalysed(recording_id=heard.recording.id, chunk_index=heard.chunk.index, features=features)]


def open_plain() -> LaneFunction:
    def watch(heard: ChunkPlanned, progress: Progress) -> Sequence[Fact]:
        progress.advance("analyse", 0.5, 1.0)
        return told(heard, f"{heard.chunk.index} in {os.getpid()}")

    return watch


def open_picky() -> LaneFunction:
    """Every odd chunk is unusable."""

    def watch(heard: ChunkPlanned, progress: Progress) -> Sequence[Fact]:
        if heard.chunk.index % 2:
            raise Unusable("nothing in it decodes", remedy="Record it again.")
        return told(heard, "good")

    return watch


def open_misconfigured() -> LaneFunction:
    raise Misconfigured("no model", remedy="Run rinkreel models pull.")


def open_buggy() -> LaneFunction:
    def watch(heard: ChunkPlanned, progress: Progress) -> Sequence[Fact]:
        raise ZeroDivisionError("a bug in the tracker")

    return watch


class OpenMortal:
    """Chunk 1 kills its process as long as fewer than `deaths` marks lie in the folder."""

    def __init__(self, folder: Path, deaths: int) -> None:
        self.folder, self.deaths = folder, deaths

    def __call__(self) -> LaneFunction:
        def watch(heard: ChunkPlanned, progress: Progress) -> Sequence[Fact]:
            if heard.chunk.index == 1 and len(list(self.folder.iterdir())) < self.deaths:
                (self.folder / str(os.getpid())).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            return told(heard, "alive")

        return watch


def open_silent() -> LaneFunction:
    """Chunk 1 hangs for ever."""

    def watch(heard: ChunkPlanned, progress: Progress) -> Sequence[Fact]:
        if heard.chunk.index == 1:
            threading.Event().wait()
        return told(heard, "spoke")

    return watch


def open_curious() -> LaneFunction:
    """Tells whether an interrupt would reach the process, and what it has imported."""

    def watch(heard: ChunkPlanned, progress: Progress) -> Sequence[Fact]:
        blocked = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, set())
        return told(heard, f"blocked={blocked} cli={'appliance.cli' in sys.modules}")

    return watch
