"""Stances of a skating body as angles, and the joints that follow from them.

A stance is a vector of STANCE angles; FLOATS of many moments lie in float64 (n, len(STANCE)). Angles are degrees against the
vertical: flexion forward, abduction outward; those of the arms and the head ride on the torso.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_TRUNK: Final = ("torso_pitch", "torso_roll", "torso_twist", "head_pitch", "head_yaw", "anchor", "shift_m")
_SIDE: Final = (
    "upper_flex", "upper_abd", "fore_flex", "fore_abd",
    "thigh_flex", "thigh_abd", "shank_flex", "shank_abd", "foot_pitch", "toe_out",
)  # fmt: skip
#: Names of a stance's entries. anchor: 1 keeps the feet in place, 0 the pelvis; shift_m: the body to its own left.
STANCE: Final = _TRUNK + tuple(f"left_{name}" for name in _SIDE) + tuple(f"right_{name}" for name in _SIDE)
_COLUMN: Final = {name: index for index, name in enumerate(STANCE)}

#: Joints of a drawn body, in the order of every joint array.
BODY: Final = (
    "pelvis", "neck", "head", "nose", "crown",
    "left_shoulder", "left_elbow", "left_wrist", "left_hand", "left_hip", "left_knee", "left_ankle", "left_toe", "left_heel",
    "right_shoulder", "right_elbow", "right_wrist", "right_hand", "right_hip", "right_knee", "right_ankle", "right_toe",
    "right_heel",
)  # fmt: skip
JOINT: Final = {name: index for index, name in enumerate(BODY)}

#: Lengths as shares of body height. Source: segment lengths after Drillis and Contini, as in Winter, Biomechanics and Motor
#: Control of Human Movement; half-widths are moved in to the joints' centres and the head is set by eye.
SHARE: Final = {
    "trunk": 0.288, "shoulder": 0.115, "hip": 0.072, "upper": 0.186, "fore": 0.146, "hand": 0.075,
    "thigh": 0.245, "shank": 0.246, "ankle": 0.039, "toe": 0.115, "heel": 0.045, "neck_to_head": 0.115, "head": 0.062,
}  # fmt: skip
#: Metres that a skate's blade and sole lift the foot.
BLADE_M: Final = 0.065
#: Seconds that a jump takes off the ice; about as long as easy jumps look.
AIR_S: Final = 0.56
_TAKEOFF: Final = 0.46


def stance(both: Mapping[str, float] | None = None, **angles: float) -> Floats:
    """One stance: `both` sets entries of both sides by their bare name; everything else is zero."""
    row = np.zeros(len(STANCE))
    for name, value in (both or {}).items():
        row[_COLUMN[f"left_{name}"]] = row[_COLUMN[f"right_{name}"]] = value
    for name, value in angles.items():
        row[_COLUMN[name]] = value
    return row


def column(name: str) -> int:
    """Where an entry of a stance lies."""
    return _COLUMN[name]


def smooth_step(share: Floats) -> Floats:
    """0 before 0, 1 after 1, and a cubic without corners between."""
    clipped = np.clip(share, 0.0, 1.0)
    return clipped * clipped * (3.0 - 2.0 * clipped)


def takeoff_s(length_s: float) -> float:
    """When in a jump of this length the blade leaves the ice."""
    return _TAKEOFF * length_s


def lift_of_jump(local_s: Floats, length_s: float) -> Floats:
    """Metres above the ice over a jump: a ballistic arc of AIR_S seconds."""
    share = np.clip((local_s - takeoff_s(length_s)) / AIR_S, 0.0, 1.0)
    peak_m = 9.81 * AIR_S**2 / 8
    return 4.0 * peak_m * share * (1.0 - share)


def joints_of_stances(stances: Floats, height_m: float) -> Floats:
    """Joints of every stance.

    Args:
        stances: float64 (n, len(STANCE)).
        height_m: body height without skates.

    Returns:
        float64 (n, len(BODY), 3) — metres: x ahead of the body, y to its left, z up; the lower skate stands on z = 0.
    """
    body = np.zeros((len(stances), len(BODY), 3))
    torso = _torso_turn(stances)
    _place_trunk(body, stances, torso)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        _place_arm(body, stances, torso, side, sign)
        _place_leg(body, stances, side, sign)
    body *= height_m
    return _grounded(body, stances)


def _torso_turn(stances: Floats) -> Floats:
    """Rotation of the torso per stance, (n, 3, 3): twist, then roll, then pitch."""
    pitch, roll, twist = (np.radians(stances[:, _COLUMN[f"torso_{name}"]]) for name in ("pitch", "roll", "twist"))
    turned: Floats = _about_y(pitch) @ _about_x(-roll) @ _about_z(twist)
    return turned


def _place_trunk(body: Floats, stances: Floats, torso: Floats) -> None:
    pitch, yaw = (np.radians(stances[:, _COLUMN[f"head_{name}"]]) for name in ("pitch", "yaw"))
    head = torso @ _about_z(yaw) @ _about_y(pitch)
    neck = torso @ np.array([0.0, 0.0, SHARE["trunk"]])
    body[:, JOINT["neck"]] = neck
    centre = neck + head @ np.array([0.02, 0.0, SHARE["neck_to_head"]])
    body[:, JOINT["head"]] = centre
    body[:, JOINT["nose"]] = centre + head @ np.array([SHARE["head"], 0.0, -0.004])
    body[:, JOINT["crown"]] = centre + head @ np.array([0.0, 0.0, SHARE["head"]])


def _place_arm(body: Floats, stances: Floats, torso: Floats, side: str, sign: float) -> None:
    upper = _segment(stances, f"{side}_upper", sign, SHARE["upper"], torso)
    fore = _segment(stances, f"{side}_fore", sign, SHARE["fore"], torso)
    shoulder = torso @ np.array([0.0, sign * SHARE["shoulder"], SHARE["trunk"] - 0.012])
    elbow = shoulder + upper
    body[:, JOINT[f"{side}_shoulder"]] = shoulder
    body[:, JOINT[f"{side}_elbow"]] = elbow
    body[:, JOINT[f"{side}_wrist"]] = elbow + fore
    body[:, JOINT[f"{side}_hand"]] = elbow + fore * (1.0 + SHARE["hand"] / SHARE["fore"])


def _place_leg(body: Floats, stances: Floats, side: str, sign: float) -> None:
    level = np.broadcast_to(np.eye(3), (len(stances), 3, 3))
    hip = np.broadcast_to(np.array([0.0, sign * SHARE["hip"], 0.0]), (len(stances), 3))
    knee = hip + _segment(stances, f"{side}_thigh", sign, SHARE["thigh"], level)
    ankle = knee + _segment(stances, f"{side}_shank", sign, SHARE["shank"], level)
    pitch, out = (np.radians(stances[:, _COLUMN[f"{side}_{name}"]]) for name in ("foot_pitch", "toe_out"))
    ahead = np.stack([np.cos(pitch) * np.cos(out), sign * np.cos(pitch) * np.sin(out), np.sin(pitch)], axis=1)
    below = np.stack([np.sin(pitch) * np.cos(out), sign * np.sin(pitch) * np.sin(out), -np.cos(pitch)], axis=1)
    for name, place in (("hip", hip), ("knee", knee), ("ankle", ankle)):
        body[:, JOINT[f"{side}_{name}"]] = place
    body[:, JOINT[f"{side}_toe"]] = ankle + SHARE["ankle"] * below + SHARE["toe"] * ahead
    body[:, JOINT[f"{side}_heel"]] = ankle + SHARE["ankle"] * below - SHARE["heel"] * ahead


def _segment(stances: Floats, name: str, sign: float, length: float, carrier: Floats) -> Floats:
    """A limb's vector, hanging straight down at zero flexion and abduction."""
    flex, out = (np.radians(stances[:, _COLUMN[f"{name}_{kind}"]]) for kind in ("flex", "abd"))
    hanging = np.stack([np.sin(flex) * np.cos(out), sign * np.sin(out), -np.cos(flex) * np.cos(out)], axis=1)
    carried: Floats = length * np.einsum("nij,nj->ni", carrier, hanging)
    return carried


def _grounded(body: Floats, stances: Floats) -> Floats:
    """The body with its lower skate on the ice and, as far as it is anchored, its feet around the origin."""
    feet = [JOINT[f"{side}_{part}"] for side in ("left", "right") for part in ("toe", "heel")]
    lowest = body[:, feet, 2].min(axis=1)
    anchor = stances[:, _COLUMN["anchor"], None] * body[:, feet, :2].mean(axis=1)
    body[:, :, 2] += BLADE_M - lowest[:, None]
    body[:, :, :2] -= anchor[:, None]
    body[:, :, 1] += stances[:, _COLUMN["shift_m"], None]
    return body


def _about_x(angle: Floats) -> Floats:
    return _rotations(angle, 1, 2)


def _about_y(angle: Floats) -> Floats:
    return _rotations(angle, 2, 0)


def _about_z(angle: Floats) -> Floats:
    return _rotations(angle, 0, 1)


def _rotations(angle: Floats, first: int, second: int) -> Floats:
    """Rotations that carry axis `first` towards axis `second`, (n, 3, 3)."""
    turned = np.zeros((len(angle), 3, 3))
    turned[:] = np.eye(3)
    turned[:, first, first] = turned[:, second, second] = np.cos(angle)
    turned[:, second, first] = np.sin(angle)
    turned[:, first, second] = -np.sin(angle)
    return turned
