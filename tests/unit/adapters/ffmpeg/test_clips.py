from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from appliance.adapters.ffmpeg.clips import clip_arguments
from appliance.domain.timespan import Span


def test_packets_are_copied_and_sound_goes_along_where_there_is_any() -> None:
    line = " ".join(clip_arguments(Path("/reel.mp4"), Span(Fraction(3, 2), Fraction(4)), Path("/clip.mp4")))
    assert "-ss 1.500000 -i file:/reel.mp4 -t 2.500000" in line
    assert "-map 0:a? -c copy" in line
