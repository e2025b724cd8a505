"""Clips out of a reel: its packets as they are, from a key frame on."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from appliance.adapters.ffmpeg.running import FfmpegRunner, file_argument
from appliance.adapters.ffmpeg.workshop import give_name, workshop
from appliance.domain.errors import Unusable
from appliance.domain.timespan import Span


def copy_clip(runner: FfmpegRunner, source: Path, span: Span, place: tuple[Path, Event]) -> None:
    """Write the clip; see `ports.extras`."""
    target, stop = place
    with workshop(target) as folder:
        made = folder / "clip.mp4"
        if runner.run(clip_arguments(source, span, made), stop=stop).frames == 0:
            raise Unusable(f"{source.name} holds nothing at {float(span.start):.1f} s", remedy="Cut the reel anew.")
        give_name(made, target)


def clip_arguments(source: Path, span: Span, target: Path) -> list[str]:
    """The argument list that copies a stretch."""
    return [
        *("-y", "-protocol_whitelist", "file", "-ss", f"{float(span.start):.6f}", "-i", file_argument(source)),
        *("-t", f"{float(span.length):.6f}", "-map", "0:v", "-map", "0:a?", "-c", "copy"),
        *("-map_metadata", "-1", "-map_chapters", "-1", "-avoid_negative_ts", "make_zero"),
        *("-movflags", "+faststart", "-f", "mp4", file_argument(target)),
    ]
