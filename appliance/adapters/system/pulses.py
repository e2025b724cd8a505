"""The pulses of the appliance's programs: each touches a file of its own whenever its work went on.

The time is the machine's own since it was switched on, which nobody sets back or forward.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

#: A disk need not hear of every step.
BEAT_EVERY_S = 5.0
#: More programs than a box has.
MOST_PULSES = 1024


class Pulse:
    """One program's pulse. It has none until its work went on for the first time: whoever starts may take long.

    Args:
        folder: where all of them lie; made when it is missing.
        program: whose it is.
    """

    def __init__(self, folder: Path, program: str) -> None:
        self._file = folder / program
        self._beaten_at_s = float("-inf")
        # On a disk that cannot be written there is no pulse, and who has none is not missed.
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            self._file.unlink(missing_ok=True)

    def beat(self) -> None:
        """The work went on."""
        now_s = time.monotonic()
        if now_s - self._beaten_at_s < BEAT_EVERY_S:
            return
        self._beaten_at_s = now_s
        now_ns = time.monotonic_ns()
        with suppress(OSError):
            self._file.touch()
            os.utime(self._file, ns=(now_ns, now_ns))


def silences_s(folder: Path) -> Mapping[str, float]:
    """How long each program has not beaten, seconds; those that never did are not in it."""
    now_ns, found = time.monotonic_ns(), dict[str, float]()
    with suppress(OSError), os.scandir(folder) as entries:
        for entry, _ in zip(entries, range(MOST_PULSES), strict=False):
            with suppress(OSError):
                found[entry.name] = max(0.0, (now_ns - entry.stat().st_mtime_ns) / 1e9)
    return found
