"""Twin of adapters/ffmpeg/recording_writer.py."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.ffmpeg.recording_writer import FfmpegRecordingWriter
from appliance.ports import Picture


def drawn(count: int, width: int = 64, height: int = 48) -> Iterator[Picture]:
    """Red pictures that turn blue in the middle."""
    for index in range(count):
        picture = np.zeros((height, width, 3), np.uint8)
        picture[..., 0 if index < count // 2 else 2] = 255
        yield picture


@pytest.fixture
def writer() -> FfmpegRecordingWriter:
    return FfmpegRecordingWriter(find_ffmpeg())


def test_every_frame_arrives_with_its_colour_and_regular_key_frames(writer: FfmpegRecordingWriter, tmp_path: Path) -> None:
    path = tmp_path / "drawn: 'one'.mp4"
    writer.write_recording(path, drawn(100), fps=Fraction(25))
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        assert container.streams.video[0].average_rate == 25
        assert not container.streams.audio
    assert len(frames) == 100
    assert [index for index, frame in enumerate(frames) if frame.key_frame] == [0, 50]
    first, last = (frames[index].to_ndarray(format="rgb24").mean(axis=(0, 1)) for index in (0, -1))
    assert first[0] - first[2] > 150
    assert last[2] - last[0] > 150
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_sound_lies_beside_the_pictures(writer: FfmpegRecordingWriter, tmp_path: Path) -> None:
    tone = (0.5 * np.sin(np.arange(48_000 * 2) * 0.05)).astype(np.float32)
    writer.write_recording(tmp_path / "a.mp4", drawn(60), fps=Fraction(30), sound=tone)
    with av.open(str(tmp_path / "a.mp4")) as container:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
        assert container.streams.audio[0].rate == 48_000
    assert abs(len(samples) - 96_000) < 3_000
    assert np.abs(samples[10_000:80_000]).max() > 0.4


def test_a_recording_without_frames_is_refused(writer: FfmpegRecordingWriter, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one frame"):
        writer.write_recording(tmp_path / "a.mp4", iter(()), fps=Fraction(25))


def test_a_frame_of_another_size_leaves_nothing(writer: FfmpegRecordingWriter, tmp_path: Path) -> None:
    mixed = [*drawn(3), *drawn(1, width=32)]
    with pytest.raises(ValueError, match="one size"):
        writer.write_recording(tmp_path / "a.mp4", mixed, fps=Fraction(25))
    assert list(tmp_path.iterdir()) == []
