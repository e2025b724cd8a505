"""Which filters an ffmpeg was built with. That one is listed says nothing of the hardware it needs."""

from __future__ import annotations

import re
import subprocess
from functools import cache

from appliance.adapters.ffmpeg.binary import FfmpegBinary

_PATIENCE_S = 20.0
#: Flags, name, inputs and outputs. Source: FFmpeg, fftools/opt_common.c, show_filters (two flags since 8.0, three before).
_LINE = re.compile(r"^ [A-Z.]{2,3} (\S+) +\S+->\S+ ", re.MULTILINE)


@cache
def list_filters(binary: FfmpegBinary) -> frozenset[str]:
    """Names of its filters, asked for once per process; none where it does not say."""
    try:
        done = subprocess.run(
            [str(binary.path), "-nostdin", "-hide_banner", "-filters"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(_LINE.findall(done.stdout.decode(errors="replace")))
