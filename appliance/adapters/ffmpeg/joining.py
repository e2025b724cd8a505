"""Puts rendered parts together: pictures are copied, sound is encoded once over the whole reel, chapters are named."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from appliance.adapters.ffmpeg.cutting import SOUND_RATE_HZ, ReelLook
from appliance.adapters.ffmpeg.rendering import RenderedPart, even_stamps, track_timescale, wanted_sound_bytes
from appliance.adapters.ffmpeg.running import FfmpegRunner, Tick, file_argument
from appliance.domain.reel import Chapter, ReelPlan
from appliance.domain.timespan import Span

#: AAC at 160 kbit/s by the fast search and without one for mid/side stereo, which takes four fifths of the work on a rink's
#: noise (measured: 0.06 s of CPU per s with it, 0.014 without; signal to distortion 80 dB with it, 68 dB without).
_SOUND = ("-c:a", "aac", "-aac_coder", "fast", "-aac_ms", "0", "-b:a", "160k")
#: Backslash first: it escapes the others. Source: FFmpeg formats manual, "Metadata".
_ESCAPED = "\\=;#\n"


def join_parts(
    runner: FfmpegRunner, parts: Sequence[RenderedPart], plan: ReelPlan, look: ReelLook, hear: Callable[[Tick], None]
) -> Path:
    """Write the whole reel beside its parts, which are used up."""
    folder = parts[0].pictures.parent
    sound, listing, chapters, joined = (folder / name for name in ("sound.pcm", "parts.txt", "chapters.txt", "joined.mp4"))
    _join_sound(parts, look, sound)
    listing.write_text(parts_listing(parts, look), encoding="utf-8")
    chapters.write_text(chapters_text(parts, plan, look), encoding="utf-8")
    reordered = parts[0].reordered
    even = () if reordered is None else ("-bsf:v", even_stamps(look, reordered))
    arguments = [
        *("-y", "-protocol_whitelist", "file", "-f", "concat", "-i", file_argument(listing)),
        *("-protocol_whitelist", "file", "-f", "s16le", "-ar", str(SOUND_RATE_HZ), "-ac", "2", "-i", file_argument(sound)),
        *("-protocol_whitelist", "file", "-f", "ffmetadata", "-i", file_argument(chapters)),
        *("-map", "0:v", "-c:v", "copy", *even, "-map", "1:a", *_SOUND, "-flags:a", "+bitexact", "-fflags", "+bitexact"),
        *("-map_metadata", "2", "-map_chapters", "2", "-video_track_timescale", str(track_timescale(look))),
        *("-movflags", "+faststart", "-f", "mp4", file_argument(joined)),
    ]
    runner.run(arguments, hear=hear)
    return joined


def parts_listing(parts: Sequence[RenderedPart], look: ReelLook) -> str:
    """The concat list, with durations that are rounded on the reel's clock: their sum never drifts."""
    lines = ["ffconcat version 1.0"]
    frames = 0
    for rendered in parts:
        begin, end = (round(Fraction(count) / look.rate_hz * 1_000_000) for count in (frames, frames + rendered.frames))
        frames += rendered.frames
        lines += [f"file {rendered.pictures.name}", f"duration {end - begin}us"]
    return "\n".join(lines) + "\n"


def chapters_text(parts: Sequence[RenderedPart], plan: ReelPlan, look: ReelLook) -> str:
    """ffmpeg's metadata text with one chapter per cut of which anything came out."""
    lines = [";FFMETADATA1"]
    for chapter in chapters_of(parts, plan, look):
        begin_ms, end_ms = (round(moment * 1000) for moment in (chapter.played.start, chapter.played.end))
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={begin_ms}", f"END={end_ms}", f"title={_escaped(chapter.title)}"]
    return "\n".join(lines) + "\n"


def chapters_of(parts: Sequence[RenderedPart], plan: ReelPlan, look: ReelLook) -> Iterator[Chapter]:
    """Every cut of which anything came out, with where it plays in the reel."""
    counts = Counter[int]()
    for rendered in parts:
        counts[rendered.part.cut_index] += rendered.frames
    played = 0
    for index, cut in enumerate(plan.cuts):
        if counts[index]:
            shown = Span(played / look.rate_hz, (played + counts[index]) / look.rate_hz)
            yield Chapter(recording_id=cut.recording_id, source=cut.span, played=shown, title=cut.title)
        played += counts[index]


def _join_sound(parts: Sequence[RenderedPart], look: ReelLook, target: Path) -> None:
    """One file of samples; each part is cut or filled with silence to its pictures' length."""
    with target.open("wb") as out:
        for rendered, wanted_bytes in zip(parts, wanted_sound_bytes(parts, look), strict=True):
            with rendered.sound.open("r+b") as samples:
                samples.truncate(wanted_bytes)
                shutil.copyfileobj(samples, out, 1 << 20)
            rendered.sound.unlink()


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in _ESCAPED else letter for letter in text)
