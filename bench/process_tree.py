"""Memory and processor time of a process and everything below it, sampled while it runs.

Memory is the sum of proportional set sizes: pages that several processes share count once. Processor time is what each process
had used when it was last seen; processes that nobody waits for are missing from the system's own accounts.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

PROC = Path("/proc")
EVERY_S = 0.1
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PROPORTIONAL = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


class TreeWatch:
    """Watches a process tree while entered."""

    def __init__(self) -> None:
        self.root = 0
        self.peak_bytes = 0
        self.peak_at_s = 0.0
        self.most_processes = 0
        self._cpu_s: dict[tuple[int, int], float] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __call__(self, root: int) -> Self:
        """Name the process at the top."""
        self.root = root
        return self

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def cpu_s(self) -> float:
        """Processor time of all processes that were seen."""
        return sum(self._cpu_s.values())

    def _watch(self) -> None:
        began = time.monotonic()
        while not self._ended.wait(EVERY_S):
            members = list(tree_of(self.root))
            self.most_processes = max(self.most_processes, len(members))
            now_bytes = sum(proportional_bytes(pid) for pid, _, _ in members)
            if now_bytes > self.peak_bytes:
                self.peak_bytes, self.peak_at_s = now_bytes, time.monotonic() - began
            for pid, started, cpu_s in members:
                self._cpu_s[pid, started] = cpu_s


def tree_of(root: int) -> Iterator[tuple[int, int, float]]:
    """Each living process that `root` leads: id, start (which tells two users of one id apart), processor seconds."""
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat_of(entry)) and int(fields[3]) == root:
            yield int(entry.name), int(fields[19]), (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def proportional_bytes(pid: int) -> int:
    """Proportional set size of a process; 0 when it has just ended."""
    try:
        found = PROPORTIONAL.search((PROC / str(pid) / "smaps_rollup").read_text(encoding="utf-8"))
    except OSError:
        return 0
    return 1024 * int(found.group(1)) if found else 0


def _stat_of(entry: Path) -> list[str] | None:
    """Fields of /proc/PID/stat after the name: state, parent, group, session, … Source: proc_pid_stat(5)."""
    try:
        return (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
