"""RTMPose (joints of one person per crop) and RTMO (people with joints in one pass) on ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from appliance.adapters.onnx.crops import CropKind, Crops
from appliance.adapters.onnx.people import RTMO_CANVAS
from appliance.adapters.onnx.session import OrtSession
from appliance.algorithms.cropping import CropRegion, crop_picture, region_around
from appliance.algorithms.letterboxing import plan_letterbox
from appliance.algorithms.pose_decoding import best_in_box, decode_one_pass, decode_simcc, pose_from_crop
from appliance.domain.picture import AnyPicture, brought_near
from appliance.domain.pose import Box, Joints, Pose

#: Source: mmpose, GetBBoxCenterScale, padding 1.25.
_PADDING = 1.25
#: Source: mmpose, rtmpose configs, data_preprocessor: RGB (bgr_to_rgb True); rtmlib's BGR is a known slip.
_CROP = CropKind(size_px=(192, 256), mean=(123.675, 116.28, 103.53), std=(58.395, 57.12, 57.375))


class RtmposeCrops:
    """RTMPose: joints of one person per crop; the score is the mean confidence of the joints."""

    def __init__(self, session: OrtSession, *, name: str = "RTMPose", min_score: float = 0.3) -> None:
        self.name = name
        self._session = session
        self._min_score = min_score

    def poses_in(self, pairs: Sequence[tuple[AnyPicture, Box]]) -> list[Pose | None]:
        """The person in each box, None where the joints are unsure. Raises Misconfigured when the runtime fails."""
        if not pairs:
            return []
        width, height = _CROP.size_px
        regions = [region_around(box, aspect=width / height, padding=_PADDING) for _, box in pairs]
        heads = self._session.run(Crops(_CROP, [(picture, where) for (picture, _), where in zip(pairs, regions, strict=True)]))
        found = [decode_simcc(x, y) for x, y in zip(heads["simcc_x"], heads["simcc_y"], strict=True)]
        rows = zip(found, regions, pairs, strict=True)
        return [self._pose_from(_placed(joints, region), box) for joints, region, (_, box) in rows]

    def _pose_from(self, joints: Joints, box: Box) -> Pose | None:
        score = float(joints[:, 2].mean())
        return Pose(box=box, score=score, joints=joints) if score >= self._min_score else None


class RtmoModel:
    """RTMO: people and joints in one pass, whose cost does not grow with the number of people."""

    #: Not measured yet: RTMO cannot be fetched where the benches run. Source: mmpose, rtmo-s config, score_thr 0.1.
    certainty = (0.3, 0.7)

    def __init__(self, session: OrtSession, *, name: str = "RTMO-s", min_score: float = 0.3) -> None:
        self.name = f"ONNX Runtime, {name}"
        self._session = session
        self._min_score = min_score

    def find_people(self, pictures: Sequence[AnyPicture]) -> list[tuple[Pose, ...]]:
        """People in each picture with joints, best first. Raises Misconfigured when the runtime fails."""
        if not pictures:
            return []
        plans = [plan_letterbox((p.shape[1], p.shape[0]), RTMO_CANVAS.size_px, centred=False) for p in pictures]
        # One picture at a time: the official export has its suppression inside, fixed to a batch of one.
        heads = [self._session.run(Crops(RTMO_CANVAS, [place])) for place in zip(pictures, plans, strict=True)]
        rows = zip(heads, plans, strict=True)
        return [decode_one_pass(h["dets"][0], h["keypoints"][0], plan, min_score=self._min_score) for h, plan in rows]

    def find_boxes(self, pictures: Sequence[AnyPicture]) -> list[tuple[Pose, ...]]:
        """The same people without joints; one network does both, so this is no cheaper."""
        return [tuple(Pose(box=pose.box, score=pose.score) for pose in people) for people in self.find_people(pictures)]

    def pose_in(self, picture: AnyPicture, box: Box) -> Pose | None:
        """The person who fills the box best, None where there is none. Raises Misconfigured when the runtime fails."""
        region = region_around(box, aspect=1.0, padding=_PADDING)
        side = RTMO_CANVAS.size_px[0]
        people = self.find_people([crop_picture(brought_near(picture), region, (side, side))])[0]
        return best_in_box([pose_from_crop(pose, region, side) for pose in people], box)


def _placed(joints: Joints, region: CropRegion) -> Joints:
    """Joints in crop pixels → picture pixels."""
    points = region.to_picture((joints[:, :2] / np.array(_CROP.size_px, np.float32)).astype(np.float32))
    return np.concatenate([points, joints[:, 2:]], axis=1).astype(np.float32)
