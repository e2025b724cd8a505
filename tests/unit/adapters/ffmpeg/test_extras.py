from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.ffmpeg.extras import NICE, FfmpegExtras
from appliance.domain.errors import Transient
from appliance.domain.timespan import Seconds, Span


def test_whoever_waits_for_a_reel_goes_first() -> None:
    assert NICE > 0


def test_what_is_no_video_gives_no_clip(tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    source.write_bytes(b"no video")
    with pytest.raises(Transient):
        FfmpegExtras(find_ffmpeg()).copy_clip(source, Span(Seconds(0), Seconds(1)), tmp_path / "c.mp4", Event())
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
