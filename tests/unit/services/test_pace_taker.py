"""Twin of services/pace_taker.py."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, repeat

import pytest

from appliance.services.pace_taker import Pace, take_pace


def ticking(step_s: float) -> Iterator[float]:
    return (number * step_s for number in count())


def test_the_first_step_is_left_out_because_it_loads() -> None:
    clock = iter([0.0, 9.0, *(9.0 + number / 4 for number in range(1, 20))])
    pace = take_pace(repeat(2), now_s=lambda: next(clock))
    assert pace == Pace(8, 1.25)
    assert pace.per_s == pytest.approx(6.4)


def test_it_ends_after_a_moment_however_much_there_is_to_do() -> None:
    clock = ticking(0.1)
    assert take_pace(repeat(1), moment_s=0.5, now_s=lambda: next(clock)).steps == 5


def test_work_that_ends_early_counts_as_far_as_it_went() -> None:
    clock = ticking(1.0)
    assert take_pace(iter([3]), now_s=lambda: next(clock)) == Pace(3, 2.0)
    assert take_pace(iter(()), now_s=lambda: next(clock)).per_s == 0


def test_what_the_work_raises_is_raised() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        take_pace(broken())
