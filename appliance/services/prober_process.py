"""Opens files nobody has looked at yet in a process of its own: one that makes the decoder crash costs that process, and is
refused with this reason; the process that asked goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from appliance.domain.errors import RinkreelError, Transient, Unusable
from appliance.domain.media import MediaFile
from appliance.ports import MediaProber
from appliance.services.child_processes import ChildProcess

ProberOpener = Callable[[], MediaProber]

#: Finding the end of a file has a limit of its own, which is shorter; what takes longer than this hangs.
LIMIT_S = 180.0
#: A process that is asked nothing for so long goes, and gives its memory back.
REST_S = 60.0
#: Ends that are the file's doing. A process that is told to go, or that the kernel kills for memory, says nothing about it.
_CRASHES = frozenset({"SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS"})


class ProberProcess:
    """A media prober around another one, which `opener` makes in the process."""

    def __init__(self, opener: ProberOpener, *, limit_s: float = LIMIT_S, rest_s: float = REST_S) -> None:
        self._opener, self._limit_s, self._rest_s = opener, limit_s, rest_s
        self._lock = threading.Lock()
        self._child: ChildProcess | None = None

    def probe(self, path: Path) -> MediaFile:
        """Describe a file. One at a time; others wait.

        Raises:
            Unusable: not a video, nothing in it decodes, or it crashes the decoder. Misconfigured: it may not be read.
            Transient: not this time, or it took too long.
        """
        with self._lock:
            # None: it had just gone to rest.
            answer = self._ask(path) or self._ask(path)
        if isinstance(answer, MediaFile):
            return answer
        raise answer or Transient(f"opening {path.name} was broken off", remedy="It is tried again later.")

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _ask(self, path: Path) -> MediaFile | Exception | None:
        if self._child is None:
            self._child = ChildProcess(_run_prober, (self._opener, self._rest_s))
        try:
            self._child.pipe.send(path)
        except OSError:
            self._end()
            return None
        if not self._child.pipe.poll(self._limit_s):
            self._end()
            return Transient(f"opening {path.name} took longer than {self._limit_s:.0f} s", remedy="It is tried again later.")
        return self._hear(path)

    def _hear(self, path: Path) -> MediaFile | Exception | None:
        assert self._child is not None
        try:
            answer = self._child.pipe.recv()
        except (EOFError, OSError):
            ended = self._child.obituary()
            self._end()
            return _verdict(path, ended)
        if answer is None:
            self._end()
        assert answer is None or isinstance(answer, MediaFile | Exception)
        return answer

    def _end(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child.bury()
            self._child = None


def _verdict(path: Path, ended: str) -> RinkreelError:
    if ended in _CRASHES:
        return Unusable(
            f"{path.name} makes the video decoder crash ({ended})",
            remedy="Copy it from the card again; the recording is damaged.",
        )
    return Transient(f"opening {path.name} was broken off ({ended})", remedy="It is tried again later.")


def _run_prober(told: tuple[ProberOpener, float], pipe: Connection) -> None:
    """The whole life of the process: asked, it answers; asked nothing, it says None and goes."""
    opener, rest_s = told
    prober = opener()
    try:
        while pipe.poll(rest_s):
            try:
                pipe.send(prober.probe(pipe.recv()))
            except RinkreelError as error:
                pipe.send(error)
        pipe.send(None)
    except (EOFError, OSError):
        return
