"""What each activity does with a body over time: stances, turning of the body, and height above the ice."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

import numpy as np

from appliance.algorithms.posing import AIR_S, Floats, column, smooth_step, stance, takeoff_s
from appliance.domain.scene import Activity, Posture, Skater, Step

_HANGING: Final = {"upper_abd": 9.0, "fore_flex": 12.0, "fore_abd": 6.0, "thigh_abd": 3.0, "shank_abd": 3.0, "toe_out": 14.0}
_POSTURES: Final = {
    Posture.RELAXED: stance(_HANGING, anchor=1.0),
    Posture.HANDS_ON_HIPS: stance(
        _HANGING | {"upper_flex": -18.0, "upper_abd": 42.0, "fore_flex": 28.0, "fore_abd": -48.0}, anchor=1.0
    ),
    Posture.ARMS_FOLDED: stance(
        _HANGING | {"upper_flex": 12.0, "upper_abd": 14.0, "fore_flex": 92.0, "fore_abd": -62.0}, anchor=1.0
    ),
}  # fmt: skip

#: A leg over one stride, eight keys: two of gliding on it, two of pushing, one of lifting, three of bringing it back.
#: Degrees were chosen by eye, until the drawn stride looked like one.
_LEG: Final = {
    "thigh_flex": (32.0, 36.0, 34.0, 16.0, -14.0, -12.0, 14.0, 28.0),
    "thigh_abd": (2.0, 2.0, 5.0, 18.0, 30.0, 22.0, 9.0, 4.0),
    "shank_flex": (-20.0, -24.0, -26.0, -26.0, -32.0, -66.0, -58.0, -24.0),
    "shank_abd": (2.0, 2.0, 5.0, 18.0, 29.0, 20.0, 8.0, 4.0),
    "foot_pitch": (0.0, 0.0, 0.0, 0.0, -24.0, -48.0, -36.0, -8.0),
    "toe_out": (4.0, 6.0, 14.0, 32.0, 38.0, 24.0, 14.0, 6.0),
}
_KNEES: Final = {"thigh_flex": 28.0, "shank_flex": -20.0, "thigh_abd": 3.0, "shank_abd": 3.0}
_OPEN_ARMS: Final = {"upper_flex": 4.0, "upper_abd": 68.0, "fore_flex": 10.0, "fore_abd": 74.0}
_TIGHT_ARMS: Final = {"upper_flex": 34.0, "upper_abd": 22.0, "fore_flex": 104.0, "fore_abd": -44.0}
_FREE_LEG_BACK: Final = {"left_thigh_flex": -34.0, "left_thigh_abd": 8.0, "left_shank_flex": -46.0, "left_foot_pitch": -40.0}

_GLIDE: Final = stance(_KNEES | {"upper_flex": -6.0, "upper_abd": 38.0, "fore_flex": 14.0, "fore_abd": 46.0}, torso_pitch=14.0)
_EDGE: Final = stance(_KNEES | _OPEN_ARMS, torso_pitch=12.0, **_FREE_LEG_BACK)
_CROUCH: Final = stance(
    _KNEES | {"thigh_flex": 46.0, "shank_flex": -34.0, "upper_flex": -40.0, "upper_abd": 30.0, "fore_flex": -20.0,
              "fore_abd": 30.0},
    torso_pitch=30.0, left_thigh_flex=-20.0, left_shank_flex=-50.0, left_foot_pitch=-30.0,
)  # fmt: skip
_REACH: Final = stance(
    {"upper_flex": 70.0, "upper_abd": 30.0, "fore_flex": 110.0, "fore_abd": 10.0}, torso_pitch=4.0, left_thigh_flex=30.0,
    left_shank_flex=-30.0, right_foot_pitch=-35.0,
)  # fmt: skip
_AIR: Final = stance(
    _TIGHT_ARMS | {"foot_pitch": -50.0}, left_thigh_flex=12.0, left_thigh_abd=-8.0, left_shank_flex=-10.0, left_shank_abd=-6.0
)
_LANDING: Final = stance(_KNEES | _OPEN_ARMS | {"thigh_flex": 44.0, "shank_flex": -32.0}, torso_pitch=24.0, **_FREE_LEG_BACK)
_SPIRAL: Final = stance(
    {"upper_abd": 84.0, "fore_abd": 88.0}, torso_pitch=72.0, head_pitch=-58.0, right_thigh_flex=8.0, right_shank_flex=-2.0,
    left_thigh_flex=-98.0, left_shank_flex=-100.0, left_thigh_abd=6.0, left_foot_pitch=-170.0,
)  # fmt: skip
_SPIN_OPEN: Final = stance(
    _OPEN_ARMS, left_thigh_flex=42.0, left_thigh_abd=24.0, left_shank_flex=-8.0, left_shank_abd=20.0, left_foot_pitch=-20.0
)
_SPIN_TIGHT: Final = stance(
    _TIGHT_ARMS, left_thigh_flex=22.0, left_thigh_abd=-8.0, left_shank_flex=-12.0, left_shank_abd=-10.0, left_foot_pitch=-30.0,
)  # fmt: skip
_SIT: Final = stance(
    {"upper_flex": 62.0, "upper_abd": 14.0, "fore_flex": 70.0, "fore_abd": 4.0, "thigh_flex": 86.0, "shank_flex": -38.0},
    torso_pitch=46.0, head_pitch=-24.0, left_thigh_flex=80.0, left_shank_flex=78.0, left_thigh_abd=8.0, left_foot_pitch=60.0,
)  # fmt: skip
#: A jump: share of its way to the take-off (up to 1), of the flight (1 to 2) and of the way out (2 to 3), with the stance there.
_JUMP: Final = (
    (0.0, _EDGE),
    (0.78, _CROUCH),
    (1.0, _REACH),
    (1.28, _AIR),
    (1.74, _AIR),
    (2.0, _REACH),
    (2.18, _LANDING),
    (3.0, _EDGE),
)

Gesture = Callable[[Floats, Skater, Step], Floats]


def stances_of_step(local_s: Floats, skater: Skater, step: Step) -> Floats:
    """Stances over one step: float64 (n, len(STANCE)) at seconds since it began, which may lie outside of it."""
    return _GESTURES[step.activity](local_s, skater, step)


def turning_of_step(local_s: Floats, step: Step) -> Floats:
    """Degrees that a spin or jump has turned the body by; whole turns at its end."""
    length_s = float(step.length)
    if step.activity in (Activity.SPIN, Activity.SIT_SPIN):
        return 360.0 * step.turns * _ramped(local_s / length_s, 0.18)
    if step.activity is Activity.JUMP:
        start_s = takeoff_s(length_s) - 0.08
        return 360.0 * step.turns * _ramped((local_s - start_s) / (AIR_S + 0.18), 0.3)
    return np.zeros_like(local_s)


def _ramped(share: Floats, ramp: float) -> Floats:
    """0 to 1 at a steady rate, with the rate rising over the first `ramp` and falling over the last."""
    u = np.clip(share, 0.0, 1.0)
    rate = 1.0 / (1.0 - ramp)
    early = rate * u * u / (2.0 * ramp)
    late = 1.0 - rate * (1.0 - u) ** 2 / (2.0 * ramp)
    return np.where(u < ramp, early, np.where(u > 1.0 - ramp, late, rate * (u - ramp / 2.0)))


def _stand(local_s: Floats, skater: Skater, _step: Step) -> Floats:
    """Sways by about a centimetre, slowly, and looks around even more slowly."""
    rows = np.tile(_POSTURES[skater.posture], (len(local_s), 1))
    rng = np.random.default_rng((skater.seed, 11))
    phases = rng.uniform(0.0, 2.0 * np.pi, 6)

    def wave(index: int, rate_hz: float) -> Floats:
        return np.asarray(np.sin(2.0 * np.pi * rate_hz * local_s + phases[index]))

    lean = 0.45 * wave(0, 0.23) + 0.2 * wave(1, 0.41)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for part in ("thigh_abd", "shank_abd"):
            rows[:, column(f"{side}_{part}")] -= sign * lean
        for part in ("thigh_flex", "shank_flex"):
            rows[:, column(f"{side}_{part}")] += 0.35 * wave(2, 0.19)
    rows[:, column("torso_pitch")] += 2.0 + 0.5 * wave(3, 0.27)
    rows[:, column("head_yaw")] += 9.0 * wave(4, 0.06)
    rows[:, column("head_pitch")] += 1.5 * wave(5, 0.11)
    return rows


def _stride(local_s: Floats, skater: Skater, step: Step) -> Floats:
    rows = np.tile(stance(torso_pitch=24.0, head_pitch=-14.0), (len(local_s), 1))
    cycle = local_s * skater.tempo_hz
    for side, late in (("left", 0.0), ("right", 0.5)):
        for name, keys in _LEG.items():
            rows[:, column(f"{side}_{name}")] = _periodic(cycle + late, keys)
    swing = np.sin(2.0 * np.pi * cycle)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        rows[:, column(f"{side}_upper_flex")] = 8.0 - sign * 38.0 * swing
        rows[:, column(f"{side}_upper_abd")] = 24.0
        rows[:, column(f"{side}_fore_flex")] = 52.0 - sign * 34.0 * swing
        rows[:, column(f"{side}_fore_abd")] = 12.0 + sign * 10.0 * swing
    rows[:, column("torso_roll")] = -5.0 * swing
    rows[:, column("torso_twist")] = 9.0 * swing - 0.15 * step.turn_dps
    rows[:, column("shift_m")] = 0.07 * swing
    return rows


def _glide(local_s: Floats, skater: Skater, step: Step) -> Floats:
    rows = np.tile(_EDGE if step.backward else _GLIDE, (len(local_s), 1))
    breath = np.sin(2.0 * np.pi * 0.3 * local_s + skater.seed)
    rows[:, column("left_upper_abd")] += 4.0 * breath
    rows[:, column("right_upper_abd")] += 4.0 * breath
    rows[:, column("torso_roll")] -= 0.12 * step.turn_dps
    return rows


def _spiral(local_s: Floats, _skater: Skater, _step: Step) -> Floats:
    rows = np.tile(_SPIRAL, (len(local_s), 1))
    rows[:, column("left_shank_flex")] += 3.0 * np.sin(2.0 * np.pi * 0.4 * local_s)
    return rows


def _spin(local_s: Floats, _skater: Skater, step: Step) -> Floats:
    closed = smooth_step((local_s / float(step.length) - 0.18) / 0.25)[:, None]
    return _SPIN_OPEN * (1.0 - closed) + _SPIN_TIGHT * closed


def _sit_spin(local_s: Floats, _skater: Skater, step: Step) -> Floats:
    share = local_s / float(step.length)
    low = (smooth_step((share - 0.1) / 0.2) * (1.0 - smooth_step((share - 0.75) / 0.2)))[:, None]
    return _SPIN_OPEN * (1.0 - low) + _SIT * low


def _jump(local_s: Floats, _skater: Skater, step: Step) -> Floats:
    length_s = float(step.length)
    up_s = takeoff_s(length_s)
    clock = np.interp(local_s, (0.0, up_s, up_s + AIR_S, length_s), (0.0, 1.0, 2.0, 3.0))
    rows = np.tile(_JUMP[0][1], (len(local_s), 1))
    for (early, before), (late, after) in pairwise(_JUMP):
        share = smooth_step((clock - early) / (late - early))[:, None]
        rows += share * (after - before)
    return rows


def _periodic(cycle: Floats, keys: tuple[float, ...]) -> Floats:
    """A closed Catmull-Rom curve through evenly spaced keys, at `cycle` rounds."""
    values = np.asarray(keys)
    place = (cycle % 1.0) * len(values)
    index = place.astype(np.int64)
    u = place - index
    before, here, after, later = (values[(index + offset) % len(values)] for offset in (-1, 0, 1, 2))
    bend = (2 * before - 5 * here + 4 * after - later) * u**2 + (3 * here - before - 3 * after + later) * u**3
    curve: Floats = here + 0.5 * ((after - before) * u + bend)
    return curve


_GESTURES: Final[dict[Activity, Gesture]] = {
    Activity.STAND: _stand, Activity.STRIDE: _stride, Activity.GLIDE: _glide, Activity.SPIRAL: _spiral,
    Activity.SPIN: _spin, Activity.SIT_SPIN: _sit_spin, Activity.JUMP: _jump,
}  # fmt: skip
