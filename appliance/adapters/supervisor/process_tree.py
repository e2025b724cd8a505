"""What supervisor is to keep running."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PID_FILE = "supervisord.pid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program, or several alike.

    count: how many of them; None is one that is not numbered. priority: low numbers start first and stop last. together: it
    is stopped at the same time as all others of which that is said, so that their times to end do not add up.
    """

    name: str
    command: tuple[str, ...]
    count: int | None = None
    priority: int = 500
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessTree:
    """All programs, and where supervisor keeps its own things.

    caretaker: the program that hears what happens to the others. to_terminal: what programs say goes to supervisor's own
    standard output in place of files. steady_s: a program that is up for this long has started; start_tries: how often in a
    row it may fail to.
    """

    run: Path
    logs: Path
    socket: Path
    programs: tuple[Program, ...]
    caretaker: tuple[str, ...] | None = None
    to_terminal: bool = False
    steady_s: int = 5
    start_tries: int = 20
    stop_wait_s: int = 15

    @property
    def config_file(self) -> Path:
        """supervisor's configuration."""
        return self.run / "supervisord.conf"

    @property
    def pid_file(self) -> Path:
        """supervisor's process number."""
        return self.run / PID_FILE
