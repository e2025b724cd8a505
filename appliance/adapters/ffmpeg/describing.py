"""What ffmpeg says of a file when it opens it: tracks, codecs, lengths. Nothing is decoded.

Of what people or phones wrote into it only that is told which says how it was made: no titles, no artists, no places.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.running import file_argument

PATIENCE_S = 20.0
MOST_LETTERS = 16_000
#: Metadata that names a machine or a way of writing, and nobody.
TOLD = frozenset(
    {
        *("major_brand", "minor_version", "compatible_brands", "vendor_id", "encoder", "creation_time", "rotate", "timecode"),
        *("com.apple.quicktime.make", "com.apple.quicktime.model", "com.apple.quicktime.software", "com.android.version"),
        *("make", "model", "firmware", "duration", "BPS", "NUMBER_OF_FRAMES", "ENCODER", "DURATION"),
    }
)


def describe_file(binary: FfmpegBinary, path: Path) -> str:
    """Its words, or why there are none."""
    command = [str(binary.path), "-hide_banner", "-nostdin", "-protocol_whitelist", "file", "-i", file_argument(path)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return f"ffmpeg said nothing within {PATIENCE_S:g} s"
    except OSError as error:
        return f"ffmpeg does not run: {error}"
    text = done.stderr.decode(errors="replace").replace(str(path.absolute().parent), "")
    # Without an output it ends with an error, which is no news.
    lines = [line for line in text.splitlines() if "At least one output file" not in line]
    return "\n".join(_without_words(lines))[:MOST_LETTERS]


def _without_words(lines: Iterable[str]) -> Iterator[str]:
    """All lines but metadata that may name somebody. ffmpeg writes it below `Metadata:`, further in, and goes on below itself."""
    within = -1
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if line.strip() == "Metadata:":
            within = depth
        elif depth <= within:
            within = -1
        elif within >= 0 and line.partition(":")[0].strip() not in TOLD:
            continue
        yield line
