"""Starts and stops supervisor itself, at most once on one data folder."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from appliance.adapters.supervisor.configuration import supervisor_config
from appliance.adapters.supervisor.control import SupervisorControl
from appliance.adapters.supervisor.process_tree import PID_FILE, ProcessTree
from appliance.domain.errors import Misconfigured, Transient

#: A Unix socket's path has 108 bytes; supervisor first binds a name that is up to eight longer. Source: unix(7).
LONGEST_SOCKET = 98
LOOK_EVERY_S = 0.1
#: Another command may be looking whether the lock is free just now.
CLAIM_FOR_S = 1.0

SupervisorProcess: TypeAlias = subprocess.Popen[bytes]


class RunningPlace:
    """What a running appliance leaves in its `run` folder: who runs, where it is spoken to, why it was ended."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._lock, self._ended, self._elsewhere = run / "appliance.lock", run / "ended.txt", run / "socket-folder.txt"
        self._pid = run / PID_FILE

    @contextmanager
    def claim(self) -> Iterator[int]:
        """The lock of this data folder, as a file descriptor that supervisor inherits and keeps for as long as it lives.

        Raises:
            Misconfigured: an appliance runs on this folder already.
        """
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            until = time.monotonic() + CLAIM_FOR_S
            while not _locked(descriptor, fcntl.LOCK_EX):
                if time.monotonic() > until:
                    raise Misconfigured(
                        f"an appliance is already running on {self._run.parent}",
                        remedy="See it with: rinkreel status. Stop it first with: rinkreel down.",
                    )
                time.sleep(LOOK_EVERY_S)
            for left_over in (self._ended, self._pid):
                left_over.unlink(missing_ok=True)
            yield descriptor
        finally:
            os.close(descriptor)

    def is_taken(self) -> bool:
        """Whether an appliance runs on this folder."""
        try:
            descriptor = os.open(self._lock, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            return not _locked(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)

    def make_socket(self) -> Path:
        """A place for supervisor's socket that nobody else can reach and whose path is short enough."""
        usual = self._run / "supervisor.sock"
        if len(os.fsencode(usual)) <= LONGEST_SOCKET:
            return usual
        if not self.socket.parent.is_dir() or self.socket == usual:
            self._elsewhere.write_text(tempfile.mkdtemp(prefix="rinkreel-"), encoding="utf-8")
        return self.socket

    @property
    def socket(self) -> Path:
        """Where supervisor is spoken to."""
        with suppress(FileNotFoundError):
            return Path(self._elsewhere.read_text(encoding="utf-8")) / "supervisor.sock"
        return self._run / "supervisor.sock"

    @property
    def control(self) -> SupervisorControl:
        """Supervisor, to be spoken to."""
        return SupervisorControl(self.socket, self._ended)

    def kill_politely(self) -> None:
        """Ask supervisor to end by a signal. Its process number is as fresh as the lock that was claimed for it."""
        with suppress(OSError, ValueError):
            os.kill(int(self._pid.read_text(encoding="utf-8")), signal.SIGTERM)

    def why_ended(self) -> str:
        """The program for whose sake everything was ended; empty when that was not so."""
        with suppress(FileNotFoundError):
            return self._ended.read_text(encoding="utf-8").strip()
        return ""


def start_supervisor(tree: ProcessTree, lock: int) -> SupervisorProcess:
    """Start supervisor with this tree. In a session of its own, so that a terminal's signals reach it only through its starter.

    Raises:
        Misconfigured: a path cannot be written in supervisor's language.
    """
    text = supervisor_config(tree)
    descriptor = os.open(tree.config_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    # What supervisor says before it can open its own log: why a configuration does not suit it.
    with (tree.logs / "supervisord.err").open("wb") as last_words:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "supervisor.supervisord", "-n", "-c", str(tree.config_file)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if tree.to_terminal else last_words,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
            start_new_session=True,
        )


def end_supervisor(process: SupervisorProcess, patience_s: float) -> None:
    """End one that this process started: politely, and by force when it does not end in time."""
    if process.poll() is None:
        process.terminate()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_supervisor(place: RunningPlace, patience_s: float) -> bool:
    """Stop the appliance that runs on this folder; False when none does.

    Raises:
        Transient: it did not end in time.
    """
    if not place.is_taken():
        return False
    try:
        place.control.end("")
    except Transient:
        # It is starting, ending, or its socket was removed; a polite kill reaches it all the same.
        place.kill_politely()
    until = time.monotonic() + patience_s
    while place.is_taken():
        if time.monotonic() > until:
            raise Transient(
                f"the appliance did not end within {patience_s:.0f} seconds", remedy="Look with: rinkreel status. Try again."
            )
        time.sleep(LOOK_EVERY_S)
    return True


def _locked(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
