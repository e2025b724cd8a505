"""People painted into a frame: soft edges, a shadow and a faint image in the ice, hidden where boards stand before them."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from appliance.algorithms.figure_shaping import Figure, Shape, shape_figure
from appliance.algorithms.filming import View
from appliance.algorithms.posing import JOINT, Floats
from appliance.algorithms.rink_texturing import Surface
from appliance.domain.scene import Outfit, Rink

#: Figures are painted this much larger and averaged down.
_OVERSAMPLING: Final = 2
_SHADOW: Final = 0.26
_IMAGE_IN_ICE: Final = 0.10
Alpha = npt.NDArray[np.uint8]


def paint_figure(frame: Surface, figure: Figure, outfit: Outfit, view: View, rink: Rink) -> None:
    """Paint one body over the frame, in place."""
    shapes = list(shape_figure(figure, outfit))
    points = np.concatenate([shape.outline for shape in shapes])
    left, top, right, bottom = _window(points, frame)
    if right - left < 2 or bottom - top < 2:
        return
    behind = _boards_before(figure, view, rink)
    if behind is None:
        _paint_shadow(frame, figure, view)
    paint, alpha = _painted(shapes, points, (left, top, right, bottom), behind)
    if behind is None:
        foot = figure.joints_m[JOINT["pelvis"]] * (1.0, 1.0, 0.0)
        _paint_image_in_ice(frame, paint, alpha, (left, top), float(view.project(foot[None])[0][0, 1]))
    _lay_over(frame[top:bottom, left:right], paint, alpha, 1.0)


def _painted(
    shapes: list[Shape], points: Floats, window: tuple[int, int, int, int], behind: Floats | None
) -> tuple[Surface, Alpha]:
    """The body on bare canvas the size of its window, and how much of each pixel it covers; points: all outlines in a row."""
    left, top, right, bottom = window
    paint = np.zeros(((bottom - top) * _OVERSAMPLING, (right - left) * _OVERSAMPLING, 3), np.uint8)
    corners = _fixed((points - (left, top)) * _OVERSAMPLING)
    for shape, outline in zip(shapes, np.split(corners, np.cumsum([len(one.outline) for one in shapes])[:-1]), strict=True):
        cv2.fillConvexPoly(paint, cv2.convexHull(outline), shape.colour, cv2.LINE_8, 4)
    if behind is not None:
        cv2.fillConvexPoly(paint, _fixed((behind - (left, top)) * _OVERSAMPLING), (0, 0, 0), cv2.LINE_8, 4)
    alpha = cv2.bitwise_not(cv2.inRange(paint, (0, 0, 0), (0, 0, 0)))
    size = (right - left, bottom - top)
    small, share = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (paint, alpha))
    return np.asarray(small, dtype=np.uint8), np.asarray(share, dtype=np.uint8)


def _window(points: Floats, frame: Surface) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the pixels that a figure touches within the frame."""
    low, high = np.floor(points.min(axis=0)) - 1, np.ceil(points.max(axis=0)) + 2
    left, top = np.clip(low, 0, (frame.shape[1], frame.shape[0])).astype(int)
    right, bottom = np.clip(high, 0, (frame.shape[1], frame.shape[0])).astype(int)
    return int(left), int(top), int(right), int(bottom)


def _boards_before(figure: Figure, view: View, rink: Rink) -> Floats | None:
    """The boards' outline where they stand before somebody outside of them, else None."""
    x, y = figure.joints_m[JOINT["pelvis"], :2]
    if 0.0 <= x <= rink.length_m and y <= rink.width_m:
        return None
    if y > rink.width_m:
        ends = np.array([[x - 2.5, rink.width_m], [x + 2.5, rink.width_m]])
    else:
        wall = 0.0 if x < 0.0 else rink.length_m
        ends = np.array([[wall, y - 2.5], [wall, y + 2.5]])
    corners = np.array([[*ends[0], rink.boards_m], [*ends[1], rink.boards_m], [*ends[1], -2.0], [*ends[0], -2.0]])
    return view.project(corners)[0]


def _paint_shadow(frame: Surface, figure: Figure, view: View) -> None:
    """A soft dark patch under the body; higher above the ice it is wider and fainter."""
    feet = figure.joints_m[[JOINT[f"{side}_{part}"] for side in ("left", "right") for part in ("toe", "heel")]]
    spread = np.concatenate([feet, figure.joints_m[[JOINT["pelvis"], JOINT["neck"]]]])
    lift = float(np.clip(feet[:, 2].min(), 0.0, 1.0))
    turn = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
    rim = (0.13 + 0.2 * lift) * np.stack([np.cos(turn), np.sin(turn), np.zeros_like(turn)], axis=1)
    ground = (spread * (1.0, 1.0, 0.0))[:, None, :] + rim
    pixels, depths = view.project(ground.reshape(-1, 3))
    if depths.min() < 0.5:
        return
    soft = max(2, round(figure.px(0.05, "pelvis")))
    left, top, right, bottom = _window(np.concatenate([pixels - 2 * soft, pixels + 2 * soft]), frame)
    if right - left < 2 or bottom - top < 2:
        return
    patch = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillConvexPoly(patch, cv2.convexHull(_fixed(pixels - (left, top))), 255, cv2.LINE_8, 4)
    patch = np.asarray(cv2.blur(patch, (2 * soft + 1, soft + 1)), dtype=np.uint8)
    dark = np.full((*patch.shape, 3), (60, 70, 86), np.uint8)
    _lay_over(frame[top:bottom, left:right], dark, patch, _SHADOW * (1.0 - 0.6 * lift), premultiplied=False)


def _paint_image_in_ice(frame: Surface, paint: Surface, alpha: Alpha, corner: tuple[int, int], line_px: float) -> None:
    """The body upside down below `line_px`, where it would touch the ice."""
    left, top = corner
    high, wide = alpha.shape
    start = round(2.0 * line_px) - (top + high)
    low, far = max(0, start), min(frame.shape[0], start + high)
    if far - low < 2:
        return
    cut = slice(low - start, far - start)
    _lay_over(frame[low:far, left : left + wide], paint[::-1][cut], alpha[::-1][cut], _IMAGE_IN_ICE)


def _lay_over(window: Surface, paint: Surface, alpha: Alpha, strength: float, *, premultiplied: bool = True) -> None:
    """Blend paint into the window; premultiplied paint was averaged together with nothing around it."""
    share = cv2.merge([alpha, alpha, alpha])
    if not premultiplied:
        paint = np.asarray(cv2.multiply(paint, share, scale=1 / 255), dtype=np.uint8)
    keep = cv2.addWeighted(share, -strength, share, 0.0, 255.0)
    below = cv2.multiply(window, keep, scale=1 / 255)
    cv2.addWeighted(paint, strength, below, 1.0, 0.0, dst=below)
    window[:] = below


def _fixed(points: Floats) -> npt.NDArray[np.int32]:
    """Pixels with four binary digits after the point, as OpenCV's polygons take them."""
    return np.round(np.clip(points, -3e4, 3e4) * 16.0).astype(np.int32)
