"""The reference job: 1080 lines, 30 Hz, H.264 in groups of two seconds, two fifths of it motion, at any length."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.settings import load_settings
from bench.place import MissingError, Place, Session

RECIPE = Path(__file__).with_name("reference.toml")
NAME = "reference"
#: Frozen pictures that are scaled for a shaking camera come out a thousandth too wide; cameras write square pixels.
SQUARE = ("-aspect", "16:9", "-bsf:v", "h264_metadata=sample_aspect_ratio=1/1", "-movflags", "+faststart")


def reference_session(place: Place) -> Session:
    """Not quite a minute of it, built where they are not there yet, which takes minutes. Raises MissingError."""
    folder = place.room("reference")
    session = Session(name=NAME, video=folder / f"{NAME}.mp4", labels=folder / f"{NAME}.json")
    if not (session.video.is_file() and session.labels.is_file()):
        print("building the reference job …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(dir=folder) as unfinished:
            script, clips = place.need("footage", "build_sessions.py"), place.need("footage", "clips")
            command = [sys.executable, str(script), str(RECIPE), unfinished, "--height", "1080"]
            _run(command, os.environ | {"CLIPS": str(clips)})
            made = Path(unfinished) / session.video.name
            squared = made.with_suffix(".square.mp4")
            _run([*_ffmpeg(), "-y", "-i", str(made), "-map", "0", "-c", "copy", *SQUARE, str(squared)], os.environ)
            (Path(unfinished) / session.labels.name).replace(session.labels)
            squared.replace(session.video)
    return session


def played_over(place: Place, session: Session, minutes: int) -> Session:
    """The session over and over, as it is, for at least so many minutes. Raises MissingError."""
    labels = json.loads(session.labels.read_text(encoding="utf-8"))
    times = -(-60 * minutes // max(1, int(labels["duration"])))
    folder = place.room("reference")
    longer = Session(name=f"{NAME}, {minutes} min", video=folder / f"{minutes}min.mp4", labels=folder / f"{minutes}min.json")
    if not longer.video.is_file():
        unfinished = longer.video.with_suffix(".part.mp4")
        repeated = ("-stream_loop", str(times - 1), "-i", str(session.video))
        _run([*_ffmpeg(), "-y", *repeated, "-map", "0:v", "-map", "0:a", "-c", "copy", str(unfinished)], os.environ)
        unfinished.replace(longer.video)
    moving = [[a + k * labels["duration"], b + k * labels["duration"]] for k in range(times) for a, b in labels["moving"]]
    longer.labels.write_text(json.dumps({"duration": times * labels["duration"], "moving": moving}), encoding="utf-8")
    return longer


def floor_command(video: Path) -> list[str]:
    """Decodes all pictures on one core and does nothing with them."""
    return [*_ffmpeg(), "-threads", "1", "-i", str(video), "-map", "0:v", "-f", "null", "-"]


def _ffmpeg() -> tuple[str, ...]:
    return (str(find_ffmpeg(load_settings().storage.ffmpeg).path), "-nostdin", "-v", "error")


def _run(command: list[str], environment: os._Environ[str] | dict[str, str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=dict(environment))
    if done.returncode:
        raise MissingError(f"the reference job cannot be made: {done.stderr.strip()[-300:]}")
