"""The poster: one upright, tone-mapped picture from the best moment, in the reel's size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from appliance.adapters.ffmpeg.cutting import Part, ReelLook
from appliance.adapters.ffmpeg.graph import picture_chain, seek_from
from appliance.adapters.ffmpeg.running import FfmpegFailed, FfmpegRunner, file_argument
from appliance.domain.media import Recording
from appliance.domain.reel import Cut, ReelPlan

_QUALITY = "3"  # of 2 (best) to 31; about 150 kB at 720p


def write_poster(runner: FfmpegRunner, source: tuple[ReelPlan, Sequence[Recording]], look: ReelLook, folder: Path) -> Path | None:
    """Write the poster into `folder`; None when that moment cannot be decoded."""
    plan, recordings = source
    poster = folder / "poster.jpg"
    cut = max(plan.cuts, key=lambda each: each.score)
    try:
        tick = runner.run(poster_arguments(poster_part(cut, recordings), look, poster))
    except FfmpegFailed:
        return None
    return poster if tick.frames and poster.is_file() else None


def poster_part(cut: Cut, recordings: Sequence[Recording]) -> Part:
    """The single frame at the cut's poster moment."""
    recording = next(each for each in recordings if each.id == cut.recording_id)
    file = next((each for each in recording.files if each.span.contains(cut.poster_at)), recording.files[-1])
    moment = cut.poster_at - file.offset + file.first_picture
    return Part(cut_index=0, file=file, start=moment, frames=1, samples=0)


def poster_arguments(part: Part, look: ReelLook, target: Path) -> list[str]:
    """The argument list that writes one picture."""
    begin = seek_from(part.file, part.start)
    seek = [] if begin is None else ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{float(begin):.6f}"]
    chain = picture_chain(part.file.video, part.start, replace(look, one_palette=False))
    return [
        *("-y", "-copyts", "-protocol_whitelist", "file", "-noautorotate", *seek, "-i", file_argument(part.file.path)),
        *("-filter_complex", f"{chain},format=yuvj420p[v]", "-map", "[v]", "-frames:v", "1"),
        *("-c:v", "mjpeg", "-q:v", _QUALITY, "-update", "1", "-f", "image2", file_argument(target)),
    ]
