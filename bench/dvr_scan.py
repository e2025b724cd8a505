"""DVR-Scan, the motion scanner for security cameras, in an environment of its own: it brings its own OpenCV.

Run with its defaults (MOG2, threshold 0.15, 1.5 s before and 2 s after each event). Its events hold these margins; since the
labels are raw motion, the same events without them are scored as well.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from bench.command import Ran, run_command
from bench.place import MissingError, Place

PACKAGES = ("dvr-scan==1.8.2.1", "opencv-contrib-python-headless>=4.11,<5")
BEFORE_S, AFTER_S = 1.5, 2.0
CLOCK = re.compile(r"(\d+):(\d\d):(\d\d\.\d+)")


def ready_tool(place: Place) -> Path:
    """Its program, installed on first use. Raises MissingError."""
    folder = place.work / "dvr-scan"
    tool = folder / "bin" / "dvr-scan"
    if not tool.is_file():
        print("installing DVR-Scan …", file=sys.stderr, flush=True)
        python = folder / "bin" / "python"
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(folder)],
            [str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *PACKAGES],
        ):
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                raise MissingError(f"DVR-Scan cannot be installed: {(done.stderr or done.stdout).strip()[-300:]}")
    return tool


def scan(tool: Path, video: Path, home: Path) -> tuple[list[tuple[float, float]], Ran]:
    """Its events in seconds, and how it ran. Raises MissingError when it fails."""
    environment = dict(os.environ) | {"HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    command: list[str | Path] = [tool, "--ignore-user-config", "--input", video, "--scan-only", "--quiet"]
    ran = run_command(command, environment=environment)
    if ran.status:
        raise MissingError(f"DVR-Scan ended with {ran.status}: {ran.stderr.strip()[-300:]}")
    return events_from(ran.stdout), ran


def events_from(said: str) -> list[tuple[float, float]]:
    """Start and end of each event, from its comma-separated times of day."""
    times = [3600 * int(hours) + 60 * int(minutes) + float(seconds) for hours, minutes, seconds in CLOCK.findall(said)]
    return list(zip(times[::2], times[1::2], strict=True))


def without_margins(events: list[tuple[float, float]], length_s: float) -> list[tuple[float, float]]:
    """The motion inside the events. One that runs to the recording's end has no margin there."""
    bare = [(start + (BEFORE_S if start > 0 else 0.0), end - (AFTER_S if end < length_s - 0.1 else 0.0)) for start, end in events]
    return [(start, end) for start, end in bare if end > start]
