"""When to ask a pose model about a mover, where to let it look, and which of its answers belongs to the mover."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.algorithms.measuring import BODY_SHARE
from appliance.algorithms.tracking import Mover, Observation, Sighting
from appliance.domain.pose import Box, Pose

#: A model is asked about a mover this often: until it was seen twice, afterwards, and when it seems to be nobody.
ASK_EVERY_S = 0.25
_ASK_SEEN_EVERY_S = 0.5
_ASK_NOBODY_EVERY_S = 1.0
#: After this many answers without a person, a mover is most likely none.
_PATIENCE = 10
#: Slower than this many of its own heights per second, a region cannot open a segment whatever it is.
_LEAST_SPEED_HPS = 0.06
_MOST_QUESTIONS = 2
#: A look takes in this much more than the mover: a moving leg belongs to a body that may stand still above it.
_LOOKS_AROUND = (1.8, 1.3, 2.6)
_LEAST_LOOK_PX = 150.0


def choose_questions(movers: Sequence[Mover], now_s: float, rate_hz: float) -> list[Mover]:
    """Movers worth asking a pose model about in this sample, the most urgent first, at most two."""
    due = [
        mover for mover in movers if now_s - mover.last_asked_s >= _patience_s(mover) - 1e-6 and _is_quick(mover.last, rate_hz)
    ]
    return sorted(due, key=lambda mover: (mover.seen > 1, -mover.last.box.area))[:_MOST_QUESTIONS]


def _patience_s(mover: Mover) -> float:
    if mover.seen >= 2:
        return _ASK_SEEN_EVERY_S
    return _ASK_NOBODY_EVERY_S if mover.asked >= _PATIENCE else ASK_EVERY_S


def _is_quick(observation: Observation, rate_hz: float) -> bool:
    # The region may be far larger than the body in it, where the camera's motion was hard to tell.
    return (
        observation.curve.speed_of_body(0.1 * observation.box.area) * rate_hz / max(1.0, observation.box.height)
        >= _LEAST_SPEED_HPS
    )


def look_around(mover: Mover, width_px: int, height_px: int) -> Box:
    """The square part of a (width, height) picture that a model should see to find the mover's whole body."""
    box, around = mover.last.box, _LOOKS_AROUND[0]
    if mover.last.bodies:
        box = max((body.box for body in mover.last.bodies), key=lambda body: body.area)
    elif mover.seen < mover.asked:
        # A model that missed a person at one scale often finds them at another.
        around = _LOOKS_AROUND[mover.asked % len(_LOOKS_AROUND)]
    side = max(around * max(box.width, box.height), _LEAST_LOOK_PX)
    x, y = box.center
    side_x, side_y = min(side, width_px), min(side, height_px)
    left, top = min(max(0.0, x - side_x / 2), width_px - side_x), min(max(0.0, y - side_y / 2), height_px - side_y)
    return Box(left=left, top=top, right=left + side_x, bottom=top + side_y)


def note_answer(mover: Mover, now_s: float, people: Sequence[Pose], certainty: tuple[float, float]) -> None:
    """Record what the model said: the person that covers the mover best, or nobody.

    Args:
        mover: who was asked about.
        now_s: when.
        people: whom the model saw around the mover, in the same pixels as the mover's box.
        certainty: the model's scores at which its word is worth nothing, and at which it is sure.
    """
    best = max(people, key=lambda pose: _belonging(mover.last.box, pose), default=None)
    evidence = 0.0
    if best is not None and _belonging(mover.last.box, best) > 0:
        doubt, sure = certainty
        evidence = min(1.0, max(0.0, (best.score - doubt) / (sure - doubt)))
    mover.asked += 1
    mover.seen += evidence > 0
    mover.last_asked_s = now_s
    mover.last.sighting = Sighting(pose=best if evidence > 0 else None, evidence=evidence)


def _belonging(box: Box, pose: Pose) -> float:
    """How much of the pose moves, times how sure it is; 0 unless the mover fills a fair part of the body."""
    shared = box.intersection(pose.box)
    if shared < BODY_SHARE * min(pose.box.area, box.area):
        return 0.0
    return pose.score * shared / max(pose.box.area, 1.0)
