"""The empty rink as one wide still picture, from which each frame of a turning camera is a homography away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from appliance.algorithms.filming import View, view_of
from appliance.algorithms.posing import Floats
from appliance.algorithms.rink_texturing import (
    ICE_PX_PER_M,
    Surface,
    texture_boards,
    texture_ceiling,
    texture_glass,
    texture_ice,
    texture_seats,
    texture_wall,
)
from appliance.domain.scene import Rink

Cover = npt.NDArray[np.uint8]
#: The still picture is painted this much larger and then averaged down, against jagged edges.
_OVERSAMPLING: Final = 2
#: Largest angle off the still picture's middle that a frame may need; beyond it the plane stretches without bound.
_WIDEST_RAY: Final = 4.0
_GLASS_M: Final = 1.2
_HALL_M: Final = 9.5
#: Bands of ice by distance and how much coarser each is painted, so that far scratches do not glitter.
_BANDS: Final = ((0.0, 0.2, 1), (0.2, 0.42, 2), (0.42, 1.0, 4))


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """picture: uint8 (h, w, 3) — the empty rink as `view` sees it."""

    picture: Surface
    view: View

    def seen_from(self, view: View, size_px: tuple[int, int]) -> Surface:
        """The empty rink in a frame of (width, height) pixels."""
        back = self.view.homography_from(view)
        seen = cv2.warpPerspective(
            self.picture, back, size_px, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(seen, dtype=np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A flat piece of the world: `origin` is its upper left corner, `across` and `down` its edges, all in metres."""

    surface: Surface
    origin: Floats
    across: Floats
    down: Floats
    cover: Cover | None = None

    def mirrored(self) -> Panel:
        """The panel as the ice shows it."""
        flip = np.array([1.0, 1.0, -1.0])
        return Panel(self.surface, self.origin * flip, self.across * flip, self.down * flip, self.cover)


def paint_backdrop(rink: Rink, views: Sequence[View], size_px: tuple[int, int]) -> Backdrop:
    """Everything of the empty rink that these views show; all of them look from one place."""
    view, (width, height) = _view_over(views, size_px)
    large = View(view.place_m, view.turn, np.diag([_OVERSAMPLING, _OVERSAMPLING, 1.0]) @ view.lens)
    canvas = np.full((height * _OVERSAMPLING, width * _OVERSAMPLING, 3), (58, 61, 66), np.uint8)
    hall = list(_hall_panels(rink))
    boards = list(_outline_panels(rink))
    for panel in hall:
        _paint_panel(canvas, large, panel)
    _paint_ice(canvas, large, rink, [*hall, *boards])
    for panel in sorted(boards, key=lambda piece: -_distance(piece, large)):
        _paint_panel(canvas, large, panel)
    picture = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
    return Backdrop(np.asarray(picture, dtype=np.uint8), view)


def _view_over(views: Sequence[View], size_px: tuple[int, int]) -> tuple[View, tuple[int, int]]:
    """A view that holds all these, and its size."""
    ahead = np.mean([view.turn[2] for view in views], axis=0)
    pan, tilt = np.degrees(np.arctan2(ahead[0], ahead[1])), np.degrees(np.arctan2(ahead[2], np.hypot(ahead[0], ahead[1])))
    focal = max(view.focal_px for view in views)
    plain = view_of(views[0].place_m, (pan, tilt, 0.0), focal, (0.0, 0.0))
    wide, high = size_px
    corners = np.array([[0, 0, 1], [wide, 0, 1], [wide, high, 1], [0, high, 1]], dtype=np.float64).T
    rays = np.concatenate([(plain.homography_from(view) @ corners).T / focal for view in views])
    reach = np.clip(rays[:, :2] / np.maximum(rays[:, 2:], 1e-3 / focal) / focal, -_WIDEST_RAY, _WIDEST_RAY)
    low, far = focal * reach.min(axis=0) - 8.0, focal * reach.max(axis=0) + 8.0
    view = view_of(views[0].place_m, (pan, tilt, 0.0), focal, (float(-low[0]), float(-low[1])))
    return view, (int(np.ceil(far[0] - low[0])), int(np.ceil(far[1] - low[1])))


def _hall_panels(rink: Rink) -> Iterator[Panel]:
    """Wall, ceiling, stands, from far to near."""
    rng = np.random.default_rng((rink.seed, 3))
    left, right, back = -14.0, rink.length_m + 14.0, rink.width_m + 9.0
    wide = right - left
    yield _panel(texture_ceiling(wide, back), (left, back, _HALL_M), (wide, 0, 0), (0, -back, 0))
    yield _panel(texture_wall(wide, _HALL_M, rng), (left, back, _HALL_M), (wide, 0, 0), (0, 0, -_HALL_M))
    side = texture_wall(back, _HALL_M, rng)
    yield _panel(side, (left, 0, _HALL_M), (0, back, 0), (0, 0, -_HALL_M))
    yield _panel(side, (right, back, _HALL_M), (0, -back, 0), (0, 0, -_HALL_M))
    floor = np.full((16, 16, 3), (92, 94, 98), np.uint8)
    yield _panel(floor, (left, back, 0), (wide, 0, 0), (0, -back, 0))
    yield _panel(texture_seats(rink.length_m, rng), (0, rink.width_m + 8.0, 4.6), (rink.length_m, 0, 0), (0, -5.5, -3.6))


def _outline_panels(rink: Rink) -> Iterator[Panel]:
    """Boards and the glass on them, around the three sides that a camera on the fourth looks at."""
    points = _outline(rink)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    boards = texture_boards(rink, float(lengths.sum()))
    glass, cover = texture_glass(float(lengths.sum()))
    done = np.concatenate([[0.0], np.cumsum(lengths)]) / lengths.sum()
    for i, (start, end) in enumerate(pairwise(points)):
        across = (*(end - start), 0.0)
        cut = slice(*(np.round(done[i : i + 2] * boards.shape[1]).astype(int)))
        yield _panel(boards[:, cut], (*start, rink.boards_m), across, (0, 0, -rink.boards_m))
        cut = slice(*(np.round(done[i : i + 2] * glass.shape[1]).astype(int)))
        yield _panel(glass[:, cut], (*start, rink.boards_m + _GLASS_M), across, (0, 0, -_GLASS_M), cover[:, cut])


def _outline(rink: Rink) -> Floats:
    """The boards from above, from the near left over the far side to the near right, float64 (n, 2)."""
    radius = rink.corner_m
    turn = np.radians(np.linspace(180.0, 90.0, 9))
    corner = radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    left = corner + np.array([radius, rink.width_m - radius])
    right = corner[::-1] * (-1.0, 1.0) + np.array([rink.length_m - radius, rink.width_m - radius])
    return np.concatenate([[(0.0, 0.0)], left, right, [(rink.length_m, 0.0)]])


def _paint_ice(canvas: Surface, view: View, rink: Rink, surroundings: Sequence[Panel]) -> None:
    """The sheet in bands of distance, with the hall's faint image in it."""
    ice = texture_ice(rink)
    sheet = np.zeros_like(canvas)
    mask = np.zeros(canvas.shape[:2], np.uint8)
    for near, far, coarser in _BANDS:
        top, bottom = round((1.0 - far) * ice.shape[0]), round((1.0 - near) * ice.shape[0])
        part = ice[top:bottom]
        part = np.asarray(cv2.resize(part, None, fx=1 / coarser, fy=1 / coarser, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        y_far, y_near = rink.width_m - top / ICE_PX_PER_M, rink.width_m - bottom / ICE_PX_PER_M
        piece = _panel(part, (0, y_far, 0), (rink.length_m, 0, 0), (0, y_near - y_far, 0))
        _paint_panel(sheet, view, piece, mask)
    image = np.full_like(canvas, (150, 158, 164))
    for panel in surroundings:
        _paint_panel(image, view, panel.mirrored())
    image = np.asarray(cv2.blur(image, (9, 41)), dtype=np.uint8)
    shining = cv2.addWeighted(sheet, 0.80, image, 0.24, 0.0)
    cv2.copyTo(shining, mask, canvas)


def _panel(
    surface: Surface, origin: Sequence[float], across: Sequence[float], down: Sequence[float], cover: Cover | None = None
) -> Panel:
    return Panel(surface, np.asarray(origin, float), np.asarray(across, float), np.asarray(down, float), cover)


def _distance(panel: Panel, view: View) -> float:
    middle = panel.origin + (panel.across + panel.down) / 2.0
    return float(np.linalg.norm(middle[:2] - view.place_m[:2]))


def _paint_panel(canvas: Surface, view: View, panel: Panel, mask: Cover | None = None, *, halvings: int = 6) -> None:
    """Warp a panel into the canvas; one that reaches behind the camera is halved until its parts lie before it."""
    corners = panel.origin + np.array([np.zeros(3), panel.across, panel.across + panel.down, panel.down])
    pixels, depths = view.project(corners)
    if depths.max() < 0.3:
        return
    if depths.min() < 0.3:
        if halvings:
            for half in _halves(panel):
                _paint_panel(canvas, view, half, mask, halvings=halvings - 1)
        return
    height, width = canvas.shape[:2]
    left, top = np.clip(np.floor(pixels.min(axis=0)), 0, (width, height)).astype(int)
    right, bottom = np.clip(np.ceil(pixels.max(axis=0)) + 1, 0, (width, height)).astype(int)
    if right > left and bottom > top:
        _warp_into(
            canvas[top:bottom, left:right], panel, pixels - (left, top), None if mask is None else mask[top:bottom, left:right]
        )


def _warp_into(window: Surface, panel: Panel, pixels: Floats, mask: Cover | None) -> None:
    high, wide = panel.surface.shape[:2]
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32) - 0.5
    carry = cv2.getPerspectiveTransform(source, pixels.astype(np.float32))
    size = (window.shape[1], window.shape[0])
    shown = cv2.warpPerspective(panel.surface, carry, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    inside = np.zeros(window.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, np.round(np.clip(pixels, -3e4, 3e4) * 16).astype(np.int32), 255, cv2.LINE_8, 4)
    if mask is not None:
        mask |= inside
    if panel.cover is None:
        cv2.copyTo(shown, inside, window)
        return
    share = cv2.bitwise_and(cv2.warpPerspective(panel.cover, carry, size, flags=cv2.INTER_LINEAR), inside)
    opaque = share[:, :, None].astype(np.float32) / 255.0
    window[:] = (shown * opaque + window * (1.0 - opaque)).astype(np.uint8)


def _halves(panel: Panel) -> Iterator[Panel]:
    """The panel cut across its longer edge."""
    high, wide = panel.surface.shape[:2]
    if np.linalg.norm(panel.across) >= np.linalg.norm(panel.down) and wide > 1:
        for part in (slice(0, wide // 2), slice(wide // 2, wide)):
            origin = panel.origin + panel.across * (part.start / wide)
            cover = None if panel.cover is None else panel.cover[:, part]
            yield Panel(panel.surface[:, part], origin, panel.across * ((part.stop - part.start) / wide), panel.down, cover)
    elif high > 1:
        for part in (slice(0, high // 2), slice(high // 2, high)):
            origin = panel.origin + panel.down * (part.start / high)
            cover = None if panel.cover is None else panel.cover[part]
            yield Panel(panel.surface[part], origin, panel.across, panel.down * ((part.stop - part.start) / high), cover)
