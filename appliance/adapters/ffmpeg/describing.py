"""What ffmpeg says of a file when it opens it: tracks, codecs, lengths. Nothing is decoded."""

from __future__ import annotations

import subprocess
from pathlib import Path

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.running import file_argument

PATIENCE_S = 20.0
MOST_LETTERS = 16_000


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
    return "\n".join(lines)[:MOST_LETTERS]
