"""The truth about a scene: when somebody in the picture is in motion, and where everybody's joints are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from appliance.algorithms.choreographing import choreograph, moving_spans
from appliance.algorithms.filming import View, film
from appliance.algorithms.posing import JOINT, Floats
from appliance.domain.pose import JOINTS, Box, Pose
from appliance.domain.scene import Scene, Skater
from appliance.domain.timespan import Seconds, Span, joined

#: A body counts as seen when this share of its joints lies in the picture, and it is this tall.
_SEEN_SHARE: Final = 0.4
_SEEN_PX: Final = 20.0
#: How far a body reaches beyond its outermost joints, as a share of its height.
_FLESH: Final = 0.05


def label_moving(scene: Scene) -> tuple[Span, ...]:
    """When anybody who is in the picture travels, turns, jumps or spins; sorted, disjoint, within the scene.

    Exact where activities begin and end, to one frame where somebody enters or leaves the picture.
    """
    times = np.asarray(scene.moments_s())
    tracks = [choreograph(person, times) for person in scene.people]
    views = film(scene, times, tracks)
    whole = Span(Fraction(0), scene.length)
    found: list[Span] = []
    for person, track in zip(scene.people, tracks, strict=True):
        moving = [span.clipped_to(whole) for span in moving_spans(person) if span.overlaps(whole)]
        seen = [_is_seen(track.joints_m[i].astype(np.float64), view, scene) for i, view in enumerate(views)] if moving else []
        found.extend(_shared([span for span in moving if span], _spans_of(seen, scene)))
    return tuple(joined(found))


def poses_at(scene: Scene, moments: Sequence[Seconds]) -> list[tuple[Pose, ...]]:
    """Everybody's true pose at these moments (rising), in the order of `scene.people`; who is behind the lens is left out.

    Following cameras need the whole session to know where they look, so the scene's own frames are walked through.
    """
    times = np.asarray(scene.moments_s())
    tracks = [choreograph(person, times) for person in scene.people]
    views = film(scene, times, tracks)
    rows = [min(len(times) - 1, int(moment * scene.fps)) for moment in moments]
    poses = [[_true_pose(track.joints_m[row].astype(np.float64), person, views[row]) for person, track in
              zip(scene.people, tracks, strict=True)] for row in rows]  # fmt: skip
    return [tuple(pose for pose in row if pose is not None) for row in poses]


def _is_seen(joints_m: Floats, view: View, scene: Scene) -> bool:
    pixels, depths = view.project(joints_m)
    inside = (pixels >= 0).all(axis=1) & (pixels < (scene.width_px, scene.height_px)).all(axis=1) & (depths > 0.5)
    return bool(inside.mean() >= _SEEN_SHARE and np.ptp(pixels[:, 1]) >= _SEEN_PX)


def _spans_of(seen: Sequence[bool], scene: Scene) -> list[Span]:
    """Stretches of seen frames; each frame lasts until the next."""
    frames = [Span(i / scene.fps, (i + 1) / scene.fps) for i, there in enumerate(seen) if there]
    spans = list(joined(frames))
    if spans and seen[-1]:
        spans[-1] = Span(spans[-1].start, max(spans[-1].end, scene.length))
    return spans


def _shared(first: Sequence[Span], second: Sequence[Span]) -> list[Span]:
    parts = [one.clipped_to(other) for one in first for other in second]
    return [part for part in parts if part is not None]


def _true_pose(joints_m: Floats, person: Skater, view: View) -> Pose | None:
    points = _coco_points(joints_m)
    pixels, depths = view.project(np.concatenate([points, joints_m]))
    if depths.min() < 0.5:
        return None
    joints = np.ones((len(JOINTS), 3), np.float32)
    joints[:, :2] = pixels[: len(JOINTS)]
    low, high = pixels.min(axis=0), pixels.max(axis=0)
    margin = _FLESH * person.height_m * view.focal_px / float(depths.mean())
    box = Box(left=float(low[0]), top=float(low[1]), right=float(high[0]), bottom=float(high[1])).grown(margin)
    return Pose(box=box, score=1.0, joints=joints)


def _coco_points(joints_m: Floats) -> Floats:
    """The product's seventeen joints in the world, float64 (17, 3)."""
    head, nose, crown = (joints_m[JOINT[name]] for name in ("head", "nose", "crown"))
    ahead, up = nose - head, crown - head
    left = np.cross(up, ahead) / max(float(np.linalg.norm(up)), 1e-9)
    face = {
        "nose": nose,
        "left_eye": head + 0.85 * ahead + 0.34 * left + 0.1 * up, "right_eye": head + 0.85 * ahead - 0.34 * left + 0.1 * up,
        "left_ear": head + left, "right_ear": head - left,
    }  # fmt: skip
    return np.stack([face[name] if name in face else joints_m[JOINT[name]] for name in JOINTS])
