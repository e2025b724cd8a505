from __future__ import annotations

import numpy as np
import pytest

from appliance.algorithms.choreographing import choreograph
from appliance.algorithms.figure_shaping import Figure, see_figure, shape_figure, toned
from appliance.algorithms.filming import view_of
from appliance.domain.scene import Outfit, Skater


def figure_of(heading_deg: float, place_m: tuple[float, float] = (0.0, 8.0)) -> Figure | None:
    joints = choreograph(Skater(place_m=place_m, heading_deg=heading_deg), np.array([0.0])).joints_m[0]
    return see_figure(joints, 1.7, view_of((0.0, 0.0, 1.5), (0.0, 0.0, 0.0), 1000.0, (640.0, 360.0)))


def test_shapes_cover_the_body_and_little_more() -> None:
    figure = figure_of(-90.0)
    assert figure is not None
    points = np.concatenate([shape.outline for shape in shape_figure(figure, Outfit())])
    low, high = points.min(axis=0), points.max(axis=0)
    joints = figure.pixels
    assert (low <= joints.min(axis=0)).all()
    assert (high >= joints.max(axis=0)).all()
    assert (high - low < 1.35 * np.ptp(joints, axis=0) + 20).all()


def test_a_face_is_seen_from_the_front_only() -> None:
    outfit = Outfit(skin=(200, 150, 120), hair=(10, 10, 10))
    front, back = figure_of(-90.0), figure_of(90.0)
    assert front is not None
    assert back is not None
    eyes = [(245, 245, 245) in {shape.colour for shape in shape_figure(figure, outfit)} for figure in (front, back)]
    assert eyes == [True, False]


def test_a_skirt_and_gloves_are_worn_where_there_are_any() -> None:
    figure = figure_of(-90.0)
    assert figure is not None
    colours = {shape.colour for shape in shape_figure(figure, Outfit(skirt=(10, 200, 10), gloves=(200, 10, 200)))}
    assert toned((10, 200, 10), 0.88) in colours
    assert toned((200, 10, 200), 0.88) in colours


def test_who_stands_behind_the_camera_is_not_seen() -> None:
    assert figure_of(0.0, (0.0, -3.0)) is None


@pytest.mark.parametrize("brightness", [0.0, 0.5, 3.0])
def test_no_tone_is_the_black_of_bare_canvas(brightness: float) -> None:
    assert all(1 <= value <= 255 for value in toned((0, 128, 255), brightness))
