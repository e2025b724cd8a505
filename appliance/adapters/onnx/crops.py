"""Parts of pictures as a network wants them: cut by the processor, or only described, so that a GPU may cut them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np
import numpy.typing as npt

from appliance.algorithms.cropping import CropRegion, crop_picture
from appliance.algorithms.letterboxing import Letterbox, letterbox_picture
from appliance.domain.picture import AnyPicture, brought_near

Picture = npt.NDArray[np.uint8]
Tensor = npt.NDArray[np.float32]
#: Where in a picture a crop lies: a turned rectangle, or all of it on a canvas.
Place = tuple[AnyPicture, CropRegion | Letterbox]


class Edge(StrEnum):
    """What lies beyond a picture: its edge goes on, black that the edge fades into, or a canvas that begins at its very edge."""

    REPLICATE = "replicate"
    BLACK = "black"
    CANVAS = "canvas"


_BORDERS = {Edge.REPLICATE: cv2.BORDER_REPLICATE, Edge.BLACK: cv2.BORDER_CONSTANT}


@dataclass(frozen=True, slots=True, kw_only=True)
class CropKind:
    """How a network wants its pictures: size (width, height), colour order "rgb" or "bgr", (bytes - mean) / std.

    channels_first: colours before rows. edge: what lies beyond a picture. fill: of a canvas.
    """

    size_px: tuple[int, int]
    colours: str = "rgb"
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)
    channels_first: bool = True
    edge: Edge = Edge.REPLICATE
    fill: int = 114

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one crop."""
        width, height = self.size_px
        return (3, height, width) if self.channels_first else (height, width, 3)

    def matrix(self, where: CropRegion | Letterbox) -> Tensor:
        """float32 (2, 3) — from a pixel of the crop to the picture."""
        return where.matrix() if isinstance(where, Letterbox) else where.matrix(self.size_px)

    def cut(self, place: Place) -> Picture:
        """One crop as bytes, red, green, blue."""
        picture, where = brought_near(place[0]), place[1]
        if isinstance(where, Letterbox):
            return letterbox_picture(picture, where, fill=self.fill)
        return crop_picture(picture, where, self.size_px, border=_BORDERS[self.edge])

    def prepared(self, crops: Picture) -> Tensor:
        """uint8 (n, height, width, 3) → float32 (n, …), in the network's order and range."""
        ordered = crops[..., ::-1] if self.colours == "bgr" else crops
        values = (ordered.astype(np.float32) - np.array(self.mean, np.float32)) / np.array(self.std, np.float32)
        return np.ascontiguousarray(values.transpose(0, 3, 1, 2) if self.channels_first else values)


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """A batch that is not cut yet."""

    kind: CropKind
    places: Sequence[Place]

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, part: slice) -> Crops:
        return Crops(self.kind, self.places[part])

    def on_host(self) -> Tensor:
        """The batch, cut by the processor."""
        return self.kind.prepared(np.stack([self.kind.cut(place) for place in self.places]))
