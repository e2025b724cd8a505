"""The parts a drawn body consists of, from far to near, as shapes in pixels: limbs, torso, skirt, head, hands, boots, blades.

A part is a stack of layers, dark to light, that shade it as something round under lamps above.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from appliance.algorithms.filming import View
from appliance.algorithms.posing import JOINT, SHARE, Floats
from appliance.domain.scene import Colour, Outfit

#: Radii as shares of body height: upper end, lower end. Chosen by eye, as close-fitting clothes look.
_LIMBS: Final = (
    ("shoulder", "elbow", 0.033, 0.026, "jacket"), ("elbow", "wrist", 0.026, 0.018, "jacket"),
    ("wrist", "hand", 0.016, 0.019, "hand"),
    ("hip", "knee", 0.052, 0.035, "legs"), ("knee", "ankle", 0.036, 0.023, "legs"),
)  # fmt: skip
#: Layers of a round thing: share of its radius, how far it lies up and left of the middle, brightness.
_LAYERS: Final = ((1.0, 0.0, 0.66), (0.84, 0.10, 0.88), (0.62, 0.22, 1.03), (0.30, 0.40, 1.16))
_TOWARDS_LIGHT: Final = np.array([-0.35, -1.0])
_TURN: Final = np.linspace(0.0, 2.0 * np.pi, 16, endpoint=False)
_RIM: Final = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1)
#: Below this height in pixels a body is painted with fewer layers and without folds, which nobody would see.
_SMALL_PX: Final = 110.0


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A filled convex outline: float64 (n, 2), pixels of the frame."""

    outline: Floats
    colour: Colour


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """One body as a camera sees it: projected joints (23, 2), their depths (23), the world joints, and a scale."""

    pixels: Floats
    depths: Floats
    joints_m: Floats
    height_m: float
    focal_px: float

    def at(self, name: str) -> Floats:
        """A joint's pixel."""
        spot: Floats = self.pixels[JOINT[name]]
        return spot

    @property
    def small(self) -> bool:
        """Whether details would be lost on it."""
        return self.px(1.0, "pelvis") < _SMALL_PX

    def px(self, share: float, name: str) -> float:
        """Pixels that a share of the body's height measures at a joint."""
        return share * self.height_m * self.focal_px / float(self.depths[JOINT[name]])


def see_figure(joints_m: npt.NDArray[np.float32], height_m: float, view: View) -> Figure | None:
    """The body in this view, or None where part of it is beside or behind the lens."""
    world = joints_m.astype(np.float64)
    pixels, depths = view.project(world)
    if depths.min() < 0.5:
        return None
    return Figure(pixels, depths, world, height_m, view.focal_px)


def shape_figure(figure: Figure, outfit: Outfit) -> Iterator[Shape]:
    """All shapes of a body in the order they are painted."""
    parts: list[tuple[float, list[Shape]]] = []
    for side in ("left", "right"):
        parts.extend(_limbs(figure, outfit, side))
        parts.append(_boot(figure, outfit, side))
    parts.append(_torso(figure, outfit))
    parts.append(_head(figure, outfit))
    if outfit.skirt is not None:
        parts.append(_skirt(figure, outfit.skirt))
    for _, shapes in sorted(parts, key=lambda part: -part[0]):
        yield from shapes


@lru_cache(maxsize=1024)
def toned(colour: Colour, brightness: float) -> Colour:
    """The colour, darker below 1 and lighter above; never quite black, which means bare canvas."""
    red, green, blue = (min(255, max(1, round(value * brightness))) for value in colour)
    return red, green, blue


def _limbs(figure: Figure, outfit: Outfit, side: str) -> Iterator[tuple[float, list[Shape]]]:
    colours = {"jacket": outfit.jacket, "hand": outfit.gloves or outfit.skin, "legs": outfit.trousers}
    for start, end, thick, thin, what in _LIMBS:
        first, last = f"{side}_{start}", f"{side}_{end}"
        depth = float(figure.depths[[JOINT[first], JOINT[last]]].mean())
        shapes = _capsule(figure.at(first), figure.at(last), figure.px(thick, first), figure.px(thin, last), colours[what])
        if start == "elbow":
            middle = 0.25 * figure.at(first) + 0.75 * figure.at(last)
            shapes += _capsule(middle, figure.at(last), figure.px(0.021, last), figure.px(0.019, last), outfit.trim)[1:3]
        if start == "hip":
            depth += 0.04
        yield depth, shapes


def _boot(figure: Figure, outfit: Outfit, side: str) -> tuple[float, list[Shape]]:
    ankle, toe, heel = (figure.at(f"{side}_{part}") for part in ("ankle", "toe", "heel"))
    name = f"{side}_ankle"
    small, drop = figure.px(0.020, name), np.array([0.0, figure.px(0.028, name)])
    shapes = [Shape(_hull_of_discs(np.stack([heel + drop, toe + drop]), np.full(2, figure.px(0.0035, name))), (150, 158, 168))]
    for share, shift, brightness in _LAYERS[:3]:
        spots = np.stack([ankle, 0.9 * toe + 0.1 * heel, heel]) + shift * small * _TOWARDS_LIGHT
        sizes = np.array([figure.px(0.027, name), small * 0.85, small]) * share
        shapes.append(Shape(_hull_of_discs(spots, sizes), toned(outfit.boots, brightness)))
    return float(figure.depths[JOINT[name]]) + 0.01, shapes


def _torso(figure: Figure, outfit: Outfit) -> tuple[float, list[Shape]]:
    """Neck, pelvis, chest: broad at the shoulders, narrow at the waist."""
    names = ("left_shoulder", "right_shoulder", "left_hip", "right_hip")
    spots = np.stack([figure.at(name) for name in names])
    unit = figure.px(1.0, "neck")
    shoulders, hips = spots[:2].mean(axis=0), spots[2:].mean(axis=0)
    waist = 0.36 * shoulders + 0.64 * hips + 0.30 * np.stack([spots[2] - hips, spots[3] - hips])
    below = outfit.jacket if outfit.skirt is not None else outfit.trousers
    pelvis = _rounded(np.concatenate([waist, spots[2:]]), np.array([0.050, 0.050, 0.050, 0.050]) * unit, below)
    chest_discs = np.array([0.034, 0.034, 0.030, 0.052, 0.052]) * unit
    chest = _rounded(np.concatenate([spots[:2], 0.12 * hips[None] + 0.88 * shoulders[None], waist]), chest_discs, outfit.jacket)
    neck = _capsule(figure.at("neck"), figure.at("head"), 0.032 * unit, figure.px(0.028, "head"), outfit.skin)
    shapes = [*neck, *pelvis, *chest, *([] if figure.small else _trimmings(figure, outfit, spots))]
    return float(figure.depths[[JOINT[name] for name in names]].mean()), shapes


def _rounded(spots: Floats, sizes: Floats, colour: Colour) -> list[Shape]:
    """The hull of some discs in layers, each smaller and lighter than the one below."""
    centre = spots.mean(axis=0)
    light = 0.8 * float(sizes.mean()) * _TOWARDS_LIGHT
    return [
        Shape(
            _hull_of_discs(centre + (spots - centre) * (0.35 + 0.65 * share) + shift * light, sizes * share),
            toned(colour, brightness),
        )
        for share, shift, brightness in _LAYERS[:3]
    ]


def _trimmings(figure: Figure, outfit: Outfit, spots: Floats) -> list[Shape]:
    """A band across the chest, a zip in front or a number behind, folds at the waist: what optical flow holds on to."""
    left, right, left_hip, right_hip = spots
    thin = figure.px(0.010, "neck")
    upper = np.stack([left * 0.72 + left_hip * 0.28, right * 0.72 + right_hip * 0.28])
    upper = upper + 0.12 * (upper[::-1] - upper)
    shapes = [Shape(_hull_of_discs(upper, np.full(2, 1.3 * thin)), toned(outfit.trim, 1.0))]
    top, bottom = (left + right) / 2, (left_hip + right_hip) / 2
    if _faces_camera(figure):
        shapes.append(Shape(_hull_of_discs(np.stack([top, bottom]), np.full(2, 0.35 * thin)), toned(outfit.trim, 0.72)))
    else:
        patch = np.stack([top * 0.5 + bottom * 0.5, top * 0.42 + bottom * 0.58])
        shapes.append(Shape(_hull_of_discs(patch, np.full(2, 2.4 * thin)), toned(outfit.trim, 0.9)))
    for share, reach in ((0.66, 0.55), (0.78, 0.4), (0.88, 0.6)):
        near, far = left * (1 - share) + left_hip * share, right * (1 - share) + right_hip * share
        near = near + 0.1 * (far - near)
        fold = np.stack([near, near + reach * (far - near) + np.array([0.0, 1.2 * thin])])
        shapes.append(Shape(_hull_of_discs(fold, np.full(2, 0.3 * thin)), toned(outfit.jacket, 0.55)))
    return shapes


def _skirt(figure: Figure, colour: Colour) -> tuple[float, list[Shape]]:
    """A short bell from the waist to the thighs, with folds."""
    hips = np.stack([figure.at("left_hip"), figure.at("right_hip")])
    knees = np.stack([figure.at("left_knee"), figure.at("right_knee")])
    unit, middle = figure.px(1.0, "pelvis"), hips.mean(axis=0)
    hem = hips + 0.40 * (knees - hips)
    hem = hem + 0.5 * (hem - hem.mean(axis=0))
    waist = middle + 0.35 * (hips - middle) + 0.13 * (figure.at("neck") - middle)
    shapes = _rounded(np.concatenate([waist, hips, hem]), np.array([0.045, 0.045, 0.045, 0.045, 0.042, 0.042]) * unit, colour)
    for share in (0.15, 0.4, 0.62, 0.86):
        fold = np.stack([waist[0] + share * (waist[1] - waist[0]), hem[0] + share * (hem[1] - hem[0])])
        shapes.append(Shape(_hull_of_discs(fold, np.array([0.0015, 0.006]) * unit), toned(colour, 0.72)))
    return float(figure.depths[JOINT["pelvis"]]) - 0.05, shapes


def _head(figure: Figure, outfit: Outfit) -> tuple[float, list[Shape]]:
    """Hair or cap around a face; the face lies on the side the nose points to, and is gone when that side is away."""
    centre, radius = figure.at("head"), figure.px(SHARE["head"] * 1.02, "head")
    up = figure.at("crown") - centre
    up = up / max(float(np.hypot(*up)), 1e-6)
    side = np.array([-up[1], up[0]])
    ahead, toward = _gaze(figure)
    cover = outfit.cap or outfit.hair
    shapes = [Shape(_ellipse(centre + 0.06 * radius * up, up, 1.14 * radius, 0.98 * radius), toned(cover, 0.8))]
    look = float(np.clip(ahead @ side, -1.0, 1.0))
    if toward > -0.55:
        shapes += _face(centre, radius, (up, side), (look, toward), outfit)
    brim = centre + (0.62 * radius) * up + 0.16 * look * radius * side
    shapes.append(Shape(_ellipse(brim, up, 0.50 * radius, 0.86 * radius), cover))
    shapes.append(
        Shape(_ellipse(brim + 0.18 * radius * up - 0.2 * radius * side, up, 0.22 * radius, 0.42 * radius), toned(cover, 1.3))
    )
    return float(figure.depths[JOINT["head"]]) - 0.02, shapes


def _face(centre: Floats, radius: float, axes: tuple[Floats, Floats], gaze: tuple[float, float], outfit: Outfit) -> list[Shape]:
    """Skin, brows, eyes, nose and mouth; gaze: how far the face turns to the picture's side and towards the camera, -1..1."""
    up, side = axes
    look, toward = gaze
    open_share = min(1.0, 0.5 + 0.5 * toward)
    shapes = []
    for share, brightness in ((1.0, 0.80), (0.86, 0.96), (0.6, 1.06)):
        middle = centre - 0.16 * radius * up + (0.42 * look * radius) * side
        shapes.append(
            Shape(
                _ellipse(middle, up, 0.96 * radius * share, (0.42 + 0.38 * open_share) * radius * share),
                toned(outfit.skin, brightness),
            )
        )
    if toward < -0.15:
        return shapes
    dark, lips = toned(outfit.hair, 0.5), (168, 84, 82)

    def spot(across: float, along: float) -> Floats:
        turned = across * max(toward, 0.25) + 0.72 * look
        place: Floats = centre + along * radius * up + turned * radius * side
        return place

    for sign in (-1.0, 1.0):
        shapes.append(Shape(_ellipse(spot(0.34 * sign, 0.02), up, 0.075 * radius, 0.13 * radius), (245, 245, 245)))
        shapes.append(Shape(_ellipse(spot(0.34 * sign, 0.02), up, 0.075 * radius, 0.075 * radius), dark))
        shapes.append(Shape(_ellipse(spot(0.34 * sign, 0.20), up, 0.035 * radius, 0.17 * radius), dark))
    shapes.append(Shape(_ellipse(spot(0.0, -0.22), up, 0.17 * radius, 0.075 * radius), toned(outfit.skin, 0.78)))
    shapes.append(Shape(_ellipse(spot(0.0, -0.56), up, 0.055 * radius, 0.22 * radius), lips))
    return shapes


def _gaze(figure: Figure) -> tuple[Floats, float]:
    """Where the nose points: in the picture (2, shares of the head's radius), and towards the camera (-1..1)."""
    head, nose = JOINT["head"], JOINT["nose"]
    radius = SHARE["head"] * figure.height_m
    ahead = (figure.pixels[nose] - figure.pixels[head]) / figure.px(SHARE["head"], "head")
    return ahead, float(np.clip((figure.depths[head] - figure.depths[nose]) / radius, -1.0, 1.0))


def _faces_camera(figure: Figure) -> bool:
    """Whether the chest is seen: then the left shoulder lies to the picture's right."""
    up = figure.at("neck") - figure.at("pelvis")
    across = figure.at("left_shoulder") - figure.at("right_shoulder")
    return bool(across[0] * -up[1] + across[1] * up[0] > 0.0)


def _capsule(start: Floats, end: Floats, thick: float, thin: float, colour: Colour) -> list[Shape]:
    """A tapered limb in layers."""
    spots, sizes = np.array([start, end]), np.array([thick, thin])
    return [
        Shape(_hull_of_discs(spots + (shift * sizes)[:, None] * _TOWARDS_LIGHT, sizes * share), toned(colour, brightness))
        for share, shift, brightness in _LAYERS
    ]


def _ellipse(centre: Floats, up: Floats, along: float, across: float) -> Floats:
    axes = np.array([[along * up[0], along * up[1]], [-across * up[1], across * up[0]]])
    outline: Floats = centre + _RIM @ axes
    return outline


def _hull_of_discs(spots: Floats, sizes: Floats) -> Floats:
    """Points on the rims of discs; their convex hull is the shape."""
    points: Floats = (spots[:, None, :] + sizes[:, None, None] * _RIM).reshape(-1, 2)
    return points
