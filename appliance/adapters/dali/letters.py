"""What parent and child say to each other, and the memory that they share."""

from __future__ import annotations

import mmap
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from appliance.algorithms.sampling import SamplingGrid
from appliance.domain.errors import RinkreelError
from appliance.domain.media import MediaFile

#: Longer side of the pictures that travel: as large as a pose model looks at.
LONG_SIDE_PX = 1280
#: Pictures under way at once.
SLOTS = 4
SLOT_BYTES = LONG_SIDE_PX * LONG_SIDE_PX * 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the child is asked for: the sampled pictures of a stretch. size_px: as stored, width and height to come out with.

    engines: pieces that are decoded side by side. graphics: on a GPU.
    """

    source: MediaFile
    grid: SamplingGrid
    size_px: tuple[int, int]
    graphics: bool
    engines: int = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture lies in a slot, (height, width, 3); the parent says the slot's number when it has taken it out."""

    pts: int
    slot: int
    shape: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Finished:
    """That was all. end_pts: where the last picture ends that the file has in this stretch, None when it has none."""

    end_pts: int | None


@dataclass(frozen=True, slots=True)
class Failed:
    """It does not go on."""

    error: RinkreelError


def slot_view(memory: mmap.mmap, slot: int, shape: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    """The pixels in a slot; no copy."""
    count = shape[0] * shape[1] * shape[2]
    return np.frombuffer(memory, np.uint8, count, offset=slot * SLOT_BYTES).reshape(shape)
