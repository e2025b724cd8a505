"""Every frame of a scene: the turned backdrop, people from far to near, lamps, exposure, the sync lamp, sensor noise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from appliance.algorithms.choreographing import BodyTrack, choreograph
from appliance.algorithms.figure_painting import paint_figure
from appliance.algorithms.figure_shaping import see_figure
from appliance.algorithms.filming import View, film
from appliance.algorithms.posing import JOINT, Floats
from appliance.algorithms.rink_painting import Backdrop, paint_backdrop
from appliance.algorithms.rink_texturing import Surface
from appliance.domain.scene import MARK_S, Scene

#: Side of the sync lamp as a share of the picture's height.
_LAMP_SHARE: Final = 0.07
#: Bands of brightness that a beating lamp leaves in one picture of a rolling shutter.
_BANDS: Final = 1.6
_NOISE_MARGIN: Final = 96


def draw_scene(scene: Scene) -> Iterator[npt.NDArray[np.uint8]]:
    """The scene's frames in order, uint8 (height, width, 3), red, green, blue; the same scene gives the same frames."""
    times = np.asarray(scene.moments_s())
    tracks = [choreograph(person, times) for person in scene.people]
    views = film(scene, times, tracks)
    backdrop = paint_backdrop(scene.rink, _telling(views), (scene.width_px, scene.height_px))
    grain = _Grain(scene)
    for index, (view, empty) in enumerate(zip(views, _empty_rinks(backdrop, views, scene), strict=True)):
        frame = _with_people(empty.copy(), scene, view, tracks, index)
        frame = _lit(frame, scene, float(times[index]))
        yield grain.over(_marked(frame, scene, float(times[index])), index)


def _telling(views: list[View]) -> list[View]:
    """Enough of the views to know all that is seen."""
    step = max(1, len(views) // 240)
    return [*views[::step], views[-1]]


def _empty_rinks(backdrop: Backdrop, views: list[View], scene: Scene) -> Iterator[Surface]:
    """The empty rink of every view; turned anew only when the camera moved."""
    last: View | None = None
    for view in views:
        if last is None or not view.looks_as(last):
            empty = backdrop.seen_from(view, (scene.width_px, scene.height_px))
        last = view
        yield empty


def _with_people(frame: Surface, scene: Scene, view: View, tracks: list[BodyTrack], index: int) -> Surface:
    """The frame with everybody painted on it, from far to near."""
    seen = []
    for person, track in zip(scene.people, tracks, strict=True):
        figure = see_figure(track.joints_m[index], person.height_m, view)
        if figure is not None:
            seen.append((float(figure.depths[JOINT["pelvis"]]), figure, person))
    for _, figure, person in sorted(seen, key=lambda one: -one[0]):
        paint_figure(frame, figure, person.outfit, view, scene.rink)
    return frame


def _lit(frame: Surface, scene: Scene, time_s: float) -> Surface:
    """The frame under the lamps and the exposure of the moment."""
    gain = 1.0
    for jump in scene.exposure:
        if time_s >= float(jump.at):
            gain = jump.gain
    rows: Floats = np.full(frame.shape[0], gain)
    for flicker in scene.flickers:
        if float(flicker.span.start) <= time_s < float(flicker.span.end):
            beat = 2.0 * np.pi * (flicker.rate_hz * time_s + _BANDS * np.linspace(0.0, 1.0, len(rows)))
            rows *= 1.0 + flicker.depth * (0.5 * np.sin(beat) + 0.5 * np.sin(2.0 * np.pi * flicker.rate_hz * time_s))
    if np.all(rows == 1.0):
        return frame
    column = np.clip(np.round(rows * 100.0), 0, 255).astype(np.uint8)
    gains = np.broadcast_to(column[:, None, None], frame.shape)
    return np.asarray(cv2.multiply(frame, np.ascontiguousarray(gains), scale=0.01), dtype=np.uint8)


def _marked(frame: Surface, scene: Scene, time_s: float) -> Surface:
    """The frame with the sync lamp in its upper left corner, where one is due."""
    if any(float(mark) - 1e-6 <= time_s < float(mark) + MARK_S - 1e-6 for mark in scene.marks):
        side = round(_LAMP_SHARE * frame.shape[0])
        frame[:side, :side] = (255, 255, 255)
    return frame


class _Grain:
    """Sensor noise: one large still of it, laid over each frame at another place."""

    def __init__(self, scene: Scene) -> None:
        rng = np.random.default_rng((scene.seed, 31))
        size = (scene.height_px + _NOISE_MARGIN, scene.width_px + _NOISE_MARGIN)
        luma = rng.standard_normal(size, dtype=np.float32)[:, :, None]
        chroma = rng.standard_normal((*size, 3), dtype=np.float32)
        noise = np.round(scene.noise * (0.9 * luma + 0.45 * chroma))
        self._lighter = np.clip(noise, 0, 255).astype(np.uint8)
        self._darker = np.clip(-noise, 0, 255).astype(np.uint8)
        self._corners = rng.integers(0, _NOISE_MARGIN, (max(1, scene.frames), 2))
        self._quiet = scene.noise <= 0

    def over(self, frame: Surface, index: int) -> Surface:
        """The frame with the noise of its index."""
        if self._quiet:
            return frame
        top, left = (int(corner) for corner in self._corners[index])
        place = (slice(top, top + frame.shape[0]), slice(left, left + frame.shape[1]))
        return np.asarray(cv2.subtract(cv2.add(frame, self._lighter[place]), self._darker[place]), dtype=np.uint8)
