"""A picture in memory beside a network, or a part of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DevicePicture:
    """Implements `domain.FarPicture` over an OrtValue, uint8 (height, width, 3).

    corner: left and top of the part that counts. size_px: its width and height.
    """

    memory: Any
    corner: tuple[int, int]
    size_px: tuple[int, int]

    @classmethod
    def whole(cls, memory: Any) -> DevicePicture:
        """All of what lies there."""
        height, width, _ = memory.shape()
        return cls(memory=memory, corner=(0, 0), size_px=(width, height))

    @property
    def shape(self) -> tuple[int, int, int]:
        """See `FarPicture`."""
        return self.size_px[1], self.size_px[0], 3

    def part(self, left: int, top: int, right: int, bottom: int) -> DevicePicture:
        """See `FarPicture`."""
        corner = (self.corner[0] + left, self.corner[1] + top)
        return DevicePicture(memory=self.memory, corner=corner, size_px=(right - left, bottom - top))

    def near(self) -> npt.NDArray[np.uint8]:
        """See `FarPicture`."""
        (left, top), (width, height) = self.corner, self.size_px
        return np.ascontiguousarray(self.memory.numpy()[top : top + height, left : left + width])
