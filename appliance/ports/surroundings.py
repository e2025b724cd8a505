"""The machine around a service: its clock, its disk, its log."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now_s(self) -> float:
        """Seconds since 1970."""

    async def sleep(self, seconds: float) -> None:
        """Come back after a while."""


class Disk(Protocol):
    """Room on the disk that a folder lies on."""

    def free_bytes(self, folder: Path) -> int:
        """Bytes that may still be written."""

    def total_bytes(self, folder: Path) -> int:
        """Bytes that the disk holds in all."""


class Journal(Protocol):
    """Structured log: one line per fact and verdict."""

    def note(self, event: str, **fields: object) -> None:
        """What happened, as a short constant phrase, and its particulars."""

    def warn(self, event: str, **fields: object) -> None:
        """The same, for what an operator should look at."""
