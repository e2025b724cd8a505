"""Person detectors with boxes at their head, and pose models made of a detector and a landmark step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from appliance.adapters.onnx.crops import CropKind, Crops, Edge
from appliance.adapters.onnx.session import OrtSession
from appliance.algorithms.letterboxing import plan_letterbox
from appliance.algorithms.pose_decoding import decode_boxes, keep_distinct
from appliance.domain.picture import AnyPicture
from appliance.domain.pose import Box, Pose


class CropPoses(Protocol):
    """A network that finds one person's joints in a crop."""

    name: str

    def poses_in(self, pairs: Sequence[tuple[AnyPicture, Box]]) -> list[Pose | None]:
        """The person in each box, None where the network sees none; the score says how sure it is, 0..1."""


#: Source: mmdet, rtmdet configs, data_preprocessor (BGR, bgr_to_rgb False), test pipeline pad value 114.
RTMDET_CANVAS = CropKind(
    size_px=(320, 320), colours="bgr", edge=Edge.CANVAS, mean=(103.53, 116.28, 123.675), std=(57.375, 57.12, 58.395)
)
#: Source: mmpose, yolox_tiny_8xb8-300e_humanart config: BGR, bytes as they are, pad value 114.
YOLOX_TINY_CANVAS = CropKind(size_px=(416, 416), colours="bgr", edge=Edge.CANVAS)
#: Source: mmpose, rtmo-s config: BGR, bytes as they are, pad value 114.
RTMO_CANVAS = CropKind(size_px=(640, 640), colours="bgr", edge=Edge.CANVAS)


class PersonBoxes:
    """A detector that gives boxes, scores and classes (RTMDet, YOLOX)."""

    def __init__(self, session: OrtSession, canvas: CropKind, *, min_score: float = 0.3) -> None:
        self._session = session
        self._canvas = canvas
        self._min_score = min_score

    def find_boxes(self, pictures: Sequence[AnyPicture]) -> list[tuple[Pose, ...]]:
        """People in each picture, best first, without joints. Raises Misconfigured when the runtime fails."""
        if not pictures:
            return []
        plans = [plan_letterbox((p.shape[1], p.shape[0]), self._canvas.size_px, centred=False) for p in pictures]
        heads = self._session.run(Crops(self._canvas, list(zip(pictures, plans, strict=True))))
        rows = zip(heads["dets"], heads["labels"], plans, strict=True)
        return [decode_boxes(dets, labels.astype(np.int64), plan, min_score=self._min_score) for dets, labels, plan in rows]


class BoxedPoseModel:
    """A detector for the boxes, a crop network for the joints (RTMDet with BlazePose or RTMPose)."""

    #: Source: bench/RESULTS.md, scores of RTMDet-nano on cars and on skaters.
    certainty = (0.3, 0.7)

    def __init__(
        self, name: str, boxes: PersonBoxes, crops: CropPoses, *, verifier: CropPoses | None = None, max_people: int = 12
    ) -> None:
        """Put a model together.

        Args:
            name: as the report states it.
            boxes: finds people.
            crops: finds their joints.
            verifier: says whether a suspected person is one, where `crops` cannot (RTMPose sees joints in anything).
            max_people: most people per picture whose joints are asked for.
        """
        self.name = name
        self._boxes = boxes
        self._crops = crops
        self._verifier = verifier or crops
        self._max_people = max_people

    def find_people(self, pictures: Sequence[AnyPicture]) -> list[tuple[Pose, ...]]:
        """People in each picture, best first; box and score are the detector's, joints where the crop network sees them.

        Raises:
            Misconfigured: the runtime failed.
        """
        found = [people[: self._max_people] for people in self.find_boxes(pictures)]
        pairs = [(picture, person.box) for picture, people in zip(pictures, found, strict=True) for person in people]
        poses = iter(self._crops.poses_in(pairs))
        return [tuple(_with_joints(person, next(poses)) for person in people) for people in found]

    def find_boxes(self, pictures: Sequence[AnyPicture]) -> list[tuple[Pose, ...]]:
        """People in each picture by the detector alone. Raises Misconfigured when the runtime fails."""
        return [keep_distinct(list(people)) for people in self._boxes.find_boxes(pictures)]

    def pose_in(self, picture: AnyPicture, box: Box) -> Pose | None:
        """The person in a box around the whole body, None where there is none. Raises Misconfigured when the runtime fails."""
        return self._verifier.poses_in([(picture, box)])[0]


def _with_joints(person: Pose, pose: Pose | None) -> Pose:
    return person if pose is None else Pose(box=person.box, score=person.score, joints=pose.joints)
