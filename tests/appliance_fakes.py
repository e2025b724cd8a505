"""Stand-ins for a service's surroundings: a clock moved by hand, a disk as full as told, a journal that remembers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class HandClock:
    """A clock that stands still until it is moved; sleeping moves it."""

    time_s: float = 1_790_000_000.0

    def now_s(self) -> float:
        return self.time_s

    async def sleep(self, seconds: float) -> None:
        self.time_s += seconds
        await asyncio.sleep(0)


@dataclass
class ToldDisk:
    """A disk that is as full as it is told to be."""

    free: int = 10**12
    total: int = 2 * 10**12

    def free_bytes(self, folder: Path) -> int:
        return self.free

    def total_bytes(self, folder: Path) -> int:
        return self.total


@dataclass
class HeardJournal:
    """Keeps every line: (event, fields)."""

    lines: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def note(self, event: str, **fields: object) -> None:
        self.lines.append((event, fields))

    def warn(self, event: str, **fields: object) -> None:
        self.lines.append((event, fields))

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.lines]
