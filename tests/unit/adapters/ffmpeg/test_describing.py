from __future__ import annotations

from pathlib import Path

from appliance.adapters.ffmpeg.binary import FfmpegBinary, find_ffmpeg
from appliance.adapters.ffmpeg.describing import describe_file
from tests.media_files import Clip, write_clip


def test_a_file_is_told_by_its_tracks_and_not_by_where_it_lies(tmp_path: Path) -> None:
    text = describe_file(find_ffmpeg(), write_clip(tmp_path / "a.mp4", Clip(seconds=2, sound=True)))
    assert "Video: h264" in text
    assert "Audio: aac" in text
    assert str(tmp_path) not in text
    assert "output file" not in text


def test_what_is_no_video_is_told_in_ffmpegs_words(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    assert "Invalid data" in describe_file(find_ffmpeg(), tmp_path / "a.mp4")


def test_an_ffmpeg_that_does_not_run_is_said_so(tmp_path: Path) -> None:
    binary = FfmpegBinary(tmp_path / "none", "7", "nowhere")
    assert "does not run" in describe_file(binary, tmp_path / "a.mp4")
