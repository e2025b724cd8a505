from __future__ import annotations

import subprocess
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


def test_who_and_where_a_file_was_made_by_is_not_told(tmp_path: Path) -> None:
    clip, named = write_clip(tmp_path / "a.mp4", Clip(seconds=1, sound=True)), tmp_path / "b.mp4"
    said = {"title": "Anna skates", "artist": "Berta", "comment": "at the lake", "location": "+48.1371+011.5754/"}
    words = [word for key, value in said.items() for word in ("-metadata", f"{key}={value}")]
    words += ["-metadata:s:v", "handler_name=Clara", "-metadata:s:v", "title=Dora"]
    ffmpeg = find_ffmpeg()
    subprocess.run([ffmpeg.path, "-v", "error", "-i", clip, "-c", "copy", *words, named], check=True, timeout=60)
    told = subprocess.run(
        [ffmpeg.path, "-hide_banner", "-i", named], capture_output=True, text=True, check=False, timeout=60
    ).stderr
    hidden = ("Anna", "Berta", "lake", "48.1371", "Clara")
    assert [word for word in hidden if word not in told] == []
    text = describe_file(ffmpeg, named)
    assert [word for word in (*hidden, "Dora") if word in text] == []
    assert "Video: h264" in text
    assert "Audio: aac" in text
    assert "major_brand" in text
    assert "Duration: 00:00:01" in text
