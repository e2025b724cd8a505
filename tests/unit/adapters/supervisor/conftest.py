"""A real supervisor with small programs of its own, ended after each test."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.adapters.supervisor.daemon import RunningPlace, start_supervisor
from appliance.adapters.supervisor.process_tree import ProcessTree, Program

PATIENCE_S = 60.0
SLEEPER = "import time\nwhile True: time.sleep(3600)"
Start = Callable[..., tuple[RunningPlace, "subprocess.Popen[bytes]"]]


def wait_until(holds: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Look again and again until something holds; fail when it does not in time."""
    until = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until, f"{what} did not happen within {patience_s} s"
        time.sleep(0.05)


def python(code: str, *arguments: str) -> tuple[str, ...]:
    """A command that runs a piece of Python, written on one line."""
    return (sys.executable, "-c", f"exec({code!r})", *arguments)


def is_alive(pid: int) -> bool:
    """Whether a process is there; one that ended and waits to be counted is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts supervisor on this test's folder with the programs that are given."""
    started: list[subprocess.Popen[bytes]] = []
    run, logs = tmp_path / "run", tmp_path / "logs"
    for folder in (run, logs):
        folder.mkdir()
    place = RunningPlace(run)

    def begin(
        *programs: Program, caretaker: tuple[str, ...] | None = None, tries: int = 20, to_terminal: bool = False
    ) -> tuple[RunningPlace, subprocess.Popen[bytes]]:
        tree = ProcessTree(
            run=run,
            logs=logs,
            socket=place.make_socket(),
            programs=programs,
            caretaker=caretaker,
            to_terminal=to_terminal,
            steady_s=1,
            start_tries=tries,
            stop_wait_s=3,
        )
        with place.claim() as lock:
            started.append(start_supervisor(tree, lock))
        return place, started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)
        process.communicate(timeout=PATIENCE_S)
