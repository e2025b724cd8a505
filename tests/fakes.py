"""Stand-ins for ports, for tests that need a port and not a tool. Each keeps its port's contract; see tests/contract/."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt

from appliance.domain.errors import Transient, Unusable
from appliance.domain.media import MediaFile
from appliance.domain.motion import MotionSample, MotionSignal
from appliance.domain.picture import AnyPicture, brought_near
from appliance.domain.pose import Box, Pose
from appliance.domain.timespan import Seconds, Span
from appliance.ports import Luma, Picture


@dataclass
class MemoryArtefacts:
    """An artefact store that forgets everything when it goes."""

    samples: dict[str, tuple[MotionSample, ...]] = field(default_factory=dict)
    signals: dict[str, MotionSignal] = field(default_factory=dict)

    def save_samples(self, name: str, samples: Sequence[MotionSample]) -> str:
        self.samples[name] = tuple(samples)
        return name

    def load_samples(self, name: str) -> tuple[MotionSample, ...]:
        if name not in self.samples:
            raise Transient(f"nothing is kept under {name!r}")
        return self.samples[name]

    def save_signal(self, name: str, signal: MotionSignal) -> str:
        self.signals[name] = signal
        return name

    def load_signal(self, name: str) -> MotionSignal:
        if name not in self.signals:
            raise Transient(f"nothing is kept under {name!r}")
        return self.signals[name]


@dataclass
class HeardProgress:
    """Keeps all it hears: (stage, done_s, total_s)."""

    told: list[tuple[str, float, float]] = field(default_factory=list)

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        self.told.append((stage, done_s, total_s))


#: Frames that may wait for their turn while others are looked at, and the one in hand.
_LEARNT = 3


class TruthTeller:
    """A pose model that is told who is in a picture, and recognises the last few pictures and every part cut out of them."""

    name = "truth"
    certainty = (0.0, 1.0)

    def __init__(self, picture: Picture | None = None, *people: Pose) -> None:
        self.asked = 0
        self._known: deque[tuple[Picture, tuple[Pose, ...]]] = deque(maxlen=_LEARNT)
        if picture is not None:
            self._known.append((picture, people))

    def learn(self, picture: Picture, people: Sequence[Pose]) -> None:
        """From now on this is a picture, and these are in it."""
        self._known.append((picture, tuple(people)))

    def find_people(self, pictures: Sequence[Picture]) -> list[tuple[Pose, ...]]:
        self.asked += len(pictures)
        return [self._people_in(picture) for picture in pictures]

    def find_boxes(self, pictures: Sequence[AnyPicture]) -> list[tuple[Pose, ...]]:
        near = [brought_near(picture) for picture in pictures]
        return [tuple(Pose(box=pose.box, score=pose.score) for pose in people) for people in self.find_people(near)]

    def pose_in(self, picture: Picture, box: Box) -> Pose | None:
        return max(
            (pose for pose in self._people_in(picture) if pose.box.iou(box) > 0.3), key=lambda p: p.box.iou(box), default=None
        )

    def _people_in(self, picture: Picture) -> tuple[Pose, ...]:
        for whole, people in reversed(self._known):
            if (place := _place_of(picture, whole)) is not None:
                shown = Box(left=0, top=0, right=picture.shape[1], bottom=picture.shape[0])
                moved = [_moved(pose, -place[0], -place[1]) for pose in people]
                return tuple(pose for pose in moved if pose.box.intersection(shown) > 0.5 * pose.box.area)
        return ()


def _place_of(part: Picture, whole: Picture) -> tuple[int, int] | None:
    """Left and top of the part that is shown; None for a picture of something else."""
    if any(small > large for small, large in zip(part.shape, whole.shape, strict=True)):
        return None
    _, _, (left, top), _ = cv2.minMaxLoc(cv2.matchTemplate(whole[..., 1], part[..., 1], cv2.TM_SQDIFF))
    same = whole[top : top + part.shape[0], left : left + part.shape[1]] == part
    return (left, top) if bool(same.all()) else None


def _moved(pose: Pose, dx: float, dy: float) -> Pose:
    joints = None if pose.joints is None else (pose.joints + np.array([dx, dy, 0])).astype(np.float32)
    return Pose(box=pose.box.moved(dx, dy), score=pose.score, joints=joints)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DrawnFrame:
    """A frame that was drawn, not decoded."""

    time: Seconds
    drawing: npt.NDArray[np.uint8]

    def luma(self, long_side_px: int) -> Luma:
        return np.asarray(cv2.cvtColor(self.picture(long_side_px), cv2.COLOR_RGB2GRAY), np.uint8)

    def picture(self, long_side_px: int) -> Picture:
        factor = min(1.0, long_side_px / max(self.drawing.shape))
        return np.asarray(cv2.resize(self.drawing, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)

    def view(self, long_side_px: int) -> Picture:
        return self.picture(long_side_px)


class DrawnReader:
    """A frame reader on drawings that are evenly spaced. Before a frame is handed out, `model` learns who is in it.

    key_every: seconds between key frames; None where the file cannot tell. broken: stretches in which nothing decodes.
    broken_from: a reading that begins there or later gives nothing.
    """

    def __init__(self, drawings: Iterable[Picture], people: Iterable[Sequence[Pose]], *, model: TruthTeller) -> None:
        self._drawn = list(zip(drawings, people, strict=True))
        self._model = model
        self._remarks: tuple[str, ...] = ()
        self.fps = Fraction(8)
        self.key_every: Seconds | None = None
        self.broken: tuple[Span, ...] = ()
        self.broken_from: Seconds | None = None
        self.watched: list[tuple[MediaFile, Span]] = []
        self.reads_side_by_side = True
        self.handed_out = 0

    def remark(self, *remarks: str) -> None:
        """Something is wrong with the file, and will be said once."""
        self._remarks = remarks

    def frames(self, file: MediaFile, span: Span, rate_hz: Fraction) -> Iterator[DrawnFrame]:
        self.watched.append((file, span))
        lost = self.broken_from is not None and span.start >= self.broken_from
        if lost or any(span.overlaps(stretch) for stretch in self.broken):
            raise Unusable(f"nothing between {float(span.start):g} and {float(span.end):g} s can be decoded")
        last_cell = None
        for index, time in enumerate(self._times(file)):
            cell = time * rate_hz // 1
            if span.contains(time) and cell != last_cell:
                last_cell = cell
                self.handed_out += 1
                yield self._frame(index, time)

    def key_frames(self, file: MediaFile, span: Span, least_gap: Seconds) -> Iterator[tuple[DrawnFrame, int]]:
        if self.key_every is None:
            return
        step = max(1, round(max(self.key_every, least_gap) * self.fps))
        keys = [(index, time) for index, time in enumerate(self._times(file)) if index % step == 0]
        first = max((number for number, (_, time) in enumerate(keys) if time <= span.start), default=0)
        for index, time in keys[first:]:
            yield self._frame(index, time), 1_000_000
            if time >= span.end:
                return

    def remarks(self) -> tuple[str, ...]:
        told, self._remarks = self._remarks, ()
        return told

    def _times(self, file: MediaFile) -> list[Seconds]:
        return [file.offset + index / self.fps for index in range(len(self._drawn))]

    def _frame(self, index: int, time: Seconds) -> DrawnFrame:
        drawing, people = self._drawn[index]
        self._model.learn(drawing, people)
        return DrawnFrame(time=time, drawing=drawing)
