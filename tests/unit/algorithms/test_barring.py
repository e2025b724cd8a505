from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.barring import find_picture

from ...moving_pictures import behind_bars, textured, with_noise

HEIGHT, WIDTH = 120, 200
#: Beside a bar some rows may be taken for neither.
DOUBT_PX = 8
bars = st.integers(0, 40)


@settings(max_examples=30)
@given(top=bars, bottom=bars, left=bars, right=bars)
def test_bars_on_any_side_are_masked_and_the_picture_between_them_is_not(top: int, bottom: int, left: int, right: int) -> None:
    luma = with_noise(np.full((HEIGHT, WIDTH), 16, np.uint8), 1.5, seed=1)
    inner = (slice(top, HEIGHT - bottom), slice(left, WIDTH - right))
    luma[inner] = textured(HEIGHT, WIDTH)[inner]
    mask = find_picture(luma)
    outside = np.ones_like(luma, bool)
    outside[inner] = False
    assert set(np.unique(mask)) <= {0, 255}
    assert not mask[outside].any()
    assert (mask[top + DOUBT_PX : HEIGHT - bottom - DOUBT_PX, left + DOUBT_PX : WIDTH - right - DOUBT_PX] == 255).all()


def test_a_picture_without_bars_is_looked_at_up_to_its_edges() -> None:
    assert (find_picture(textured(HEIGHT, WIDTH)) == 255).all()


def test_a_dark_hall_is_no_bar() -> None:
    dark = (textured(HEIGHT, WIDTH) * 0.3).astype(np.uint8)
    assert dark.mean() < 45
    assert (find_picture(dark) == 255).all()


def test_a_wholly_black_picture_is_not_masked_away() -> None:
    assert (find_picture(np.full((HEIGHT, WIDTH), 16, np.uint8)) == 255).all()


def test_bars_are_as_black_in_full_range_as_in_limited_range() -> None:
    full, limited = (find_picture(behind_bars(textured(HEIGHT, WIDTH), bar_px=20, level=level)) for level in (1, 16))
    assert not full[:20].any()
    assert not limited[-20:].any()


@pytest.mark.parametrize("top", [0, HEIGHT - 4])
def test_a_lone_bright_line_at_an_edge_leaves_no_bar_unmasked(top: int) -> None:
    luma = np.full((HEIGHT, WIDTH), 16, np.uint8)
    luma[top : top + 4] = 230
    assert not find_picture(luma)[10:-10].any()
