"""Runs the command as a user would, in a process of its own, with the settings it comes with and nothing else."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.place import REPOSITORY

#: How a running process is watched: given its id, entered while it runs.
Watch = Callable[[int], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended. status: its exit status, None when it was killed for taking too long.

    cpu_s: processor time of it and of all that it waited for, which says more than wall_s on a busy machine.
    """

    status: int | None
    wall_s: float
    cpu_s: float
    stdout: str
    stderr: str

    @property
    def backend(self) -> str:
        """What found people, as the command said it."""
        lines = [line for line in self.stderr.splitlines() if line.startswith("backend: ")]
        return lines[0].removeprefix("backend: ") if lines else "nobody was looked for"


def rinkreel(*arguments: str | Path) -> list[str]:
    """The command line that runs the product's command."""
    return [sys.executable, "-m", "appliance", *map(str, arguments)]


def plain_environment(shelf: Path) -> dict[str, str]:
    """This environment without the user's own settings, and with this shelf of models."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RINKREEL_") or name == "RINKREEL_FFMPEG"}
    return kept | {"RINKREEL_STORAGE_MODELS": str(shelf), "XDG_CONFIG_HOME": str(shelf / "no-settings")}


def run_command(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    limit_s: float | None = None,
    watch: Watch | None = None,
) -> Ran:
    """Run to the end, or kill it with all its children after `limit_s`."""
    began, used_s = time.perf_counter(), _children_cpu_s()
    with _started(command, environment) as process, watch(process.pid) if watch else contextlib.nullcontext():
        try:
            stdout, stderr = process.communicate(timeout=limit_s)
            status: int | None = process.returncode
        except subprocess.TimeoutExpired:
            _kill_group(process)
            stdout, stderr = process.communicate()
            status = None
    wall_s, cpu_s = time.perf_counter() - began, _children_cpu_s() - used_s
    return Ran(status=status, wall_s=wall_s, cpu_s=cpu_s, stdout=stdout, stderr=stderr)


@contextmanager
def _started(command: Sequence[str | Path], environment: Mapping[str, str] | None) -> Iterator[subprocess.Popen[str]]:
    """A process at the head of its own group, none of which outlives this context."""
    process = subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _kill_group(process)
        process.wait()


def _children_cpu_s() -> float:
    """Processor seconds of all children that have ended, with those that they waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _kill_group(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
