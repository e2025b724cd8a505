"""The method this product began with: MediaPipe Pose on every frame, mean movement of the landmarks, a threshold.

Written from its description: one person, followed from frame to frame; per frame the mean distance that the 33 landmarks moved
since the frame before, as a share of the picture; a segment opens once that exceeds the threshold for a minimum of frames and
ends with the last moving frame once a maximum of frames stood still; nearby ones merge. The camera's own motion is not taken out.

Measures in a process of its own, since loading the library changes the environment: python -m bench.seed_method VIDEO BUNDLE
MOVEMENT.npz STEP.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt

from appliance.adapters.mediapipe.library import load_library, silence_standard_error

Values = npt.NDArray[np.float64]
Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedRule:
    """Its knobs, in its words. movement_threshold: share of the picture per frame; the rest are frames of a 30 Hz recording."""

    movement_threshold: float = 0.01
    min_moving_frames: int = 5
    max_stationary_frames: int = 30
    merge_gap_frames: int = 30


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Movement:
    """What was measured once, so that thresholds can be tried for nothing.

    times_s: float64 (n) — each frame looked at. movement: float64 (n) — mean landmark movement per frame of the recording, 0
    where nobody was seen in this frame or the one before. step: one in so many frames was seen. wall_s, cpu_s: what it took.
    """

    times_s: Values
    movement: Values
    step: int
    wall_s: float
    cpu_s: float

    def keep(self, path: Path) -> None:
        """Write it down."""
        np.savez(path, times_s=self.times_s, movement=self.movement, step=self.step, wall_s=self.wall_s, cpu_s=self.cpu_s)


def kept_movement(path: Path) -> Movement:
    """What was written down earlier."""
    with np.load(path, allow_pickle=False) as kept:
        return Movement(
            times_s=kept["times_s"],
            movement=kept["movement"],
            step=int(kept["step"]),
            wall_s=float(kept["wall_s"]),
            cpu_s=float(kept["cpu_s"]),
        )


def measure_movement(video: Path, bundle: Path, *, step: int = 1) -> Movement:
    """Watch the recording in full size. Raises Misconfigured when MediaPipe does not load."""
    library, began, used_s = load_library(), time.perf_counter(), time.process_time()
    times: list[float] = []
    movement: list[float] = []
    before: Points | None = None
    with silence_standard_error(), _landmarker(library, bundle) as landmarker:
        for at_s, picture in _frames(video, step):
            image = library.Image(image_format=library.ImageFormat.SRGB, data=picture)
            now = _points_of(landmarker.detect_for_video(image, round(1000 * at_s)))
            moved = 0.0 if now is None or before is None else float(np.linalg.norm(now - before, axis=1).mean())
            times.append(at_s)
            movement.append(moved / step)
            before = now
    wall_s, cpu_s = time.perf_counter() - began, time.process_time() - used_s
    return Movement(times_s=np.array(times), movement=np.array(movement), step=step, wall_s=wall_s, cpu_s=cpu_s)


def segments_from(measured: Movement, rule: SeedRule) -> list[tuple[float, float]]:
    """Moving stretches in seconds, merged."""
    least = max(1, round(rule.min_moving_frames / measured.step))
    most_still = max(1, round(rule.max_stationary_frames / measured.step))
    moving = measured.movement > rule.movement_threshold
    found = [(measured.times_s[first], measured.times_s[last]) for first, last in _stretches(moving.tolist(), least, most_still)]
    return _merged([(float(start), float(end)) for start, end in found], rule.merge_gap_frames / 30)


def _stretches(moving: list[bool], least: int, most_still: int) -> Iterator[tuple[int, int]]:
    """First and last frame of each stretch: opened by `least` moving frames in a row, ended by `most_still` still ones."""
    first, last, run = -1, -1, 0
    for index, moves in enumerate(moving):
        run = run + 1 if moves else 0
        if moves and first >= 0:
            last = index
        elif run >= least:
            first, last = index - run + 1, index
        elif first >= 0 and index - last >= most_still:
            yield first, last
            first = -1
    if first >= 0:
        yield first, last


def _merged(spans: list[tuple[float, float]], gap_s: float) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for start, end in spans:
        if merged and start - merged[-1][1] < gap_s:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _frames(video: Path, step: int) -> Iterator[tuple[float, npt.NDArray[np.uint8]]]:
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        for index, frame in enumerate(container.decode(stream)):
            if index % step == 0 and frame.time is not None:
                yield frame.time, np.ascontiguousarray(frame.to_ndarray(format="rgb24"), dtype=np.uint8)


def _landmarker(library: Any, bundle: Path) -> Any:
    """One person in a video, thresholds as the library has them."""
    vision = library.tasks.vision
    options = vision.PoseLandmarkerOptions(
        base_options=library.tasks.BaseOptions(model_asset_path=str(bundle)), running_mode=vision.RunningMode.VIDEO, num_poses=1
    )
    return vision.PoseLandmarker.create_from_options(options)


def _points_of(result: Any) -> Points | None:
    """float64 (33, 2) — x and y as shares of the picture; None where nobody was seen."""
    people = result.pose_landmarks
    return np.array([(mark.x, mark.y) for mark in people[0]], np.float64) if people else None


if __name__ == "__main__":
    video, bundle, target = map(Path, sys.argv[1:4])
    measure_movement(video, bundle, step=int(sys.argv[4])).keep(target)
