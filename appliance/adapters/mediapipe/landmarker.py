"""MediaPipe's PoseLandmarker as a pose model.

The library keeps the detector's score and the network's presence to itself, it only drops what is below the thresholds; per
landmark it tells how likely it is present and visible. A pose's score is the mean of the lesser of both over the joints.
"""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from appliance.adapters.mediapipe.library import load_library, silence_standard_error
from appliance.algorithms.blazepose_decoding import COCO_LANDMARKS
from appliance.algorithms.cropping import crop_picture, region_around
from appliance.algorithms.pose_decoding import best_in_box, box_from_points, keep_distinct, pose_from_crop
from appliance.domain.errors import Misconfigured
from appliance.domain.picture import AnyPicture, brought_near
from appliance.domain.pose import Box, Joints, Pose

Picture = npt.NDArray[np.uint8]

#: Pictures with a shorter side than this are enlarged: the library refuses or misreads slivers.
_SMALLEST_PX = 32
#: A suspected person is cut out with this much around and shown at this size. Measured on 85 boxes of real people: 1.2 times
#: loses a third of them, 1.5 to 2.2 find nine in ten, size matters little (the detector looks at 224 px).
_CROP_PADDING = 2.0
_CROP_PX = 256
#: So many joints are in view of anybody who can be recognised at all: head, shoulders and hips.
_TELLING_JOINTS = 8


class MediapipePoseModel:
    """BlazePose by MediaPipe's Tasks API; sees near people, up to a handful."""

    name = "MediaPipe, BlazePose full"
    #: Cars do not get past the thresholds below; what is left to doubt is a torso half out of the picture.
    certainty = (0.6, 0.95)

    def __init__(self, bundle: Path, *, max_people: int = 4, min_detection: float = 0.5, min_presence: float = 0.7) -> None:
        """Load the bundle.

        Args:
            bundle: the `.task` file; its hash has been checked.
            max_people: most people per picture.
            min_detection: detector scores below this are dropped, 0..1.
            min_presence: poses whose presence probability is below this are dropped, 0..1.

        Raises:
            Misconfigured: the library or the bundle does not load.
        """
        self._library = load_library()
        self._has_seen_people = False
        vision = self._library.tasks.vision
        options = vision.PoseLandmarkerOptions(
            base_options=self._library.tasks.BaseOptions(model_asset_path=str(bundle)),
            running_mode=vision.RunningMode.IMAGE,
            num_poses=max_people,
            min_pose_detection_confidence=min_detection,
            min_pose_presence_confidence=min_presence,
        )
        try:
            with silence_standard_error():
                self._landmarker = vision.PoseLandmarker.create_from_options(options)
                self._detect(np.zeros((256, 256, 3), np.uint8))
        except (RuntimeError, ValueError, OSError) as error:
            raise Misconfigured(f"MediaPipe does not load {bundle.name}: {error}", remedy="rinkreel models build") from error
        weakref.finalize(self, _close_landmarker, self._landmarker)

    def find_people(self, pictures: Sequence[Picture]) -> list[tuple[Pose, ...]]:
        """People in each picture with joints, best first. Raises Misconfigured when the library fails."""
        return [self._people_in(picture) for picture in pictures]

    def find_boxes(self, pictures: Sequence[AnyPicture]) -> list[tuple[Pose, ...]]:
        """The same people without joints; the library does both at once, so this is no cheaper."""
        near = [brought_near(picture) for picture in pictures]
        return [tuple(Pose(box=pose.box, score=pose.score) for pose in people) for people in self.find_people(near)]

    def pose_in(self, picture: Picture, box: Box) -> Pose | None:
        """The person who fills the box best, None where the library sees none. Raises Misconfigured when it fails.

        The library cannot be given a region, so the box is cut out with its surroundings and looked at as a picture.
        """
        region = region_around(box, aspect=1.0, padding=_CROP_PADDING)
        people = self._people_in(crop_picture(picture, region, (_CROP_PX, _CROP_PX)))
        return best_in_box([pose_from_crop(pose, region, _CROP_PX) for pose in people], box)

    def _people_in(self, picture: Picture) -> tuple[Pose, ...]:
        height, width = picture.shape[:2]
        # The first person found makes the library print a warning that cannot be switched off.
        with contextlib.nullcontext() if self._has_seen_people else silence_standard_error():
            result = self._detect(_enlarged(picture))
        self._has_seen_people |= bool(result.pose_landmarks)
        return keep_distinct([_pose_from(landmarks, width, height) for landmarks in result.pose_landmarks])

    def _detect(self, picture: Picture) -> Any:
        image = self._library.Image(image_format=self._library.ImageFormat.SRGB, data=np.ascontiguousarray(picture))
        try:
            return self._landmarker.detect(image)
        except (RuntimeError, ValueError) as error:
            raise Misconfigured(f"MediaPipe failed: {error}", remedy="Try --backend onnx, or see rinkreel doctor.") from error


def _enlarged(picture: Picture) -> Picture:
    """A sliver, enlarged until its shorter side is `_SMALLEST_PX`; landmarks come as shares, so nothing has to be undone."""
    height, width = picture.shape[:2]
    if min(width, height) >= _SMALLEST_PX:
        return picture
    size = (max(width, _SMALLEST_PX), max(height, _SMALLEST_PX))
    return cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)


def _pose_from(landmarks: Sequence[Any], width: int, height: int) -> Pose:
    """landmarks: the library's 33, x and y as shares of the picture."""
    rows = [(mark.x * width, mark.y * height, min(mark.visibility, mark.presence)) for mark in landmarks]
    points: Joints = np.array(rows, np.float32)
    joints = points[list(COCO_LANDMARKS)]
    # The library does not tell its scores. The best half of the joints does: legs may be out of the picture.
    best = np.sort(joints[:, 2])[-_TELLING_JOINTS:]
    return Pose(box=box_from_points(points), score=float(np.clip(best.mean(), 0, 1)), joints=joints)


def _close_landmarker(landmarker: Any) -> None:
    """Close it, or let go of it where the interpreter has already stopped the thread that closing needs."""
    try:
        landmarker.close()
    except RuntimeError:
        landmarker._handle = None
