"""Runs one ffmpeg: own process group, no shell, no terminal; progress is heard, a stalled or unwanted one is killed."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.domain.errors import Misconfigured, Transient

_LOOK_EVERY_S = 0.2
_KEPT_ERROR_BYTES = 4096
_PIPE_BYTES = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """How far an ffmpeg has come: video frames written, microseconds of output, bytes of output."""

    frames: int = 0
    out_us: int = 0
    size_bytes: int = 0


class FfmpegFailed(Transient):
    """An ffmpeg ended badly; `tail` holds the last of what it wrote to its error stream."""

    tail: str = ""


class FfmpegStopped(Transient):
    """An ffmpeg was killed because its caller asked for it."""


def file_argument(path: Path) -> str:
    """A path as ffmpeg takes it literally: quotes, colons, per cents and leading dashes mean nothing behind `file:`."""
    return f"file:{path.absolute()}"


@dataclass(slots=True)
class _Hearing:
    """Everything one running ffmpeg says."""

    tick: Tick = Tick()
    tail: bytes = b""
    changed_at: float = field(default_factory=time.monotonic)
    _rest: bytes = b""

    def take_progress(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        values = dict(line.split(b"=", 1) for line in lines if b"=" in line)
        tick = Tick(
            frames=_number(values.get(b"frame"), self.tick.frames),
            out_us=_number(values.get(b"out_time_us"), self.tick.out_us),
            size_bytes=_number(values.get(b"total_size"), self.tick.size_bytes),
        )
        if tick != self.tick:
            self.tick, self.changed_at = tick, time.monotonic()

    def take_errors(self, data: bytes) -> None:
        self.tail = (self.tail + data)[-_KEPT_ERROR_BYTES:]


@dataclass(frozen=True, slots=True, kw_only=True)
class FfmpegRunner:
    """How every ffmpeg is run. stall_s: seconds without any progress after which it is killed. nice: added niceness."""

    binary: FfmpegBinary
    stall_s: float = 60.0
    nice: int = 0

    def run(
        self,
        arguments: Sequence[str],
        *,
        hear: Callable[[Tick], None] | None = None,
        stop: threading.Event | None = None,
        feed: Iterable[bytes] | None = None,
    ) -> Tick:
        """Run to the end; `hear` is called whenever it came further, `feed` goes to its standard input.

        Raises:
            FfmpegFailed: it stalled or ended with an error. FfmpegStopped: `stop` was set. Misconfigured: it cannot start.
        """
        command = [str(self.binary.path), "-hide_banner", "-loglevel", "error", "-progress", "pipe:1", "-stats_period", "0.25"]
        command += [*([] if feed is not None else ["-nostdin"]), *arguments]
        hearing = _Hearing()
        with _started(command, feeding=feed is not None) as process, _fed(process, feed, hearing) as feeding:
            if self.nice:
                os.setpriority(os.PRIO_PGRP, process.pid, os.getpriority(os.PRIO_PROCESS, 0) + self.nice)
            self._follow(process, hearing, hear, stop)
            status = process.wait()
            feeding.finish()
        if status != 0:
            raise _failed(f"ffmpeg ended with status {status}", hearing.tail)
        return hearing.tick

    def _follow(
        self,
        process: subprocess.Popen[bytes],
        hearing: _Hearing,
        hear: Callable[[Tick], None] | None,
        stop: threading.Event | None,
    ) -> None:
        told = hearing.tick
        for _ in _said(process, hearing):
            if stop is not None and stop.is_set():
                raise FfmpegStopped("encoding was stopped on request")
            if time.monotonic() - hearing.changed_at > self.stall_s:
                raise _failed(f"ffmpeg made no progress for {self.stall_s:g} s and was stopped", hearing.tail)
            if hear is not None and hearing.tick != told:
                told = hearing.tick
                hear(told)


@contextlib.contextmanager
def _started(command: Sequence[str], *, feeding: bool) -> Iterator[subprocess.Popen[bytes]]:
    """A process in its own group (a terminal's Ctrl-C does not reach it); whatever happens, the group is gone afterwards."""
    stdin = subprocess.PIPE if feeding else subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0)
    except OSError as error:
        raise Misconfigured(f"ffmpeg does not start: {error}", remedy="Check the installation with `rinkreel doctor`.") from error
    try:
        yield process
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _said(process: subprocess.Popen[bytes], hearing: _Hearing) -> Iterator[None]:
    """Take in what the process says until it closes its pipes; yields at every look, silence included."""
    assert process.stdout is not None
    assert process.stderr is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, hearing.take_progress)
        selector.register(process.stderr, selectors.EVENT_READ, hearing.take_errors)
        while selector.get_map():
            for key, _ in selector.select(_LOOK_EVERY_S):
                data = os.read(key.fd, _PIPE_BYTES)
                if data:
                    key.data(data)
                else:
                    selector.unregister(key.fileobj)
            yield


@dataclass(slots=True)
class _Feeding:
    """A thread that writes to the process; what its source raised comes out of `finish`."""

    thread: threading.Thread | None = None
    error: BaseException | None = None

    def finish(self) -> None:
        if self.thread is not None:
            self.thread.join()
        if self.error is not None:
            raise self.error


@contextlib.contextmanager
def _fed(process: subprocess.Popen[bytes], feed: Iterable[bytes] | None, hearing: _Hearing) -> Iterator[_Feeding]:
    feeding = _Feeding()
    if feed is not None:
        feeding.thread = threading.Thread(target=_pour, args=(process, feed, hearing, feeding), daemon=True)
        feeding.thread.start()
    yield feeding


def _pour(process: subprocess.Popen[bytes], feed: Iterable[bytes], hearing: _Hearing, feeding: _Feeding) -> None:
    assert process.stdin is not None
    try:
        for data in feed:
            if not _written(process.stdin, data):
                return  # the process is gone; its exit status says why
            hearing.changed_at = time.monotonic()
    except BaseException as error:  # noqa: BLE001 - carried over to the caller's thread
        feeding.error = error
    with contextlib.suppress(OSError):
        process.stdin.close()


def _written(pipe: IO[bytes], data: bytes) -> bool:
    try:
        pipe.write(data)
    except (BrokenPipeError, ValueError):  # closed by the reader, or by ourselves after its end
        return False
    return True


def _failed(what: str, tail: bytes) -> FfmpegFailed:
    text = tail.decode(errors="replace").strip()
    failure = FfmpegFailed(
        f"{what}: {cause_in(text)}", remedy="Try again; if it happens again, look at the log and at `rinkreel doctor`."
    )
    failure.tail = text
    return failure


def cause_in(errors: str) -> str:
    """The first line of an error text without its sender: it names the cause, later ones only its consequences."""
    line = errors.splitlines()[0] if errors else "it said nothing"
    return line.split("] ", 1)[-1] if line.startswith("[") else line


def _number(text: bytes | None, otherwise: int) -> int:
    return int(text) if text is not None and text.strip().lstrip(b"-").isdigit() else otherwise
