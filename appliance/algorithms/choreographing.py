"""A skater's body over time: where it is on the ice, where it faces, and where each joint is.

Steps follow each other; each hands over to the next within a moving step, never within a still one, so that a body that stands is
still from the first to the last instant of its step. After the last step the skater stands.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt

from appliance.algorithms.gesturing import stances_of_step, turning_of_step
from appliance.algorithms.posing import Floats, joints_of_stances, lift_of_jump, smooth_step
from appliance.domain.scene import Activity, Skater, Step
from appliance.domain.timespan import Span, joined

#: Seconds that a change between two activities takes; shorter where a step leaves less room.
HANDOVER_S: Final = 0.7
#: Grid on which paths are summed up, fine enough that its error over a minute is below a millimetre.
_GRID_HZ: Final = 240


@dataclass(frozen=True, slots=True, eq=False)
class BodyTrack:
    """One body at many moments.

    joints_m: float32 (n, len(BODY), 3) — world metres. place_m: float64 (n, 2) — on the ice. facing_deg: float64 (n).
    """

    joints_m: npt.NDArray[np.float32]
    place_m: Floats
    facing_deg: Floats


def choreograph(skater: Skater, times_s: Floats) -> BodyTrack:
    """The body of a skater at these moments (seconds, rising)."""
    steps = (*skater.steps, Step(activity=Activity.STAND, length=Fraction(1)))
    starts = _starts(steps)
    weights = _weights(steps, starts, times_s)
    # Sway runs on the session's clock: it goes on as it was from one still step to the next.
    clocks = [times_s if step.still else times_s - start for step, start in zip(steps, starts, strict=True)]
    stances = sum(weights[:, i, None] * stances_of_step(clocks[i], skater, step) for i, step in enumerate(steps))
    body = joints_of_stances(np.asarray(stances), skater.height_m)
    for i, step in enumerate(steps):
        if step.activity is Activity.JUMP:
            body[:, :, 2] += lift_of_jump(times_s - starts[i], float(step.length))[:, None]
    place, heading = _path(skater, steps, starts, times_s)
    facing = heading + _turning(steps, starts, weights, times_s)
    return BodyTrack(joints_m=_placed(body, place, facing).astype(np.float32), place_m=place, facing_deg=facing)


def moving_spans(skater: Skater) -> tuple[Span, ...]:
    """When a skater is in motion, exactly: the steps that are not still."""
    spans, start = [], Fraction(0)
    for step in skater.steps:
        if not step.still:
            spans.append(Span(start, start + step.length))
        start += step.length
    return tuple(joined(spans))


def _starts(steps: tuple[Step, ...]) -> list[float]:
    """When each step begins, in seconds."""
    starts = [Fraction(0)]
    for step in steps[:-1]:
        starts.append(starts[-1] + step.length)
    return [float(start) for start in starts]


def _weights(steps: tuple[Step, ...], starts: list[float], times_s: Floats) -> Floats:
    """How much each step counts at each moment, float64 (n, steps); rows sum up to one."""
    reached = [np.ones_like(times_s)]
    for before, after, boundary in zip(steps, steps[1:], starts[1:], strict=False):
        reached.append(_handover(before, after, boundary, times_s))
    reached.append(np.zeros_like(times_s))
    ladder = np.stack(reached, axis=1)
    return ladder[:, :-1] - ladder[:, 1:]


def _handover(before: Step, after: Step, boundary_s: float, times_s: Floats) -> Floats:
    """0 while `before` lasts, 1 once `after` has taken over."""
    if before.still and after.still:
        return (times_s >= boundary_s).astype(np.float64)
    length_s = min([HANDOVER_S, *(float(step.length) / 2 for step in (before, after) if not step.still)])
    lead = 0.0 if before.still else (1.0 if after.still else 0.5)
    return np.asarray(smooth_step((times_s - boundary_s + lead * length_s) / length_s))


def _path(skater: Skater, steps: tuple[Step, ...], starts: list[float], times_s: Floats) -> tuple[Floats, Floats]:
    """Places (n, 2) and headings (n) by summing up speed and turning on a fine grid."""
    grid = np.arange(0.0, float(times_s.max(initial=0.0)) + 2.0 / _GRID_HZ, 1.0 / _GRID_HZ)
    weights = _weights(steps, starts, grid)
    speed = weights @ np.array([step.speed_mps for step in steps])
    turn = weights @ np.array([step.turn_dps for step in steps])
    heading = skater.heading_deg + _summed(turn)
    angle = np.radians(heading)
    x = skater.place_m[0] + _summed(speed * np.cos(angle))
    y = skater.place_m[1] + _summed(speed * np.sin(angle))
    place = np.stack([np.interp(times_s, grid, x), np.interp(times_s, grid, y)], axis=1)
    return place, np.interp(times_s, grid, heading)


def _summed(rate: Floats) -> Floats:
    """Integral of a rate over the grid, zero at its start (trapezoids)."""
    return np.concatenate([[0.0], np.cumsum((rate[1:] + rate[:-1]) / (2.0 * _GRID_HZ))])


def _turning(steps: tuple[Step, ...], starts: list[float], weights: Floats, times_s: Floats) -> Floats:
    """Degrees between heading and facing: half a turn for who skates backward, and the turns of spins and jumps."""
    about: Floats = weights @ np.array([180.0 * step.backward for step in steps])
    for step, start in zip(steps, starts, strict=True):
        about = about + turning_of_step(times_s - start, step)
    return about


def _placed(body: Floats, place_m: Floats, facing_deg: Floats) -> Floats:
    """Bodies in the world: turned to where they face and moved to their place."""
    angle = np.radians(facing_deg)[:, None]
    x, y = body[:, :, 0], body[:, :, 1]
    east = x * np.cos(angle) - y * np.sin(angle) + place_m[:, None, 0]
    north = x * np.sin(angle) + y * np.cos(angle) + place_m[:, None, 1]
    return np.stack([east, north, body[:, :, 2]], axis=2)
