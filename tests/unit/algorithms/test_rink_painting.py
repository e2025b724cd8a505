from __future__ import annotations

import numpy as np
import pytest

from appliance.algorithms.filming import View, view_of
from appliance.algorithms.rink_painting import paint_backdrop
from appliance.domain.scene import Rink

RINK = Rink()
SIZE = (320, 180)


def looking(pan_deg: float, focal_px: float = 330.0) -> View:
    return view_of((30.0, -0.6, 2.1), (pan_deg, -8.0, 0.0), focal_px, (159.5, 89.5))


@pytest.fixture(scope="module")
def views() -> list[View]:
    return [looking(pan) for pan in (-15.0, 0.0, 15.0)]


def test_every_view_is_filled_with_rink_below_and_hall_above(views: list[View]) -> None:
    backdrop = paint_backdrop(RINK, views, SIZE)
    for view in views:
        frame = backdrop.seen_from(view, SIZE)
        assert frame.shape == (180, 320, 3)
        assert frame[120:].mean() > 180 > frame[:40].mean()
        assert frame[90:].std() > 4


def test_the_ice_lies_where_the_projection_says(views: list[View]) -> None:
    view = looking(0.0)
    frame = paint_backdrop(RINK, views, SIZE).seen_from(view, SIZE)
    # The red centre line crosses the rink at half its length.
    (x, y) = np.round(view.project(np.array([[30.0, 9.0, 0.0]]))[0][0]).astype(int)
    red, _, blue = frame[y - 1 : y + 2, x - 1 : x + 2].reshape(-1, 3).mean(axis=0)
    assert red > blue + 40


def test_one_backdrop_serves_views_of_different_zoom() -> None:
    views = [looking(0.0), looking(5.0, 700.0)]
    backdrop = paint_backdrop(RINK, views, SIZE)
    assert all(backdrop.seen_from(view, SIZE).mean() > 60 for view in views)
