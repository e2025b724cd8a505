from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.rest_planning import LONGEST, MOST_PIECES, RATE_HZ, SLOWEST, fitted, left_out, plan_rest
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span, joined, total_length

SIZE = (1920, 1080)


def plan_of(*edges: tuple[int, int]) -> ReelPlan:
    spans = (Span(Fraction(start), Fraction(end)) for start, end in edges)
    return ReelPlan(cuts=tuple(Cut(recording_id="r", span=span, title="", poster_at=span.start) for span in spans))


def bounds(end: int) -> Span:
    return Span(Fraction(0), Fraction(end))


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 9)), max_size=8))
def test_what_is_kept_and_what_is_left_out_are_the_whole(edges: list[tuple[int, int]]) -> None:
    kept = list(joined(Span(Fraction(start), Fraction(start + length)) for start, length in edges))
    rest = list(left_out(bounds(100), kept))
    assert total_length(kept) + total_length(rest) == 100
    assert not any(one.overlaps(other) for one in kept for other in rest)


def test_what_was_left_out_is_played_eight_times_as_fast() -> None:
    film = plan_rest(bounds(100), plan_of((10, 20), (50, 60)), SIZE)
    assert film is not None
    assert [(float(span.start), float(span.end)) for span in film.pieces] == [(0, 10), (20, 50), (60, 100)]
    assert film.speed == SLOWEST
    assert sum(film.frames) == 80 / SLOWEST * RATE_HZ
    assert not film.key_frames


def test_a_long_rest_is_played_faster_and_lasts_two_minutes_at_most() -> None:
    film = plan_rest(bounds(3 * 3600), None, SIZE)
    assert film is not None
    assert film.speed == 90
    assert sum(film.frames) == LONGEST * RATE_HZ
    assert film.key_frames


def test_a_reel_that_holds_everything_leaves_no_film() -> None:
    assert plan_rest(bounds(100), plan_of((0, 100)), SIZE) is None
    assert plan_rest(bounds(100), plan_of((0, 50), (50, 100)), SIZE) is None


def test_of_too_many_pieces_the_longest_are_shown_in_order() -> None:
    cuts = [(3 * n, 3 * n + 1) for n in range(600)]
    film = plan_rest(bounds(1900), plan_of(*cuts), SIZE)
    assert film is not None
    assert len(film.pieces) == len(film.frames) == MOST_PIECES
    assert film.pieces[-1].end == 1900
    assert list(film.pieces) == sorted(film.pieces)


def test_pictures_are_small_even_and_of_the_same_shape() -> None:
    assert fitted((3840, 2160)) == (640, 360)
    assert fitted((1080, 1920)) == (360, 640)
    assert fitted((99, 55)) == (100, 56)
