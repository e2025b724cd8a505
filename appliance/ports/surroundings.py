"""The machine around a service: its clock, its disk, its log."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from appliance.domain.program import ProgramStanding


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


class ProcessKeeper(Protocol):
    """Whoever keeps the appliance's programs running. Every method raises Transient when it does not answer."""

    def standings(self) -> tuple[ProgramStanding, ...]:
        """Every program, as it stands now."""

    def restart(self, name: str) -> None:
        """End a program so that it is started anew."""

    def end(self, why: str) -> None:
        """Stop everything, for this reason."""
