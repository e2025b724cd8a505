"""Which ffmpeg runs: the one that settings name, the one that came with the Python packages, or the one on the PATH."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from appliance.domain.errors import Misconfigured

#: Oldest release whose options this package uses (`-fps_mode`). Source: ffmpeg.org, Changelog 5.1.
OLDEST_MAJOR = 5
_PATIENCE_S = 20.0
_REMEDY = "Install the imageio-ffmpeg package, or an ffmpeg 5.1 or newer, or set RINKREEL_FFMPEG to the full path of one."


@dataclass(frozen=True, slots=True)
class FfmpegBinary:
    """A runnable ffmpeg. origin: where it came from, in words for people."""

    path: Path
    version: str
    origin: str


def find_ffmpeg(wanted: Path | None = None) -> FfmpegBinary:
    """The ffmpeg to use; a wanted one is never silently replaced by another.

    Raises:
        Misconfigured: the wanted one does not run, or there is none.
    """
    if wanted is not None:
        return _checked(wanted, "named in the settings")
    packaged = _packaged_ffmpeg()
    if packaged is not None:
        return _checked(packaged, "from the imageio-ffmpeg package")
    found = shutil.which("ffmpeg")
    if found is None:
        raise Misconfigured("no ffmpeg was found: neither in the Python packages nor on the PATH", remedy=_REMEDY)
    return _checked(Path(found), "on the PATH")


def _packaged_ffmpeg() -> Path | None:
    try:
        import imageio_ffmpeg  # type: ignore[import-untyped]
    except ImportError:
        return None
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:  # the package is there, a binary for this platform is not
        return None


def _checked(path: Path, origin: str) -> FfmpegBinary:
    version = _version_of(path)
    major = re.match(r"n?(\d+)\.", version)
    if major is not None and int(major.group(1)) < OLDEST_MAJOR:
        raise Misconfigured(f"ffmpeg {path} is version {version}; 5.1 or newer is needed", remedy=_REMEDY)
    return FfmpegBinary(path=path, version=version, origin=origin)


def _version_of(path: Path) -> str:
    try:
        done = subprocess.run(
            [str(path), "-nostdin", "-version"], stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Misconfigured(f"ffmpeg {path} does not run: {error}", remedy=_REMEDY) from error
    found = re.match(r"ffmpeg version (\S+)", done.stdout.decode(errors="replace"))
    if found is None:
        raise Misconfigured(f"{path} is not an ffmpeg: it does not answer -version as one", remedy=_REMEDY)
    return found.group(1)
