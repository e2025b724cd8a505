"""Writes drawn pictures and sound as a file like a camera's: H.264 with a regular group of pictures, AAC, MP4."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.cutting import SOUND_RATE_HZ
from appliance.adapters.ffmpeg.running import FfmpegRunner, file_argument
from appliance.ports import Picture

#: float32 (n) — mono sound at 48 000 samples per second, -1..1.
Sound = npt.NDArray[np.float32]


class FfmpegRecordingWriter:
    """Writes recordings with libx264 at crf 20. gop_s: seconds between key frames, as cameras have one or two."""

    def __init__(self, binary: FfmpegBinary, *, gop_s: float = 2.0, stall_s: float = 120.0) -> None:
        self._runner = FfmpegRunner(binary=binary, stall_s=stall_s)
        self._gop_s = gop_s

    def write_recording(self, path: Path, frames: Iterable[Picture], *, fps: Fraction, sound: Sound | None = None) -> None:
        """Write all frames (one size, even sides) at a constant rate; the file appears only when it is complete.

        Raises:
            ValueError: there is no frame, or a frame has another size. Transient: ffmpeg failed or stalled.
        """
        rest = iter(frames)
        first = next(rest, None)
        if first is None:
            raise ValueError("a recording needs at least one frame")
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".rinkreel-", dir=path.parent))
        try:
            sound_file = _write_samples(sound, folder / "sound.f32") if sound is not None else None
            unfinished = folder / "recording.mp4"
            arguments = self._arguments((first.shape[1], first.shape[0]), fps, sound_file, unfinished)
            self._runner.run(arguments, feed=_bytes_of(chain([first], rest), first.shape))
            unfinished.replace(path)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _arguments(self, size_px: tuple[int, int], fps: Fraction, sound: Path | None, target: Path) -> list[str]:
        rate = f"{fps.numerator}/{fps.denominator}"
        pictures = ["-protocol_whitelist", "pipe", "-f", "rawvideo", "-pixel_format", "rgb24"]
        pictures += ["-video_size", f"{size_px[0]}x{size_px[1]}", "-framerate", rate, "-i", "pipe:0"]
        samples: list[str] = []
        if sound is not None:
            samples = [
                "-protocol_whitelist",
                "file",
                "-f",
                "f32le",
                "-ar",
                str(SOUND_RATE_HZ),
                "-ac",
                "1",
                "-i",
                file_argument(sound),
            ]
        gop = str(max(1, round(fps * Fraction(self._gop_s))))
        colours = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setparams=color_primaries=bt709:color_trc=bt709"
        return [
            *("-y", *pictures, *samples, "-map", "0:v", "-vf", colours),
            *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", gop, "-keyint_min", gop, "-sc_threshold", "0"),
            *(("-map", "1:a", "-c:a", "aac", "-b:a", "96k") if sound is not None else ()),
            *("-movflags", "+faststart", "-f", "mp4", file_argument(target)),
        ]


def _bytes_of(frames: Iterable[Picture], shape: tuple[int, ...]) -> Iterator[bytes]:
    for frame in frames:
        if frame.shape != shape:
            raise ValueError(f"all frames of a recording have one size; found {frame.shape} after {shape}")
        yield np.ascontiguousarray(frame, dtype=np.uint8).tobytes()


def _write_samples(sound: Sound, path: Path) -> Path:
    np.ascontiguousarray(sound, dtype="<f4").tofile(path)
    return path
