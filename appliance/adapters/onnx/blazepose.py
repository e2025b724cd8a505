"""BlazePose on ONNX Runtime: the detector finds people, the landmark network finds their joints and says whether it is one.

A pose's score is the geometric mean of the detector's score and the landmark network's presence probability, so that both have
to agree; where a box was given instead of detected (`pose_in`) it is the presence probability alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from appliance.adapters.onnx.crops import CropKind, Crops, Edge
from appliance.adapters.onnx.session import OrtSession, Tensor
from appliance.algorithms.blazepose_decoding import (
    DETECTOR_PX,
    LANDMARK_PX,
    Landmarks,
    body_points,
    decode_detections,
    decode_landmarks,
    joints_from_landmarks,
    region_from_alignment,
    region_from_box,
    region_from_landmarks,
)
from appliance.algorithms.cropping import CropRegion, region_of_picture
from appliance.algorithms.pose_decoding import box_from_points, keep_distinct
from appliance.domain.picture import AnyPicture
from appliance.domain.pose import Box, Pose

_LANDMARK_CROP = CropKind(size_px=(LANDMARK_PX, LANDMARK_PX), std=(255.0, 255.0, 255.0), channels_first=False)
#: The picture in the middle of a black square, bytes as -1..1. Source: pose_detector_graph.cc, BORDER_ZERO;
#: pose_detection_cpu.pbtxt, ImageToTensorCalculator, output_tensor_float_range.
_DETECTOR_CROP = CropKind(
    size_px=(DETECTOR_PX, DETECTOR_PX),
    mean=(127.5, 127.5, 127.5),
    std=(127.5, 127.5, 127.5),
    channels_first=False,
    edge=Edge.BLACK,
)


class BlazeposeCrops:
    """The landmark network: joints of one person per crop."""

    name = "BlazePose full landmarks"

    def __init__(self, session: OrtSession, *, min_presence: float = 0.3) -> None:
        self._session = session
        self._min_presence = min_presence

    def poses_in(self, pairs: Sequence[tuple[AnyPicture, Box]]) -> list[Pose | None]:
        """The person in each box (around the whole body), None where the network sees none; score is its presence.

        The box does not say how the body leans, so a first look finds its axis and a second one, along it, is what counts.
        """
        regions = [region_from_box(box) for _, box in pairs]
        first = self.look([(picture, region) for (picture, _), region in zip(pairs, regions, strict=True)])
        seen = [index for index, (_, presence) in enumerate(first) if presence >= self._min_presence]
        better = {index: region_from_landmarks(first[index][0], regions[index]) for index in seen}
        second = dict(zip(seen, self.look([(pairs[index][0], better[index]) for index in seen]), strict=True))
        return [self._pose_from(*second[index], better[index]) if index in second else None for index in range(len(pairs))]

    def poses_at(self, places: Sequence[tuple[AnyPicture, CropRegion]]) -> list[Pose | None]:
        """The person in each region, None where the network sees none; score is its presence."""
        looks = self.look(places)
        return [self._pose_from(*look, region) for look, (_, region) in zip(looks, places, strict=True)]

    def look(self, places: Sequence[tuple[AnyPicture, CropRegion]]) -> list[tuple[Landmarks, float]]:
        """Landmarks and presence probability (0..1) of each region."""
        if not places:
            return []
        heads = self._session.run(Crops(_LANDMARK_CROP, list(places)))
        presence = heads["presence"].reshape(-1)
        landmarks = [decode_landmarks(raw, heat) for raw, heat in zip(heads["landmarks"], heads["heatmap"], strict=True)]
        return [(found, float(sure)) for found, sure in zip(landmarks, presence, strict=True)]

    def _pose_from(self, landmarks: Landmarks, presence: float, region: CropRegion) -> Pose | None:
        if presence < self._min_presence:
            return None
        box = box_from_points(body_points(landmarks, region))
        return Pose(box=box, score=min(1.0, presence), joints=joints_from_landmarks(landmarks, region))


class BlazeposeOnnxModel:
    """BlazePose's two networks as a pose model; sees near people, up to a handful."""

    name = "ONNX Runtime, BlazePose full"
    #: The lower end is what cars reach, the upper what near people do. Source: bench/RESULTS.md, scores.
    certainty = (0.68, 0.9)

    def __init__(self, detector: OrtSession, crops: BlazeposeCrops, *, min_score: float = 0.5, max_people: int = 4) -> None:
        self._detector = detector
        self._crops = crops
        self._min_score = min_score
        self._max_people = max_people

    def find_people(self, pictures: Sequence[AnyPicture]) -> list[tuple[Pose, ...]]:
        """People in each picture with joints, best first. Raises Misconfigured when the runtime fails."""
        regions = self._detect_regions(pictures)
        places = [(picture, region) for picture, found in zip(pictures, regions, strict=True) for region, _ in found]
        poses = iter(self._crops.poses_at(places))
        return [keep_distinct([_agreed(pose, score) for _, score in found if (pose := next(poses))]) for found in regions]

    def find_boxes(self, pictures: Sequence[AnyPicture]) -> list[tuple[Pose, ...]]:
        """The same people without joints. No cheaper: the detector alone takes cars for people, the landmark step does not."""
        return [tuple(Pose(box=pose.box, score=pose.score) for pose in people) for people in self.find_people(pictures)]

    def pose_in(self, picture: AnyPicture, box: Box) -> Pose | None:
        """The person in a box around the whole body, None where there is none. Raises Misconfigured when the runtime fails."""
        return self._crops.poses_in([(picture, box)])[0]

    def _detect_regions(self, pictures: Sequence[AnyPicture]) -> list[list[tuple[CropRegion, float]]]:
        if not pictures:
            return []
        wholes = [region_of_picture((picture.shape[1], picture.shape[0])) for picture in pictures]
        heads = self._detector.run(Crops(_DETECTOR_CROP, list(zip(pictures, wholes, strict=True))))
        rows = zip(heads["regressors"], heads["scores"], wholes, strict=True)
        return [self._regions_from(raw, logits.reshape(-1), whole) for raw, logits, whole in rows]

    def _regions_from(self, raw: Tensor, logits: Tensor, whole: CropRegion) -> list[tuple[CropRegion, float]]:
        detections = decode_detections(raw, logits, min_score=self._min_score)
        points = whole.to_picture(detections.points[: self._max_people] / np.float32(DETECTOR_PX))
        scores = detections.scores[: self._max_people].tolist()
        return [(region_from_alignment(hips, reach), score) for (hips, reach, *_), score in zip(points, scores, strict=True)]


def _agreed(pose: Pose, detector_score: float) -> Pose:
    return Pose(box=pose.box, score=math.sqrt(pose.score * detector_score), joints=pose.joints)
