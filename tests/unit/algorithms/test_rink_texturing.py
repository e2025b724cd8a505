from __future__ import annotations

import numpy as np

from appliance.algorithms.rink_texturing import (
    ICE_PX_PER_M,
    texture_boards,
    texture_ceiling,
    texture_glass,
    texture_ice,
    texture_seats,
    texture_wall,
)
from appliance.domain.scene import Rink

SMALL = Rink(length_m=16.0, width_m=10.0, corner_m=3.0)


def test_ice_has_the_rinks_size_is_bright_and_has_something_to_hold_on_to() -> None:
    ice = texture_ice(SMALL)
    assert ice.shape == (10 * ICE_PX_PER_M, 16 * ICE_PX_PER_M, 3)
    middle = ice[100:200, 100:300]
    assert middle.mean() > 180
    assert middle.std() > 3


def test_corners_outside_the_boards_are_not_ice() -> None:
    ice = texture_ice(SMALL)
    assert ice[2, 2].mean() < 120 < ice[2, ice.shape[1] // 4].mean()


def test_the_same_rink_has_the_same_surfaces_and_another_seed_others() -> None:
    assert np.array_equal(texture_boards(SMALL, 20.0), texture_boards(SMALL, 20.0))
    assert not np.array_equal(texture_ice(SMALL), texture_ice(Rink(length_m=16.0, width_m=10.0, corner_m=3.0, seed=8)))


def test_boards_carry_adverts_between_rail_and_kick_plate() -> None:
    boards = texture_boards(SMALL, 20.0)
    assert boards[:5].mean(axis=(0, 1))[2] > boards[:5].mean(axis=(0, 1))[0]
    assert boards[-8:].mean(axis=(0, 1))[0] > boards[-8:].mean(axis=(0, 1))[2]
    assert boards[20:45].std() > 25


def test_hall_surfaces_are_pictures_of_some_contrast() -> None:
    rng = np.random.default_rng(1)
    for surface in (texture_seats(30.0, rng), texture_wall(40.0, 9.0, rng), texture_ceiling(40.0, 30.0)):
        assert surface.dtype == np.uint8
        assert surface.ndim == 3
        assert surface.std() > 8


def test_glass_is_mostly_clear() -> None:
    glass, cover = texture_glass(20.0)
    assert glass.shape[:2] == cover.shape
    assert np.median(cover) < 60 < cover.max()
