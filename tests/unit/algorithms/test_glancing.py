from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.glancing import LONGEST_GAP, Glancer
from appliance.domain.media import VideoTrack
from appliance.domain.timespan import Seconds, Span, total_length

from ...moving_pictures import Luma, World, turned_by, with_noise, with_patch

STEP = Fraction(2)
VIDEO = VideoTrack(index=0, codec="h264", width_px=1280, height_px=720, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90000))
#: What a camera spends on a second or two, and what an encoder spends that has nothing to say.
SPOKEN, SILENCE = 1_000_000, 2_000
WORLD = World()
HERE, THERE = with_patch(WORLD.seen(), 100, 60, 50), with_patch(WORLD.seen(), 130, 70, 50)


def span(start: int, end: int) -> Span:
    return Span(Fraction(start), Fraction(end))


def glance(pictures: Sequence[Luma], whole: Span, step: Seconds = STEP, spent_bytes: int = SPOKEN) -> tuple[Span, ...]:
    """What has to be watched of a stretch, from key frames that are evenly spaced."""
    glancer = Glancer(VIDEO)
    for number, picture in enumerate(pictures):
        glancer.feed(number * step, picture, spent_bytes)
    return glancer.finish(whole)


def test_where_key_frames_look_alike_nothing_has_to_be_watched() -> None:
    assert total_length(glance([HERE] * 11, span(0, 20))) < 2


def test_noise_and_light_do_not_make_a_stretch_worth_watching() -> None:
    lights = [1.0, 0.92, 1.06, 0.97, 1.03, 0.95]
    pictures = [with_noise(np.clip(HERE * light, 0, 255).astype(np.uint8), 2.0, seed=n) for n, light in enumerate(lights)]
    assert total_length(glance(pictures, span(0, 10))) < 2


def test_a_camera_that_panned_in_between_is_taken_out() -> None:
    pictures = [WORLD.seen(turned_by(shift_px=(9.0 * n - 20, 0))) for n in range(6)]
    assert total_length(glance(pictures, span(0, 10))) < 2


def test_where_somebody_moved_between_two_key_frames_all_between_them_is_watched_and_a_little_behind() -> None:
    (stretch,) = glance([HERE] * 5 + [THERE] * 6, span(0, 20))
    assert stretch.start == 8
    assert stretch.end > 10
    assert stretch.length < 6


def test_somebody_small_and_far_who_left_without_a_trace_of_flow_has_to_be_watched() -> None:
    seen = HERE.copy()
    # A light body before light boards: little contrast, and nothing like it in the next key frame.
    seen[60:84, 100:108] = np.clip(seen[60:84, 100:108].astype(np.int16) + 18, 0, 255)
    glancer = Glancer(VIDEO)
    glancer.feed(Fraction(0), seen, SPOKEN)
    assert not glancer.feed(STEP, HERE, SPOKEN)


def test_another_scene_has_to_be_watched() -> None:
    glancer = Glancer(VIDEO)
    glancer.feed(Fraction(0), HERE, SPOKEN)
    assert not glancer.feed(STEP, World(seed=2).seen(), SPOKEN)


def test_key_frames_far_apart_say_nothing_about_what_was_between_them() -> None:
    whole = span(0, 40)
    assert glance([HERE] * 5, whole, step=LONGEST_GAP + 1) == (whole,)


def test_far_apart_or_not_where_the_file_spent_next_to_nothing_nothing_moved() -> None:
    assert total_length(glance([HERE] * 5, span(0, 24), step=LONGEST_GAP + 1, spent_bytes=SILENCE)) < 2
    assert glance([HERE, THERE] * 3, span(0, 30), step=LONGEST_GAP + 1, spent_bytes=SILENCE) == (span(0, 30),)


def test_a_dark_hall_without_a_corner_is_still_and_a_light_in_it_is_not() -> None:
    dark = np.full_like(HERE, 20)
    lit = dark.copy()
    lit[60:90, 100:140] = 180
    assert total_length(glance([dark] * 6, span(0, 10))) < 2
    assert glance([dark, lit] * 3, span(0, 10)) == (span(0, 10),)


@pytest.mark.parametrize("count", [0, 1])
def test_without_two_key_frames_all_is_watched(count: int) -> None:
    assert glance([HERE] * count, span(0, 20)) == (span(0, 20),)


def test_a_frame_of_another_size_or_an_earlier_time_is_compared_with_nothing() -> None:
    glancer = Glancer(VIDEO)
    assert not glancer.feed(Fraction(4), HERE, SPOKEN)
    assert not glancer.feed(Fraction(6), np.ascontiguousarray(HERE[:90]), SPOKEN)
    assert not glancer.feed(Fraction(5), np.ascontiguousarray(HERE[:90]), SPOKEN)


def test_little_that_could_be_left_out_is_watched_with_the_rest() -> None:
    pictures = [HERE, HERE, *[THERE, HERE] * 10]
    assert glance(pictures, span(0, 42)) == (span(0, 42),)


@settings(max_examples=25)
@given(st.lists(st.booleans(), min_size=2, max_size=8), st.integers(0, 6), st.integers(1, 16))
def test_stretches_are_sorted_apart_inside_and_cover_all_that_stirs(moved: list[bool], start: int, length: int) -> None:
    whole = span(start, start + length)
    places = np.cumsum(moved) % 2
    pictures = [THERE if place else HERE for place in places]
    stretches = glance(pictures, whole)
    assert all(before.end < after.start for before, after in pairwise(stretches))
    assert all(stretch.clipped_to(whole) == stretch for stretch in stretches)
    for number, (before, after) in enumerate(pairwise(places)):
        stirring = Span(number * STEP, (number + 1) * STEP).clipped_to(whole)
        if before != after and stirring is not None:
            assert any(stretch.clipped_to(stirring) == stirring for stretch in stretches)
    unseen = Span((len(moved) - 1) * STEP, Fraction(1000)).clipped_to(whole)
    if unseen is not None:
        assert any(stretch.clipped_to(unseen) == unseen for stretch in stretches)
