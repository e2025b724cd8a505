"""The programs that the appliance is made of, as whoever keeps them running sees them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ProgramState(StrEnum):
    """How a program stands. BACKOFF: it ended while starting and is tried again. FATAL: it was given up."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    BACKOFF = "backoff"
    STOPPING = "stopping"
    EXITED = "exited"
    FATAL = "fatal"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramStanding:
    """One program now. up_s: how long it has been up, 0 when it is not. why: what went wrong, empty when nothing did."""

    name: str
    state: ProgramState
    pid: int = 0
    up_s: float = 0.0
    why: str = ""


class HappeningKind(StrEnum):
    """What whoever keeps the programs tells."""

    TICK = "tick"
    FATAL = "fatal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Time went by, or a program was given up."""

    kind: HappeningKind
    program: str = ""
