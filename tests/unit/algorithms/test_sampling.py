from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.sampling import SamplingGrid, grid_for
from appliance.domain.timespan import Span

RATE = Fraction(8)
stamps_of_a_file = st.lists(st.integers(0, 90_000 * 20), min_size=1, max_size=80, unique=True).map(sorted)


def sampled(stamps: list[int], grid: SamplingGrid) -> list[int]:
    """What a reader does that has seen the picture before its span."""
    return [
        pts for before, pts in zip([None, *stamps], stamps, strict=False) if grid.is_inside(pts) and grid.is_sampled(pts, before)
    ]


def whole(
    length: int, rate: Fraction = RATE, time_base: Fraction = Fraction(1, 90_000), zero_at: Fraction = Fraction(0)
) -> SamplingGrid:
    return grid_for(Span(Fraction(0), Fraction(length)), rate, time_base=time_base, zero_at=zero_at)


def test_the_first_frame_at_or_after_each_tick_is_sampled() -> None:
    stamps = [round(number * 90_000 / 30) for number in range(31)]
    times = [Fraction(pts, 90_000) for pts in sampled(stamps, whole(2))]
    assert times == [Fraction(number, 30) for number in (0, 4, 8, 12, 15, 19, 23, 27, 30)]


def test_a_rate_above_that_of_the_file_takes_every_frame() -> None:
    stamps = [number * 3000 for number in range(30)]
    assert sampled(stamps, whole(2, rate=Fraction(60))) == stamps


def test_a_gap_in_the_file_takes_one_frame_after_it() -> None:
    assert sampled([0, 3000, 180_000, 183_000], whole(4)) == [0, 180_000]


@given(stamps_of_a_file)
def test_no_cell_is_sampled_twice_and_none_with_a_frame_is_left_out(stamps: list[int]) -> None:
    grid = whole(21)
    cells = [grid.cell_of(pts) for pts in sampled(stamps, grid)]
    assert len(set(cells)) == len(cells)
    assert set(cells) == {grid.cell_of(pts) for pts in stamps}


@given(stamps_of_a_file, st.fractions(min_value=Fraction(1, 100), max_value=20, max_denominator=90_000))
def test_two_readers_that_meet_at_a_seam_sample_what_one_would(stamps: list[int], seam: Fraction) -> None:
    time_base = Fraction(1, 90_000)
    left = grid_for(Span(Fraction(0), seam), RATE, time_base=time_base, zero_at=Fraction(0))
    right = grid_for(Span(seam, Fraction(21)), RATE, time_base=time_base, zero_at=Fraction(0))
    assert sampled(stamps, left) + sampled(stamps, right) == sampled(stamps, whole(21))


@given(st.fractions(min_value=0, max_value=1000, max_denominator=90_000), st.integers(0, 10**6))
def test_the_grid_lies_on_the_recordings_clock(zero_at: Fraction, pts: int) -> None:
    time_base = Fraction(1001, 30_000)
    grid = grid_for(Span(zero_at, zero_at + 1), RATE, time_base=time_base, zero_at=zero_at)
    moment = pts * time_base + zero_at
    assert grid.cell_of(pts) == moment * RATE // 1
    assert grid.is_inside(pts) == (zero_at <= moment < zero_at + 1)
