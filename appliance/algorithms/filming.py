"""A camera on its stand: where it looks over time, and where points of the world fall in its picture.

The camera turns and zooms but does not travel, so everything that stands still moves between two pictures by a homography.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from appliance.algorithms.choreographing import BodyTrack
from appliance.algorithms.posing import Floats, smooth_step
from appliance.domain.scene import Camera, CameraKey, Scene

#: Height of a followed body's middle above the ice, and seconds over which a person who follows it smooths their hand.
_FOLLOWED_HEIGHT_M: Final = 0.95
_FOLLOWING_S: Final = 0.5
#: Rates at which a hand that holds a camera drifts and trembles; amplitudes fall with the rate. Chosen by eye.
_SHAKE_HZ: Final = (0.7, 1.3, 2.9, 5.3)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One look of the camera.

    place_m: float64 (3). turn: float64 (3, 3) — world to camera: x right, y down, z ahead. lens: float64 (3, 3) — camera to
    pixels.
    """

    place_m: Floats
    turn: Floats
    lens: Floats

    @property
    def focal_px(self) -> float:
        """Pixels per metre at one metre."""
        return float(self.lens[0, 0])

    def looks_as(self, other: View) -> bool:
        """Whether two views from one place show the same."""
        return np.array_equal(self.turn, other.turn) and np.array_equal(self.lens, other.lens)

    def project(self, points_m: Floats) -> tuple[Floats, Floats]:
        """Pixels (..., 2) and depths in metres (...) of world points (..., 3); what lies behind the camera has depth ≤ 0."""
        seen = (points_m - self.place_m) @ self.turn.T
        depth = seen[..., 2]
        safe = np.where(np.abs(depth) < 1e-6, 1e-6, depth)
        pixels = seen[..., :2] / safe[..., None] * self.focal_px + self.lens[:2, 2]
        return pixels, depth

    def homography_from(self, other: View) -> Floats:
        """What carries pixels of another view from the same place into this one."""
        carried: Floats = self.lens @ self.turn @ other.turn.T @ np.linalg.inv(other.lens)
        return carried


def view_of(place_m: npt.ArrayLike, angles_deg: Sequence[float], focal_px: float, centre_px: tuple[float, float]) -> View:
    """A view from a place; angles_deg: pan (right is positive), tilt (up is positive), roll (clockwise is positive)."""
    pan, tilt, roll = (float(np.radians(angle)) for angle in angles_deg)
    ahead = np.array([np.sin(pan) * np.cos(tilt), np.cos(pan) * np.cos(tilt), np.sin(tilt)])
    right = np.array([np.cos(pan), -np.sin(pan), 0.0])
    down = np.cross(ahead, right)
    level = np.stack([right, down, ahead])
    rolled = np.array([[np.cos(roll), np.sin(roll), 0.0], [-np.sin(roll), np.cos(roll), 0.0], [0.0, 0.0, 1.0]])
    lens = np.array([[focal_px, 0.0, centre_px[0]], [0.0, focal_px, centre_px[1]], [0.0, 0.0, 1.0]])
    return View(np.asarray(place_m, dtype=np.float64), rolled @ level, lens)


def film(scene: Scene, times_s: Floats, tracks: Sequence[BodyTrack]) -> list[View]:
    """The camera's view at each moment; tracks: the scene's people at the same moments."""
    pan, tilt, width, unrest = _programme(scene.camera, times_s, tracks).T
    shake = unrest[:, None] * np.stack([_tremor(times_s, scene.seed + axis) for axis in range(3)], axis=1)
    focal = scene.width_px / (2.0 * np.tan(np.radians(width) / 2.0))
    centre = ((scene.width_px - 1) / 2.0, (scene.height_px - 1) / 2.0)
    angles = np.stack([pan, tilt, np.zeros_like(pan)], axis=1) + shake * (1.0, 1.0, 0.5)
    return [view_of(scene.camera.place_m, angles[i], float(focal[i]), centre) for i in range(len(times_s))]


def _programme(camera: Camera, times_s: Floats, tracks: Sequence[BodyTrack]) -> Floats:
    """Pan, tilt, angle of view and unrest over time, float64 (n, 4): each key's aim, handed over smoothly to the next."""
    aims = [_aim(camera, key, times_s, tracks) for key in camera.keys]
    aim = aims[0]
    for i in range(1, len(aims)):
        early, late = float(camera.keys[i - 1].at), float(camera.keys[i].at)
        share = smooth_step((times_s - early) / max(late - early, 1e-6))[:, None]
        aim = aim + share * (aims[i] - aims[i - 1])
    return aim


def _aim(camera: Camera, key: CameraKey, times_s: Floats, tracks: Sequence[BodyTrack]) -> Floats:
    """Pan, tilt, width and unrest of one key at every moment, float64 (n, 4)."""
    aim = np.tile([key.pan_deg, key.tilt_deg, key.width_deg, key.shake_deg], (len(times_s), 1))
    if key.follows is None:
        return aim
    place = _steadied(tracks[key.follows].place_m, times_s)
    away = place - np.asarray(camera.place_m[:2])
    distance = np.hypot(away[:, 0], away[:, 1])
    aim[:, 0] += np.degrees(np.arctan2(away[:, 0], away[:, 1]))
    aim[:, 1] += np.degrees(np.arctan2(_FOLLOWED_HEIGHT_M - camera.place_m[2], distance))
    return aim


def _steadied(place_m: Floats, times_s: Floats) -> Floats:
    """Places averaged over the seconds around each moment, as a hand follows them."""
    if len(times_s) < 3:
        return place_m
    reach = max(1, round(_FOLLOWING_S / float(times_s[1] - times_s[0])))
    padded = np.pad(place_m, ((reach, reach), (0, 0)), mode="edge")
    kernel = np.hanning(2 * reach + 3)[1:-1]
    kernel /= kernel.sum()
    return np.stack([np.convolve(padded[:, axis], kernel, mode="valid") for axis in (0, 1)], axis=1)


def _tremor(times_s: Floats, seed: int) -> Floats:
    """A hand's unrest, about -1..1."""
    phases = np.random.default_rng((seed, 23)).uniform(0.0, 2.0 * np.pi, len(_SHAKE_HZ))
    waves = [np.sin(2.0 * np.pi * rate * times_s + phase) / rate for rate, phase in zip(_SHAKE_HZ, phases, strict=True)]
    return np.asarray(sum(waves)) / 2.0
