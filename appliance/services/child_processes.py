"""A process of one's own for work that may crash or hang, with a pipe to it.

Spawned, never forked. Ctrl-C reaches the parent alone, which ends its children in order.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TypeVar

Argument = TypeVar("Argument")

#: How long an ended process may take to be gone before it is killed.
GOODBYE_S = 3.0


class ChildProcess:
    """One process and this side of its pipe. `target` is called there with `argument` and the other side."""

    def __init__(self, target: Callable[[Argument, Connection], None], argument: Argument) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._process: BaseProcess = context.Process(target=target, args=(argument, theirs), daemon=True)
        with _without_interrupts():
            self._process.start()
        theirs.close()

    def obituary(self) -> str:
        """How the process ended, in words."""
        self._process.join(GOODBYE_S)
        code = self._process.exitcode
        return signal.Signals(-code).name if code is not None and code < 0 else f"exit status {code}"

    def end(self) -> None:
        """Tell the process to go; it has nothing that would be lost."""
        self._process.terminate()

    def bury(self) -> None:
        """Wait until it is gone, and make sure of it."""
        self._process.join(GOODBYE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()
        self.pipe.close()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Children inherit a blocked SIGINT.

    The resource tracker is started first because starting it would lift the block.
    Source: CPython Lib/multiprocessing/resource_tracker.py, ensure_running.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
