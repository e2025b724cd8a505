"""Draws a rink session as a recording with its truth beside it, and says how well a run found that truth."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appliance.algorithms.judging import Tally, judge_segments
from appliance.algorithms.scene_catalogue import scene_named
from appliance.algorithms.scene_drawing import draw_scene
from appliance.algorithms.scene_labelling import label_moving
from appliance.algorithms.scene_sounding import sound_scene
from appliance.domain.errors import Misconfigured
from appliance.domain.scene import Scene
from appliance.domain.timespan import Seconds, Span
from appliance.ports import Picture, Progress, RecordingWriter

#: The name under which drawing reports its progress.
DRAWING: Final = "draw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """A drawn recording, the file with its labels, and the labels themselves."""

    recording: Path
    labels: Path
    duration: Seconds
    truth: tuple[Span, ...]

    def compare(self, found: Sequence[Span]) -> Tally:
        """How well these raw segments agree with the truth."""
        return judge_segments(found, self.truth, self.duration)


def draw_demonstration(name: str, folder: Path, writer: RecordingWriter, progress: Progress) -> Demonstration:
    """Draw a catalogue scene into `folder` as NAME.mp4, with NAME.labels.json beside it.

    Raises:
        Misconfigured: there is no such scene, the folder cannot be written, or no encoder works. Transient: the encoder stalled.
    """
    scene = scene_named(name)
    _make_folder(folder)
    recording = folder / f"{scene.name}.mp4"
    writer.write_recording(recording, _told(scene, progress), fps=scene.fps, sound=sound_scene(scene))
    truth = label_moving(scene)
    labels = write_labels(folder / f"{scene.name}.labels.json", truth, scene.length)
    return Demonstration(recording=recording, labels=labels, duration=scene.length, truth=truth)


def write_labels(path: Path, truth: Sequence[Span], duration: Seconds) -> Path:
    """Write {"duration": s, "moving": [[a, b], …]}; the file appears only when it is whole.

    Raises:
        Misconfigured: it cannot be written.
    """
    words = {"duration": float(duration), "moving": [[float(span.start), float(span.end)] for span in truth]}
    unfinished = path.with_name(f".{path.name}.part")
    try:
        unfinished.write_text(json.dumps(words) + "\n", encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    return path


def _told(scene: Scene, progress: Progress) -> Iterator[Picture]:
    """The scene's frames; each one that is taken counts as progress."""
    total_s = float(scene.length)
    for index, frame in enumerate(draw_scene(scene), start=1):
        yield frame
        progress.advance(DRAWING, float(index / scene.fps), total_s)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error


def _unwritable(path: Path, error: OSError) -> Misconfigured:
    return Misconfigured(
        f"{path} cannot be written: {error.strerror}", remedy="Choose a folder that you may write to, with room on its disk."
    )
