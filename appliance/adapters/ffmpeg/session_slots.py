"""Hardware encodes a few reels at once, for all programs of a machine together: a slot is a locked file, which the system itself
frees when its holder dies."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from appliance.adapters.ffmpeg.running import FfmpegFailed, FfmpegStopped
from appliance.domain.errors import Misconfigured

LOOK_EVERY_S = 0.1
#: Who waits longer does better to encode on the processor: a stage may be silent for three minutes at most.
PATIENCE_S = 60.0
#: What is said when nobody gives a slot back; known to be a refusal.
ALL_TAKEN = "all hardware encoding sessions are taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSlots:
    """Sessions that may be open at once. folder: the same for every program that shares the hardware."""

    folder: Path
    count: int
    patience_s: float = PATIENCE_S

    @contextmanager
    def taken(self, stop: threading.Event | None = None) -> Iterator[int]:
        """Hold one slot inside the block; its number comes back.

        Raises:
            FfmpegFailed: none came free in time. FfmpegStopped: `stop` was set. Misconfigured: the folder cannot be used.
        """
        deadline = time.monotonic() + self.patience_s
        while (held := self._try_all()) is None:
            if stop is not None and stop.is_set():
                raise FfmpegStopped("encoding was stopped on request")
            if time.monotonic() >= deadline:
                failure = FfmpegFailed(f"{ALL_TAKEN}, for {self.patience_s:g} s", remedy="Raise reel.sessions if the GPU can.")
                failure.tail = ALL_TAKEN
                raise failure
            time.sleep(LOOK_EVERY_S)
        number, lock = held
        try:
            yield number
        finally:
            os.close(lock)

    def _try_all(self) -> tuple[int, int] | None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for number in range(self.count):
                lock = os.open(self.folder / f"session-{number}", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(lock)
                    continue
                return number, lock
        except OSError as error:
            raise Misconfigured(
                f"encoding sessions cannot be counted in {self.folder}: {error.strerror or error}",
                remedy="Let this user write there, or choose the encoder libx264.",
            ) from error
        return None
