"""Follows what moves from sample to sample and remembers where a pose model saw a person in it.

A mover is a moving region, not yet a person: it is born by motion alone, asked about now and then, and only later, with
everything known, judged to be a person or not (`scoring`). So no frame before the first sighting is lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from appliance.algorithms.compensating import CameraMotion, Mask, carry_point
from appliance.algorithms.measuring import SpeedCurve, measure_region
from appliance.algorithms.proposing import Flow
from appliance.domain.pose import Box, Pose, box_around

#: Seconds without motion after which a mover is forgotten.
FORGET_AFTER_S = 1.0
#: Two regions are the same mover when this share of the smaller one overlaps.
_SAME_MOVER = 0.2
#: A region touches a remembered body when this share of the smaller one overlaps.
_TOUCHED = 0.3
#: Limbs reach out of the box of a moment ago by this share of the body's height.
_BODY_MARGIN = 0.08
_SAME_BODY = 0.3
#: Bodies are remembered this long, and no more than this many.
_REMEMBER_S = 60.0
_MOST_BODIES = 24


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Moment:
    """One sample as the tracker needs it: when, how the camera moved, and the motion that is left."""

    sample: int
    time_s: float
    camera: CameraMotion
    flow: Flow
    changes: Mask


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sighting:
    """A pose model's answer about a mover: the person in it, or None; evidence 0..1, comparable between models."""

    pose: Pose | None
    evidence: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Body:
    """A person's box as a model last saw it, carried along since, and how fast what is in it moves."""

    box: Box
    curve: SpeedCurve


@dataclass(slots=True, eq=False, kw_only=True)
class Observation:
    """One mover in one sample: where it moved, how fast, the bodies known to be there, and what a model said if asked."""

    sample: int
    time_s: float
    box: Box
    curve: SpeedCurve
    bodies: tuple[Body, ...] = ()
    sighting: Sighting | None = None


@dataclass(slots=True, eq=False, kw_only=True)
class Mover:
    """Everything seen of one mover, in time order. place: where it should be now, in the current picture."""

    track: int
    place: Box
    observations: list[Observation] = field(default_factory=list)
    asked: int = 0
    seen: int = 0
    last_asked_s: float = -1e9

    @property
    def last(self) -> Observation:
        """The newest observation."""
        return self.observations[-1]


class MoverTracker:
    """A small machine: feed regions sample by sample, tell it of sightings, read movers at the end."""

    def __init__(self) -> None:
        self._live: list[Mover] = []
        self._ended: list[Mover] = []
        self._bodies: list[tuple[Box, float]] = []
        self._count = 0

    def feed(self, moment: Moment, regions: Sequence[Box]) -> list[Mover]:
        """Take one sample's moving regions; returns the movers that were observed in it."""
        self._expire(moment.time_s)
        for mover in self._live:
            mover.place = _carried(mover.place, moment.camera)
        self._bodies = [(_carried(box, moment.camera), seen_s) for box, seen_s in self._bodies]
        observed: dict[int, tuple[Mover, list[Box]]] = {}
        for region in regions:
            mover = self._mover_at(region)
            observed.setdefault(mover.track, (mover, []))[1].append(region)
        places = [(mover, box_around(parts)) for mover, parts in observed.values()]
        bodies = [self._bodies_in(region) for _, region in places]
        measured = {index: self._measure_body(index, moment) for indices in bodies for index in indices}
        self._carry_bodies(measured)
        return [
            _observe(mover, moment, region, tuple(measured[index] for index in indices))
            for (mover, region), indices in zip(places, bodies, strict=True)
        ]

    def note_people(self, people: Sequence[Box], time_s: float) -> None:
        """A model saw whole people here; older memories of the same places go."""
        kept = [
            (box, seen_s)
            for box, seen_s in self._bodies
            if time_s - seen_s < _REMEMBER_S and all(box.iou(person) < _SAME_BODY for person in people)
        ]
        self._bodies = [*kept, *((person, time_s) for person in people)][-_MOST_BODIES:]

    def forget_all(self) -> None:
        """The scene changed: nothing that was followed is still there."""
        self._bodies = []
        self._ended.extend(self._live)
        self._live = []

    def followed(self) -> list[Mover]:
        """Movers that were observed a moment ago."""
        return [mover for mover in self._live if mover.observations]

    def finish(self) -> list[Mover]:
        """All movers that ever lived, in order of birth."""
        self.forget_all()
        return sorted((mover for mover in self._ended if mover.observations), key=lambda mover: mover.track)

    def _expire(self, time_s: float) -> None:
        stale = [mover for mover in self._live if mover.observations and time_s - mover.last.time_s > FORGET_AFTER_S]
        self._ended.extend(stale)
        self._live = [mover for mover in self._live if mover not in stale]

    def _mover_at(self, box: Box) -> Mover:
        there = [mover for mover in self._live if _overlap_share(mover.place, box) >= _SAME_MOVER]
        if there:
            # The one that is most like it: a speck within a body overlaps wholly, and would take its name from it.
            return max(there, key=lambda mover: mover.place.iou(box))
        self._count += 1
        mover = Mover(track=self._count, place=box)
        self._live.append(mover)
        return mover

    def _bodies_in(self, region: Box) -> list[int]:
        """Remembered bodies that the region touches more than in passing."""
        return [index for index, (box, _) in enumerate(self._bodies) if _overlap_share(box, region) >= _TOUCHED]

    def _measure_body(self, index: int, moment: Moment) -> Body:
        """How the body moves, measured where it was."""
        box, _ = self._bodies[index]
        return Body(box=box, curve=measure_region(box.grown(_BODY_MARGIN * box.height), moment.flow, moment.changes))

    def _carry_bodies(self, measured: Mapping[int, Body]) -> None:
        """Move the memory of bodies along with what they did; once, however many movers touch one."""
        for index, body in measured.items():
            if body.curve.speed_of_body(body.box.area) > 0:
                self._bodies[index] = (body.box.moved(*body.curve.drift_px), self._bodies[index][1])


def _observe(mover: Mover, moment: Moment, region: Box, bodies: tuple[Body, ...]) -> Mover:
    curve = measure_region(region, moment.flow, moment.changes)
    mover.observations.append(Observation(sample=moment.sample, time_s=moment.time_s, box=region, curve=curve, bodies=bodies))
    mover.place = region.moved(*curve.drift_px)
    return mover


def _carried(box: Box, camera: CameraMotion) -> Box:
    (left, top), (right, bottom) = carry_point(camera, (box.left, box.top)), carry_point(camera, (box.right, box.bottom))
    return Box(left=min(left, right), top=min(top, bottom), right=max(left, right), bottom=max(top, bottom))


def _overlap_share(one: Box, other: Box) -> float:
    smaller = min(one.area, other.area)
    return one.intersection(other) / smaller if smaller > 0 else 0.0
