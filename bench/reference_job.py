"""The reference job: 1080 lines, 30 Hz, H.264 in groups of two seconds, two fifths of it motion, at any length."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path

import av

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
        with tempfile.TemporaryDirectory(dir=folder) as unfinished:
            _play_over(session.video, times, Path(unfinished)).replace(longer.video)
    moving = [[a + k * labels["duration"], b + k * labels["duration"]] for k in range(times) for a, b in labels["moving"]]
    longer.labels.write_text(json.dumps({"duration": times * labels["duration"], "moving": moving}), encoding="utf-8")
    return longer


def _play_over(video: Path, times: int, folder: Path) -> Path:
    """Picture and sound are repeated apart, without the last pictures: they are not evenly spaced, as a camera's are."""
    once, pictures, sound, whole = (folder / name for name in ("once.mp4", "pictures.mp4", "sound.m4a", "whole.mp4"))
    again, kept = ("-stream_loop", str(times - 1)), str(_evenly_spaced(video))
    _run([*_ffmpeg(), "-y", "-i", str(video), "-map", "0:v", "-c", "copy", "-frames:v", kept, str(once)], os.environ)
    _run([*_ffmpeg(), "-y", *again, "-i", str(once), "-map", "0:v", "-c", "copy", str(pictures)], os.environ)
    _run([*_ffmpeg(), "-y", *again, "-i", str(video), "-map", "0:a", "-c", "copy", str(sound)], os.environ)
    both = ("-i", str(pictures), "-i", str(sound), "-map", "0:v", "-map", "1:a", "-c", "copy", "-shortest")
    _run([*_ffmpeg(), "-y", *both, "-movflags", "+faststart", str(whole)], os.environ)
    return whole


def _evenly_spaced(video: Path) -> int:
    """How many packets from the first one on leave no gap in what is shown."""
    with av.open(str(video)) as container:
        stamps = [packet.pts for packet in container.demux(container.streams.video[0]) if packet.pts is not None]
    step = min(after - before for before, after in pairwise(sorted(stamps)))
    return next(count for count in range(len(stamps), 0, -1) if max(stamps[:count]) - min(stamps) == (count - 1) * step)


def floor_command(video: Path) -> list[str]:
    """Decodes all pictures on one core and does nothing with them."""
    return [*_ffmpeg(), "-threads", "1", "-i", str(video), "-map", "0:v", "-f", "null", "-"]


def _ffmpeg() -> tuple[str, ...]:
    return (str(find_ffmpeg(load_settings().storage.ffmpeg).path), "-nostdin", "-v", "error")


def _run(command: list[str], environment: os._Environ[str] | dict[str, str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=dict(environment))
    if done.returncode:
        raise MissingError(f"the reference job cannot be made: {done.stderr.strip()[-300:]}")
