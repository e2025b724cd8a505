"""Fits a picture into a model's canvas without stretching it, and finds the way back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterbox:
    """Where a picture lies on a canvas: `fitted_px` (width, height) at `left_px`, `top_px`, of `canvas_px`."""

    picture_px: tuple[int, int]
    canvas_px: tuple[int, int]
    fitted_px: tuple[int, int]
    left_px: int
    top_px: int

    @property
    def scale(self) -> Points:
        """scale: float32 (2,) — canvas pixels per picture pixel, along x and y; they differ by rounding only."""
        return np.array([self.fitted_px[0] / self.picture_px[0], self.fitted_px[1] / self.picture_px[1]], np.float32)

    def to_canvas(self, points: Points) -> Points:
        """points: float32 (..., 2) — x, y in picture pixels → canvas pixels."""
        return points * self.scale + np.array([self.left_px, self.top_px], np.float32)

    def to_picture(self, points: Points) -> Points:
        """points: float32 (..., 2) — x, y in canvas pixels → picture pixels."""
        return (points - np.array([self.left_px, self.top_px], np.float32)) / self.scale

    def matrix(self) -> Points:
        """float32 (2, 3) — from a pixel of the canvas (column, row, 1) to where it lies in the picture, middles on middles."""
        step = 1 / self.scale
        offset = (np.array([0.5 - self.left_px, 0.5 - self.top_px], np.float32)) * step - np.float32(0.5)
        return np.array([[step[0], 0, offset[0]], [0, step[1], offset[1]]], np.float32)

    def boxes_to_picture(self, boxes: Points) -> Points:
        """boxes: float32 (n, 4) — left, top, right, bottom in canvas pixels → picture pixels."""
        return self.to_picture(boxes.reshape(-1, 2, 2)).reshape(-1, 4)


def plan_letterbox(picture_px: tuple[int, int], canvas_px: tuple[int, int], *, centred: bool) -> Letterbox:
    """Fit a picture (width, height) as large as possible into the canvas: in the middle, or at the top left."""
    factor = min(canvas_px[0] / picture_px[0], canvas_px[1] / picture_px[1])
    width = min(canvas_px[0], max(1, round(picture_px[0] * factor)))
    height = min(canvas_px[1], max(1, round(picture_px[1] * factor)))
    left, top = ((canvas_px[0] - width) // 2, (canvas_px[1] - height) // 2) if centred else (0, 0)
    return Letterbox(picture_px=picture_px, canvas_px=canvas_px, fitted_px=(width, height), left_px=left, top_px=top)


def letterbox_picture(picture: Picture, plan: Letterbox, *, fill: int) -> Picture:
    """The canvas with the picture in its place and `fill` around it: uint8 (canvas height, canvas width, 3)."""
    canvas = np.full((plan.canvas_px[1], plan.canvas_px[0], 3), fill, np.uint8)
    fitted = cv2.resize(picture, plan.fitted_px, interpolation=cv2.INTER_LINEAR)
    canvas[plan.top_px : plan.top_px + plan.fitted_px[1], plan.left_px : plan.left_px + plan.fitted_px[0]] = fitted
    return canvas
