"""A reel is believed only after it was opened again: picture, sound and length against what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from appliance.adapters.ffmpeg.cutting import ReelLook
from appliance.adapters.ffmpeg.rendering import RenderedPart
from appliance.adapters.ffmpeg.running import FfmpegRunner, file_argument
from appliance.domain.errors import Transient
from appliance.domain.media import MediaFile, Orientation
from appliance.domain.timespan import Seconds
from appliance.ports import MediaProber

#: One frame and a tenth of a second: more than containers round, less than anybody notices.
_TOLERANCE = Fraction(1, 10)


def verify_reel(runner: FfmpegRunner, prober: MediaProber, path: Path, expected: tuple[Sequence[RenderedPart], ReelLook]) -> None:
    """Compare a joined reel with its parts.

    Raises:
        Transient: it differs; the message names every difference.
    """
    parts, look = expected
    wanted = sum(each.frames for each in parts) / look.rate_hz
    found = prober.probe(path)
    differences = [*_picture_differences(found, look), *_length_differences(found.duration, wanted, "picture", look)]
    if found.audio is None:
        differences.append("it has no sound track")
    else:
        differences += _length_differences(_sound_length(runner, path), wanted, "sound", look)
    if differences:
        raise Transient(f"the finished reel differs from its plan: {'; '.join(differences)}", remedy="Make the reel again.")


def _picture_differences(found: MediaFile, look: ReelLook) -> list[str]:
    video = found.video
    checks = [
        ("codec", video.codec, "h264"),
        ("bit depth", video.bit_depth, 8),
        ("size", (video.width_px, video.height_px), (look.width_px, look.height_px)),
        ("orientation", video.orientation, Orientation()),
    ]
    return [f"its {what} is {is_now}, not {wanted}" for what, is_now, wanted in checks if is_now != wanted]


def _length_differences(found: Seconds, wanted: Seconds, what: str, look: ReelLook) -> list[str]:
    if abs(found - wanted) <= _TOLERANCE + 1 / look.rate_hz:
        return []
    return [f"its {what} lasts {float(found):.3f} s, not {float(wanted):.3f} s"]


def _sound_length(runner: FfmpegRunner, path: Path) -> Seconds:
    source = ("-protocol_whitelist", "file", "-i", file_argument(path))
    tick = runner.run([*source, "-map", "0:a", "-c:a", "copy", "-f", "null", "-"])
    return Fraction(tick.out_us, 1_000_000)
