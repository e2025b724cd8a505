"""A reel of three moments, cut from a recording in two chapters."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from appliance.domain.media import AudioTrack, MediaFile, Recording, VideoTrack
from appliance.domain.reel import Chapter
from appliance.domain.timespan import Span

SOUND = AudioTrack(index=1, codec="aac", sample_rate_hz=48_000, channels=2)


def a_long_recording(rate_hz: Fraction = Fraction(30000, 1001), audio: AudioTrack | None = SOUND) -> Recording:
    """Two chapters of 60 seconds each."""
    video = VideoTrack(index=0, codec="h264", width_px=1920, height_px=1080, frame_rate_hz=rate_hz, time_base=Fraction(1, 90_000))
    files = tuple(
        MediaFile(
            path=Path(f"originals/i/GX0{n}0001.MP4"),
            container="mp4",
            size_bytes=1,
            duration=Fraction(60),
            video=video,
            audio=audio,
            offset=Fraction(60 * (n - 1)),
        )
        for n in (1, 2)
    )
    return Recording(id="r", name="GX010001", files=files)


def some_chapters(*edges: tuple[float, float]) -> tuple[Chapter, ...]:
    """Moments that follow each other in the reel; without edges three, the second over the end of the first file."""
    chapters, played = [], Fraction(0)
    for start, end in edges or ((10, 15), (58, 62), (100, 101)):
        source = Span(Fraction(start), Fraction(end))
        title = f"{int(start) // 60}:{int(start) % 60:02} · 1.3 body heights/s"
        chapters.append(Chapter(recording_id="r", source=source, played=Span(played, played + source.length), title=title))
        played += source.length
    return tuple(chapters)
