from __future__ import annotations

import numpy as np
import pytest

from appliance.algorithms.choreographing import choreograph
from appliance.algorithms.figure_painting import paint_figure
from appliance.algorithms.figure_shaping import see_figure
from appliance.algorithms.filming import view_of
from appliance.algorithms.rink_texturing import Surface
from appliance.domain.scene import Outfit, Rink, Skater

VIEW = view_of((30.0, -0.6, 2.1), (0.0, -5.0, 0.0), 660.0, (319.5, 179.5))
OUTFIT = Outfit(jacket=(220, 20, 20), trousers=(20, 20, 160))


def painted(place_m: tuple[float, float]) -> Surface:
    frame = np.full((360, 640, 3), 200, np.uint8)
    joints = choreograph(Skater(place_m=place_m, heading_deg=-90.0), np.array([0.0])).joints_m[0]
    figure = see_figure(joints, 1.7, VIEW)
    assert figure is not None
    paint_figure(frame, figure, OUTFIT, VIEW, Rink())
    return frame


def rows_where(mask: np.ndarray) -> tuple[int, int]:
    rows = np.flatnonzero(mask.any(axis=1))
    return int(rows[0]), int(rows[-1])


def test_a_body_is_painted_where_it_stands_with_its_jacket_above_its_trousers() -> None:
    frame = painted((30.0, 8.0)).astype(int)
    red = rows_where((frame[..., 0] > 150) & (frame[..., 1] < 90) & (frame[..., 2] < 90))
    blue = rows_where((frame[..., 2] > 90) & (frame[..., 0] < 60))
    assert red[0] < red[1] <= blue[0] + 20
    assert blue[1] < 360
    columns = np.flatnonzero((frame[..., 0] - frame[..., 1] > 100).any(axis=0))
    assert abs(columns.mean() - 320) < 15


def test_edges_are_soft() -> None:
    frame = painted((30.0, 12.0)).astype(int)
    between = (frame[..., 1] > 60) & (frame[..., 1] < 180) & (frame[..., 0] - frame[..., 1] > 30)
    assert between.sum() > 20


def test_boards_hide_the_legs_of_who_stands_behind_them() -> None:
    behind, before = painted((30.0, 31.2)), painted((30.0, 28.5))
    rail, foot = (round(float(VIEW.project(np.array([point]))[0][0, 1])) for point in ((30.0, 30.0, 1.07), (30.0, 28.5, 0.0)))
    assert rows_where((behind != 200).any(axis=2))[1] == pytest.approx(rail, abs=1)
    assert rows_where((before != 200).any(axis=2))[1] >= foot > rail + 10


def test_a_body_out_of_the_picture_leaves_it_as_it_is() -> None:
    assert (painted((10.0, 6.0)) == 200).all()


def test_the_ice_shows_shadow_and_image_below_the_feet() -> None:
    frame = painted((30.0, 12.0)).astype(int)
    feet = round(float(VIEW.project(np.array([[30.0, 12.0, 0.0]]))[0][0, 1]))
    below = frame[feet + 6 : feet + 60, 300:340]
    assert (below < 199).any()
    assert below.min() > 120
