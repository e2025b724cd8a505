"""Watches frame after frame: camera out, changes found, movers followed, questions asked where they are worth their price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from appliance.algorithms.barring import find_picture
from appliance.algorithms.compensating import CameraMotion, Luma, Mask, align_to_now, estimate_camera
from appliance.algorithms.differencing import find_changes, is_scene_cut
from appliance.algorithms.proposing import FlowEstimator, propose_regions
from appliance.algorithms.sizing import samples_of_mover
from appliance.algorithms.tracking import Moment, Mover, MoverTracker
from appliance.algorithms.verifying import choose_questions, look_around, note_answer
from appliance.domain.motion import MotionSample, MoverSample
from appliance.domain.picture import AnyPicture, part_of
from appliance.domain.pose import Box, Pose
from appliance.domain.timespan import Seconds

Picture = npt.NDArray[np.uint8]

#: A person is remembered, standing or not, from this much of the way between a model's doubt and its certainty.
_REMEMBERED = 0.3
#: Observations that tell what somebody does right now: five seconds at eight samples a second.
_LATELY = 40
#: The background is what lies this far from anything that moved in the sample before.
_BACKGROUND_GAP = np.ones((9, 9), np.uint8)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Crop:
    """A part of a picture that a model is shown, and the way back.

    scale: picture pixels per luma pixel. bounds: the whole picture, in luma pixels.
    """

    picture: AnyPicture
    left: int
    top: int
    scale: float
    bounds: Box

    def in_luma(self, people: Sequence[Pose]) -> list[Pose]:
        """Poses found in the crop, in luma pixels, without joints; boxes end where the picture does."""
        moved = [(pose.box.moved(self.left, self.top).scaled(1 / self.scale), pose.score) for pose in people]
        return [Pose(box=box.clipped_to(self.bounds), score=score) for box, score in moved if box.intersection(self.bounds) > 0]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Question:
    """Is this mover a person? look: where to look, in luma pixels. bounds: the whole picture."""

    mover: Mover
    look: Box
    time_s: float
    bounds: Box

    def crop_from(self, picture: AnyPicture) -> Crop:
        """The part of the colour picture to look at."""
        scale = picture.shape[1] / self.bounds.width
        look = self.look.scaled(scale)
        left, top = max(0, int(look.left)), max(0, int(look.top))
        right, bottom = max(left + 1, round(look.right)), max(top + 1, round(look.bottom))
        shown = part_of(picture, left, top, min(right, picture.shape[1]), min(bottom, picture.shape[0]))
        return Crop(picture=shown, left=left, top=top, scale=scale, bounds=self.bounds)


class MoverWatcher:
    """A small machine: feed frames, answer its questions, read motion samples at the end."""

    def __init__(self) -> None:
        self._tracker = MoverTracker()
        self._flow = FlowEstimator()
        self._before: tuple[Seconds, Luma] | None = None
        self._background: Mask | None = None
        self._moments: list[tuple[Seconds, float, float]] = []

    def feed(self, time: Seconds, luma: Luma) -> list[Question]:
        """Take the next frame; returns what a pose model should be asked about it."""
        before, self._before = self._before, (time, luma)
        if before is None or before[1].shape != luma.shape or time <= before[0]:
            self._tracker.forget_all()
            return []
        step_s = float(time - before[0])
        changes, aligned, camera = self._changes_between(before[1], luma)
        self._moments.append((time, step_s, camera.confidence))
        if changes is None:
            return []
        self._background = _away_from(changes)
        flow = self._flow.flow_between(aligned, luma, changes)
        moment = Moment(sample=len(self._moments) - 1, time_s=float(time), camera=camera, flow=flow, changes=changes)
        movers = self._tracker.feed(moment, [region.box for region in propose_regions(changes, flow)])
        height, width = luma.shape
        bounds = Box(left=0, top=0, right=width, bottom=height)
        return [
            Question(mover=mover, look=look_around(mover, width, height), time_s=moment.time_s, bounds=bounds)
            for mover in choose_questions(movers, moment.time_s, 1 / step_s)
        ]

    def answer(self, question: Question, people: Sequence[Pose], certainty: tuple[float, float]) -> None:
        """Take a model's answer: people in luma pixels, and the scores at which it doubts and at which it is sure."""
        note_answer(question.mover, question.time_s, people, certainty)
        least = certainty[0] + _REMEMBERED * (certainty[1] - certainty[0])
        self._tracker.note_people([pose.box for pose in people if pose.score >= least], question.time_s)

    def finish(self) -> list[MotionSample]:
        """Samples of all frames but the first, which has nothing to be compared with."""
        return self._samples_of(self._tracker.finish())

    def seen_so_far(self) -> list[MotionSample]:
        """The same in the middle of it, of the last seconds of those whom a model took for persons; the watch may go on."""
        return self._samples_of(
            [replace(mover, observations=mover.observations[-_LATELY:]) for mover in self._tracker.followed() if mover.seen]
        )

    def _samples_of(self, movers: Sequence[Mover]) -> list[MotionSample]:
        rates_hz = [1 / step_s for _, step_s, _ in self._moments]
        seen: list[list[MoverSample]] = [[] for _ in self._moments]
        for mover in movers:
            for index, sample in samples_of_mover(mover, rates_hz):
                seen[index].append(sample)
        return [
            MotionSample(time=time, camera_confidence=confidence, movers=tuple(movers))
            for (time, _, confidence), movers in zip(self._moments, seen, strict=True)
        ]

    def _changes_between(self, before: Luma, now: Luma) -> tuple[Mask | None, Luma, CameraMotion]:
        """What changed by itself; None at a scene cut, after which everything begins anew."""
        picture = find_picture(now)
        background = picture if self._background is None else np.bitwise_and(picture, self._background)
        camera = estimate_camera(before, now, background)
        aligned, known = align_to_now(before, camera)
        if is_scene_cut(aligned, now, camera.confidence):
            self._tracker.forget_all()
            self._background = None
            return None, aligned, CameraMotion(matrix=camera.matrix, confidence=0.0)
        return find_changes(aligned, now, np.bitwise_and(known, picture)), aligned, camera


def _away_from(changes: Mask) -> Mask | None:
    if not changes.any():
        return None
    return np.asarray(np.where(cv2.dilate(changes, _BACKGROUND_GAP) > 0, 0, 255), np.uint8)
