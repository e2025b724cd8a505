from __future__ import annotations

import json
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from appliance.domain.errors import Misconfigured
from appliance.domain.timespan import Span
from appliance.ports import SOUND_RATE_HZ, Picture, Sound
from appliance.services.demonstrator import DRAWING, draw_demonstration, write_labels


class KeepingWriter:
    """A recording writer that keeps what it is given."""

    def __init__(self) -> None:
        self.frames = 0
        self.shapes: set[tuple[int, ...]] = set()
        self.fps = Fraction(0)
        self.sound: Sound | None = None

    def write_recording(self, path: Path, frames: Iterable[Picture], *, fps: Fraction, sound: Sound | None) -> None:
        for frame in frames:
            self.frames += 1
            self.shapes.add(frame.shape)
        self.fps, self.sound = fps, sound
        path.write_bytes(b"recording")


class KeepingProgress:
    """Progress that remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, float, float]] = []

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        self.heard.append((stage, done_s, total_s))


def test_a_scene_becomes_a_recording_with_sound_labels_and_progress(tmp_path: Path) -> None:
    writer, progress = KeepingWriter(), KeepingProgress()
    drawn = draw_demonstration("empty_ice", tmp_path / "new", writer, progress)
    assert drawn.recording == tmp_path / "new" / "empty_ice.mp4"
    assert drawn.recording.read_bytes() == b"recording"
    assert (writer.frames, writer.fps, writer.shapes) == (60, Fraction(15), {(360, 640, 3)})
    assert writer.sound is not None
    assert writer.sound.dtype == np.float32
    assert len(writer.sound) == 4 * SOUND_RATE_HZ
    assert json.loads(drawn.labels.read_text()) == {"duration": 4.0, "moving": []}
    assert progress.heard[-1] == (DRAWING, 4.0, 4.0)
    assert [done for _, done, _ in progress.heard] == sorted(done for _, done, _ in progress.heard)


def test_what_was_found_is_compared_with_the_truth(tmp_path: Path) -> None:
    drawn = draw_demonstration("empty_ice", tmp_path, KeepingWriter(), KeepingProgress())
    tally = drawn.compare([Span(Fraction(1), Fraction(2))])
    assert tally.precision == 0.0
    assert tally.false_share == 0.25


def test_labels_have_the_shape_that_is_scored(tmp_path: Path) -> None:
    path = write_labels(tmp_path / "a.labels.json", [Span(Fraction(1, 2), Fraction(3))], Fraction(7, 2))
    assert json.loads(path.read_text()) == {"duration": 3.5, "moving": [[0.5, 3.0]]}
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.labels.json"]


def test_a_folder_that_cannot_be_made_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Misconfigured) as refused:
        draw_demonstration("empty_ice", tmp_path / "file" / "under", KeepingWriter(), KeepingProgress())
    assert "file" in refused.value.why
    assert refused.value.remedy


def test_an_unknown_scene_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured):
        draw_demonstration("curling", tmp_path / "new", KeepingWriter(), KeepingProgress())
    assert not (tmp_path / "new").exists()
