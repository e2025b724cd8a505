"""What a scene sounds like: the hall's hum, blades that scrape while somebody skates, and a beep at every mark."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from appliance.algorithms.choreographing import choreograph
from appliance.algorithms.posing import Floats
from appliance.domain.scene import MARK_S, Scene

Sound = npt.NDArray[np.float32]

#: Samples a second, as the product's recordings and reels have them.
RATE_HZ: Final = 48_000
BEEP_HZ: Final = 1_000
_BEEP: Final = 0.5
_HUM: Final = 0.012
_HISS: Final = 0.006
#: Loudness of a blade for each metre a second, and for each turn a second of a spin, at arm's length of ten metres.
_SCRAPE: Final = 0.009
_TURN_SCRAPE: Final = 0.014
#: Beyond this a scrape would hide the beeps.
_LOUDEST: Final = 0.045
#: Widths of the running means whose difference makes noise sound like steel on ice, about 1.2-6 kHz.
_SCRAPE_BAND: Final = (8, 40)
_ENVELOPE_HZ: Final = 50


def sound_scene(scene: Scene) -> Sound:
    """The scene's sound: float32 (length × RATE_HZ), one channel, -1..1; the same scene gives the same sound."""
    count = int(scene.length * RATE_HZ)
    rng = np.random.default_rng((scene.seed, 41))
    hiss = rng.standard_normal(count, dtype=np.float32)
    sound: Sound = _HISS * _smoothed(hiss, 12) * np.float32(3.0) + _hum(count)
    sound += _band(rng.standard_normal(count, dtype=np.float32)) * _loudness(scene, count)
    for mark in scene.marks:
        _add_beep(sound, int(mark * RATE_HZ))
    return np.clip(sound, -1.0, 1.0).astype(np.float32)


def _hum(count: int) -> Sound:
    """Refrigeration and lamps: mains and its first overtones, one second over and over."""
    time = np.arange(RATE_HZ, dtype=np.float32) / RATE_HZ
    second = sum(np.sin(2.0 * np.pi * rate * time) / weight for rate, weight in ((50, 2), (100, 1), (200, 3)))
    return np.resize((_HUM * np.asarray(second)).astype(np.float32), count)


def _band(noise: Sound) -> Sound:
    """Noise without its deepest and highest part, deviation about one."""
    band = _smoothed(noise, _SCRAPE_BAND[0]) - _smoothed(noise, _SCRAPE_BAND[1])
    deviation = float(band.std()) if band.size else 1.0
    return (band / max(deviation, 1e-6)).astype(np.float32)


def _smoothed(noise: Sound, width: int) -> Sound:
    """Running mean over `width` samples."""
    total = np.concatenate([np.zeros(width), np.cumsum(noise, dtype=np.float64)])
    mean: Sound = ((total[width:] - total[:-width]) / width).astype(np.float32)
    return mean


def _loudness(scene: Scene, count: int) -> Sound:
    """How loud all blades together scrape, per sample."""
    times = np.arange(0.0, float(scene.length) + 1.0 / _ENVELOPE_HZ, 1.0 / _ENVELOPE_HZ)
    loudness: Floats = np.zeros_like(times)
    for person in scene.skaters:
        track = choreograph(person, times)
        speed = np.hypot(*np.gradient(track.place_m, times, axis=0).T)
        turning = np.abs(np.gradient(track.facing_deg, times)) / 360.0
        distance = np.hypot(*(track.place_m - np.asarray(scene.camera.place_m[:2])).T)
        loudness += (_SCRAPE * speed + _TURN_SCRAPE * turning) * 10.0 / np.maximum(distance, 3.0)
    grid = np.arange(count, dtype=np.float64) / RATE_HZ
    return np.interp(grid, times, np.minimum(loudness, _LOUDEST)).astype(np.float32)


def _add_beep(sound: Sound, start: int) -> None:
    """A tone with an edge of two milliseconds, so that its onset is sharp and does not click."""
    length = min(round(MARK_S * RATE_HZ), len(sound) - start)
    if length <= 0:
        return
    time = np.arange(length) / RATE_HZ
    edge = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.002)
    sound[start : start + length] += (_BEEP * edge * np.sin(2.0 * np.pi * BEEP_HZ * time)).astype(np.float32)
