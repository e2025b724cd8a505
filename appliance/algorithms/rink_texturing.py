"""Surfaces of a rink, painted flat: ice with lines and scratches, boards with adverts, seats, walls, glass.

Every surface is uint8 (height, width, 3), red, green, blue; its first row is the far or upper edge.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from appliance.domain.scene import Colour, Rink

Surface = npt.NDArray[np.uint8]

ICE_PX_PER_M: Final = 48
BOARDS_PX_PER_M: Final = 64
_ICE: Final = (222, 232, 238)
_RED: Final = (196, 62, 70)
_BLUE: Final = (58, 92, 176)
_FLOOR: Final = (92, 94, 98)
_ADVERTS: Final[tuple[tuple[str, Colour, Colour], ...]] = (
    ("RINKREEL", (14, 42, 92), (240, 244, 250)), ("NORTH ICE", (245, 245, 245), (20, 90, 160)),
    ("POLAR TEA", (22, 110, 84), (250, 240, 210)), ("BLADEWORKS", (238, 196, 40), (30, 30, 34)),
    ("AURORA 24", (120, 30, 90), (250, 220, 240)), ("FROST BANK", (240, 240, 242), (190, 30, 44)),
    ("GLIDE & CO", (196, 60, 36), (252, 244, 232)), ("MILK BAR", (60, 130, 190), (255, 255, 255)),
)  # fmt: skip


@lru_cache(maxsize=2)
def texture_ice(rink: Rink) -> Surface:
    """The sheet from above, with lines about where a hockey rink has them. It is kept: nobody may write on it."""
    rng = np.random.default_rng((rink.seed, 1))
    size = (round(rink.width_m * ICE_PX_PER_M), round(rink.length_m * ICE_PX_PER_M))
    ice = _mottled(size, _ICE, 7.0, rng)
    _paint_lines(ice, rink)
    ice = cv2.addWeighted(ice, 0.82, _mottled(size, _ICE, 5.0, rng), 0.18, 0.0).astype(np.uint8)
    _scratch(ice, rng, count=round(rink.length_m * rink.width_m * 4))
    outside = ~_inside_mask(rink, size)
    ice[outside] = _FLOOR
    ice.flags.writeable = False
    return ice


def texture_boards(rink: Rink, length_m: float) -> Surface:
    """The boards, unrolled: rail, adverts on white, kick plate, and the marks that pucks leave."""
    rng = np.random.default_rng((rink.seed, 2))
    height, width = round(rink.boards_m * BOARDS_PX_PER_M), round(length_m * BOARDS_PX_PER_M)
    boards = _mottled((height, width), (236, 237, 236), 4.0, rng)
    for index, left in enumerate(range(24, width - 200, 250)):
        _paint_advert(boards[12 : height - 16, left : left + 226], _ADVERTS[index % len(_ADVERTS)])
    _mark(boards, rng, count=width // 12)
    boards[:7] = (40, 70, 150)
    boards[-13:] = (226, 190, 52)
    boards[:, ::157] = (boards[:, ::157] * 0.7).astype(np.uint8)
    return boards


def texture_seats(length_m: float, rng: np.random.Generator) -> Surface:
    """A stand seen from its front: rows of seats in blocks, stairs between them."""
    rows, per_m = 11, 32
    seats = np.full((rows * 28, round(length_m * per_m), 3), (62, 64, 70), np.uint8)
    for row in range(rows):
        top = row * 28
        seats[top + 20 : top + 28] = (96, 97, 100)
        for left in range(4, seats.shape[1] - 14, 17):
            shade = rng.uniform(0.75, 1.05)
            hue = (46, 84, 150) if (left // 272) % 2 else (150, 44, 50)
            seats[top + 5 : top + 20, left : left + 12] = np.clip(np.multiply(hue, shade), 0, 255)
    for left in range(230, seats.shape[1] - 40, 272):
        seats[:, left : left + 30] = (128, 128, 126)
        seats[::14, left : left + 30] = (88, 88, 88)
    return seats


def texture_wall(length_m: float, height_m: float, rng: np.random.Generator) -> Surface:
    """A hall's wall: ribbed panels, a beam, windows and banners."""
    per_m = 24
    wall = _mottled((round(height_m * per_m), round(length_m * per_m)), (116, 124, 132), 5.0, rng)
    wall[:, ::12] = (wall[:, ::12] * 0.86).astype(np.uint8)
    height, width = wall.shape[:2]
    for left in range(60, width - 80, 170):
        cv2.rectangle(wall, (left, height // 9), (left + 84, height // 3), (176, 196, 208), -1)
        cv2.rectangle(wall, (left, height // 9), (left + 84, height // 3), (70, 74, 80), 3)
    for index, left in enumerate(range(110, width - 60, 340)):
        _, paper, ink = _ADVERTS[index % len(_ADVERTS)]
        cv2.rectangle(wall, (left + 60, height // 2), (left + 90, height - 30), paper, -1)
        cv2.circle(wall, (left + 75, height // 2 + 22), 9, ink, -1)
    wall[height * 3 // 8 : height * 3 // 8 + 8] = (78, 82, 90)
    return wall


def texture_ceiling(length_m: float, depth_m: float) -> Surface:
    """A dark ceiling with girders and rows of lamps."""
    per_m = 12
    ceiling = np.full((round(depth_m * per_m), round(length_m * per_m), 3), (52, 55, 60), np.uint8)
    ceiling[::60, :] = (84, 88, 94)
    ceiling[:, ::72] = (74, 78, 84)
    for top in range(36, ceiling.shape[0] - 10, 84):
        for left in range(20, ceiling.shape[1] - 30, 54):
            cv2.rectangle(ceiling, (left, top), (left + 22, top + 5), (255, 255, 246), -1)
    return ceiling


def texture_glass(length_m: float) -> tuple[Surface, npt.NDArray[np.uint8]]:
    """Panes above the boards, unrolled, and how much they cover (uint8 (height, width), 255 is opaque)."""
    per_m, height = 32, 38
    width = round(length_m * per_m)
    glass = np.full((height, width, 3), (206, 222, 228), np.uint8)
    cover = np.full((height, width), 22, np.uint8)
    cover[:2] = 130
    for left in range(0, width, round(1.9 * per_m)):
        glass[:, left : left + 3] = (120, 126, 130)
        cover[:, left : left + 3] = 190
        shine = np.array([[left + 10, height], [left + 22, height], [left + 40, 0], [left + 28, 0]], np.int32)
        cv2.fillConvexPoly(cover, shine, 44)
    return glass, cover


def _mottled(size: tuple[int, int], colour: Colour, spread: float, rng: np.random.Generator) -> Surface:
    """A plain colour with blotches of several sizes."""
    blotches = np.zeros(size, np.float32)
    for cell, share in ((96, 0.5), (24, 0.3), (5, 0.2)):
        coarse = rng.standard_normal((max(2, size[0] // cell), max(2, size[1] // cell))).astype(np.float32)
        blotches += share * cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_CUBIC)
    return np.clip(np.asarray(colour, np.float32) + spread * blotches[:, :, None], 0, 255).astype(np.uint8)


def _paint_lines(ice: Surface, rink: Rink) -> None:
    height, width = ice.shape[:2]
    metre = ICE_PX_PER_M

    def stripe(x_m: float, broad_m: float, colour: Colour) -> None:
        left, right = round((x_m - broad_m / 2) * metre), round((x_m + broad_m / 2) * metre)
        cv2.rectangle(ice, (left, 0), (max(left + 1, right), height), colour, -1)

    stripe(rink.length_m / 2, 0.30, _RED)
    for side in (-1, 1):
        stripe(rink.length_m / 2 + side * 0.12 * rink.length_m, 0.30, _BLUE)
        stripe(rink.length_m / 2 + side * 0.44 * rink.length_m, 0.08, _RED)
    middle = (width // 2, height // 2)
    cv2.circle(ice, middle, round(0.15 * rink.width_m * metre), _BLUE, round(0.08 * metre), cv2.LINE_AA)
    cv2.putText(ice, "RINKREEL", (middle[0] - 160, middle[1] + 28), cv2.FONT_HERSHEY_DUPLEX, 2.1, _BLUE, 6, cv2.LINE_AA)
    for x_share in (-1, 1):
        for y_share in (-1, 1):
            spot = (round(middle[0] + x_share * width / 3), round(middle[1] + y_share * height * 0.23))
            cv2.circle(ice, spot, round(0.15 * rink.width_m * metre), _RED, round(0.06 * metre), cv2.LINE_AA)
            cv2.circle(ice, spot, round(0.3 * metre), _RED, -1, cv2.LINE_AA)
            near = (round(middle[0] + x_share * width * 0.09), spot[1])
            cv2.circle(ice, near, round(0.3 * metre), _RED, -1, cv2.LINE_AA)


def _scratch(ice: Surface, rng: np.random.Generator, count: int) -> None:
    """Thin arcs, lighter or darker, as blades leave them."""
    height, width = ice.shape[:2]
    starts = rng.uniform((0, 0), (width, height), (count, 2))
    headings, bends = rng.uniform(0, 2 * np.pi, count), rng.normal(0, 0.6, count)
    lengths, tones = rng.gamma(2.0, 0.45, count) * ICE_PX_PER_M, rng.choice((-24, -13, 12, 22), count)
    along = np.linspace(0.0, 1.0, 9)
    for start, heading, bend, length, tone in zip(starts, headings, bends, lengths, tones, strict=True):
        angle = heading + bend * along
        arc = start + length * np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1)
        colour = tuple(int(np.clip(value + tone, 0, 255)) for value in _ICE)
        cv2.polylines(ice, [np.round(arc * 8).astype(np.int32)], False, colour, 1, cv2.LINE_AA, 3)


def _mark(boards: Surface, rng: np.random.Generator, count: int) -> None:
    height, width = boards.shape[:2]
    for x, y, size in zip(
        rng.integers(0, width, count), rng.integers(10, height - 4, count), rng.integers(2, 9, count), strict=True
    ):
        tone = int(rng.integers(60, 170))
        cv2.line(boards, (int(x), int(y)), (int(x + size), int(y - size // 2)), (tone, tone, tone), 1, cv2.LINE_AA)


def _paint_advert(field: Surface, advert: tuple[str, Colour, Colour]) -> None:
    text, paper, ink = advert
    field[:] = paper
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_DUPLEX, 1.0, 2)
    scale = min(0.86 * field.shape[1] / wide, 0.62 * field.shape[0] / high)
    corner = (round((field.shape[1] - scale * wide) / 2), round((field.shape[0] + scale * high) / 2))
    cv2.putText(field, text, corner, cv2.FONT_HERSHEY_DUPLEX, scale, ink, 2, cv2.LINE_AA)


def _inside_mask(rink: Rink, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """What of the rectangle lies within the rounded boards."""
    corner = round(rink.corner_m * ICE_PX_PER_M)
    mask = np.zeros(size, np.uint8)
    height, width = size
    cv2.rectangle(mask, (corner, 0), (width - corner, height), 1, -1)
    cv2.rectangle(mask, (0, corner), (width, height - corner), 1, -1)
    for x in (corner, width - corner):
        for y in (corner, height - corner):
            cv2.circle(mask, (x, y), corner, 1, -1)
    return mask.astype(bool)
