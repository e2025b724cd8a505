from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.stamp_mending import StampMender

stamps = st.none() | st.integers(-1000, 1000)


def mended(pairs: list[tuple[int | None, int | None]]) -> list[int | None]:
    mender = StampMender(start=100, interval=10)
    return [mender.feed(pts, dts) for pts, dts in pairs]


def test_good_stamps_come_back_as_they_are() -> None:
    assert mended([(0, -20), (10, -10), (20, 0)]) == [0, 10, 20]


def test_a_missing_stamp_is_one_interval_after_the_last_and_the_first_is_the_start() -> None:
    assert mended([(None, None), (None, None), (150, None), (None, None)]) == [100, 110, 150, 160]


def test_the_decoding_stamp_stands_in_for_a_missing_one() -> None:
    assert mended([(0, 0), (None, 12), (20, 20)]) == [0, 12, 20]


def test_one_stamp_that_falls_back_costs_one_picture() -> None:
    assert mended([(0, 0), (10, 1), (5, 2), (20, 3), (30, 4)]) == [0, 10, None, 20, 30]


def test_stamps_in_decoding_order_are_found_out() -> None:
    decoding_order = [(number + (1, -1)[number % 2], number) for number in range(40)]
    result = mended([(pts, dts) for pts, dts in decoding_order])
    assert result.count(None) <= 4
    assert result[10:] == list(range(10, 40))


def test_a_container_that_counts_decoding_is_taken_at_its_word() -> None:
    mender = StampMender(start=0, interval=1, counts_decoding=True)
    assert [mender.feed(pts, dts) for pts, dts in [(2, 3), (5, 4), (4, 5), (9, None)]] == [3, 4, 5, 9]


@given(st.lists(st.tuples(stamps, stamps), max_size=50))
def test_whatever_comes_in_what_comes_out_rises(pairs: list[tuple[int | None, int | None]]) -> None:
    rising = [stamp for stamp in mended(pairs) if stamp is not None]
    assert rising == sorted(set(rising))
