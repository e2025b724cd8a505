"""Small recordings, made on the spot: as cameras, phones and accidents make them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.stream import VideoStream

#: Brightness of the corners of a stored picture: top left, top right, bottom left, bottom right.
CORNERS = (230, 170, 110, 50)
#: Display matrices as phones write them, by what they ask a player to do.
IDENTITY = (65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
TURN_90 = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
TURN_180 = (-65536, 0, 0, 0, -65536, 0, 0, 0, 1 << 30)
TURN_270 = (0, -65536, 0, 65536, 0, 0, 0, 0, 1 << 30)
MIRROR = (-65536, 0, 0, 0, 65536, 0, 0, 0, 1 << 30)
TURN_90_MIRROR = (0, 65536, 0, 65536, 0, 0, 0, 0, 1 << 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """How a clip is made. stamps: when each picture is shown, in ticks of 1 / 1000 s; seconds and rate_hz count when empty."""

    seconds: float = 2.0
    rate_hz: int = 30
    stamps: Sequence[int] = ()
    size_px: tuple[int, int] = (96, 64)
    codec: str = "libx264"
    pixel_format: str = "yuv420p"
    options: dict[str, str] = field(default_factory=lambda: {"preset": "ultrafast", "g": "15"})
    matrix: Sequence[int] | None = None
    aspect: Fraction | None = None
    sound: bool = False
    format: str | None = None
    container_options: dict[str, str] = field(default_factory=dict)


def write_clip(path: Path, clip: Clip | None = None) -> Path:
    """Write a clip and give its path back."""
    clip = clip or Clip()
    with av.open(str(path), "w", format=clip.format, options=clip.container_options) as container:
        stream = container.add_stream(clip.codec, rate=clip.rate_hz)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = clip.size_px
        stream.pix_fmt = clip.pixel_format
        stream.codec_context.options = dict(clip.options)
        stream.codec_context.time_base = Fraction(1, 1000) if clip.stamps else Fraction(1, clip.rate_hz)
        if clip.aspect is not None:
            stream.codec_context.sample_aspect_ratio = clip.aspect
        if clip.matrix is not None:
            stream.set_display_matrix(list(clip.matrix))
        sound = container.add_stream("aac", rate=48000) if clip.sound else None
        for frame in _frames(clip):
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound is not None:
            for tone in _tones(clip.seconds):
                container.mux(sound.encode(tone))
            container.mux(sound.encode(None))
    return path


def write_sound(path: Path, seconds: float = 1.0) -> Path:
    """Write a file that holds sound alone."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000)
        for tone in _tones(seconds):
            container.mux(stream.encode(tone))
        container.mux(stream.encode(None))
    return path


def cut_short(source: Path, target: Path, part: float) -> Path:
    """Copy the first part of a file's bytes, as a pulled card leaves it."""
    content = source.read_bytes()
    target.write_bytes(content[: int(len(content) * part)])
    return target


def corners_of(picture: npt.NDArray[np.uint8]) -> tuple[int, ...]:
    """Which of CORNERS each corner of a picture shows, nearest in brightness: top left, top right, bottom left, bottom right."""
    grey = picture if picture.ndim == 2 else picture.mean(axis=2)
    height, width = grey.shape
    middles = [
        (height // 4, width // 4),
        (height // 4, width * 3 // 4),
        (height * 3 // 4, width // 4),
        (height * 3 // 4, width * 3 // 4),
    ]
    return tuple(min(range(4), key=lambda corner: abs(CORNERS[corner] - float(grey[place]))) for place in middles)


def _frames(clip: Clip) -> Iterator[av.VideoFrame]:
    width, height = clip.size_px
    stamps = clip.stamps or range(round(clip.seconds * clip.rate_hz))
    for number, stamp in enumerate(stamps):
        picture = np.empty((height, width, 3), np.uint8)
        picture[: height // 2, : width // 2], picture[: height // 2, width // 2 :] = CORNERS[:2]
        picture[height // 2 :, : width // 2], picture[height // 2 :, width // 2 :] = CORNERS[2:]
        # A small mark that walks, so that no two pictures are alike.
        picture[height // 2 - 4 : height // 2 + 4, number * 3 % width] = 255
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=clip.pixel_format)
        frame.pts = stamp
        frame.time_base = Fraction(1, 1000) if clip.stamps else Fraction(1, clip.rate_hz)
        yield frame


def _tones(seconds: float) -> Iterator[av.AudioFrame]:
    for start in range(0, int(seconds * 48000), 1024):
        wave = np.sin(np.arange(start, start + 1024) * 2 * np.pi * 440 / 48000, dtype=np.float32)[None]
        frame = av.AudioFrame.from_ndarray(np.repeat(wave, 2, axis=0), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = 48000, start
        yield frame
