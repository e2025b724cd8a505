"""Twin of domain/picture.py."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appliance.domain.picture import AnyPicture, brought_near, part_of

PIXELS = np.arange(30 * 40 * 3, dtype=np.uint8).reshape(30, 40, 3)


@dataclass(frozen=True)
class Remembered:
    """A picture elsewhere, by what lies there."""

    pixels: npt.NDArray[np.uint8]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pixels.shape

    def part(self, left: int, top: int, right: int, bottom: int) -> Remembered:
        return Remembered(self.pixels[top:bottom, left:right])

    def near(self) -> npt.NDArray[np.uint8]:
        return self.pixels


def test_parts_are_the_same_wherever_a_picture_lies() -> None:
    pictures: tuple[AnyPicture, ...] = (PIXELS, Remembered(PIXELS))
    for picture in pictures:
        part = part_of(picture, 3, 4, 20, 9)
        assert part.shape == (5, 17, 3)
        np.testing.assert_array_equal(brought_near(part), PIXELS[4:9, 3:20])


def test_what_lies_here_stays_what_it_is() -> None:
    assert brought_near(PIXELS) is PIXELS
    part = part_of(PIXELS, 3, 4, 20, 9)
    assert isinstance(part, np.ndarray)
    assert part.flags.c_contiguous
