"""Pictures that a model looks at: here, or where a GPU keeps them."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt


class FarPicture(Protocol):
    """A picture that lies on a GPU, or a part of one; it stays there while a model looks at it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Height, width and 3: red, green, blue."""

    def part(self, left: int, top: int, right: int, bottom: int) -> FarPicture:
        """A part of it, within it; nothing is copied."""

    def near(self) -> npt.NDArray[np.uint8]:
        """Its pixels, copied here."""


#: uint8 (height, width, 3) — red, green, blue, upright; or the same on a GPU.
AnyPicture = npt.NDArray[np.uint8] | FarPicture


def brought_near(picture: AnyPicture) -> npt.NDArray[np.uint8]:
    """Its pixels, here."""
    return picture if isinstance(picture, np.ndarray) else picture.near()


def part_of(picture: AnyPicture, left: int, top: int, right: int, bottom: int) -> AnyPicture:
    """A part of it, where it lies."""
    if isinstance(picture, np.ndarray):
        return np.ascontiguousarray(picture[top:bottom, left:right])
    return picture.part(left, top, right, bottom)
