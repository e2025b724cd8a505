from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.leaping import (
    LONGEST_LEAP,
    PEEP,
    SHORTEST_LEAP,
    bridge_leap,
    is_near,
    landing_from,
    may_have_begun_before,
    move_at_end,
    move_at_start,
    pauses_before,
    pauses_behind,
)
from appliance.domain.motion import MotionSample, MoverSample
from appliance.domain.pose import Box
from appliance.domain.timespan import Seconds

RATE_HZ = Fraction(8)


def mover(speed_hps: float, *, track: int = 1, sighting: float | None = 1.0, left: float = 0.0) -> MoverSample:
    box = Box(left=left, top=10, right=left + 30, bottom=90)
    return MoverSample(track=track, box=box, travel_hps=speed_hps, limb_hps=0.0, sighting=sighting)


def samples_of(*movers: tuple[MoverSample, ...], first: int = 1) -> list[MotionSample]:
    return [
        MotionSample(time=number / RATE_HZ, camera_confidence=0.9, movers=seen) for number, seen in enumerate(movers, start=first)
    ]


def moving(*speeds_hps: float, first: int = 1, left: float = 0.0, sighting: float | None = 1.0) -> list[MotionSample]:
    return samples_of(*((mover(speed, left=left, sighting=sighting),) for speed in speeds_hps), first=first)


def test_a_leap_lands_on_the_furthest_key_frame_within_reach() -> None:
    keys = [Fraction(number) for number in range(10)]
    assert landing_from(keys, Fraction(3), Fraction(9)) == 5
    assert is_near(Fraction(3), Fraction(5))


def test_where_none_is_within_reach_one_watches_on_to_the_next() -> None:
    keys = [Fraction(0), Fraction(8), Fraction(16)]
    assert landing_from(keys, Fraction(0), Fraction(20)) == 8
    assert not is_near(Fraction(0), Fraction(8))


@pytest.mark.parametrize("keys", [[], [Fraction(0)], [Fraction(0), Fraction(3, 4)], [Fraction(0), Fraction(9)]])
def test_nothing_to_land_on_before_the_end_means_watching_to_the_end(keys: list[Seconds]) -> None:
    assert landing_from(keys, Fraction(0), Fraction(9)) is None


@given(st.sets(st.integers(0, 600)), st.integers(0, 600), st.integers(0, 600))
def test_landings_lie_behind_the_peep_and_before_the_end(ticks: set[int], at: int, end: int) -> None:
    landing = landing_from([Fraction(tick, 20) for tick in sorted(ticks)], Fraction(at, 20), Fraction(end, 20))
    if landing is not None:
        assert Fraction(at, 20) + PEEP + SHORTEST_LEAP <= landing < Fraction(end, 20)


def test_one_asks_soon_and_again_while_a_leap_is_worth_it() -> None:
    pauses = [float(pause) for pause in pauses_before(Fraction(8), Fraction(9))]
    assert pauses == [8.25, 8.375, 8.5]
    assert list(pauses_before(Fraction(8), Fraction(17, 2))) == []


def test_behind_a_landing_one_asks_until_a_peep_is_over() -> None:
    assert [float(pause) for pause in pauses_behind(Fraction(8))] == [8.25, 8.375, 8.5]


def test_a_person_who_moves_in_the_last_samples_move_at_end() -> None:
    assert move_at_end(moving(0.0, 0.5, 0.6, 0.4))
    assert move_at_end(moving(0.5, 0.0, 0.4))


@pytest.mark.parametrize("speeds", [(0.9, 0.9, 0.0, 0.0, 0.05), (0.05, 0.05, 0.05), (0.9,), ()])
def test_who_has_stopped_or_only_sways_does_not(speeds: tuple[float, ...]) -> None:
    assert not move_at_end(moving(*speeds))


def test_what_no_model_saw_as_a_person_does_not_move_clearly() -> None:
    assert not move_at_end(moving(0.9, 0.9, 0.9, sighting=0.0))
    assert not move_at_end(moving(0.9, 0.9, 0.9, sighting=None))


def test_two_persons_one_after_the_other_move_clearly() -> None:
    one, other = mover(0.5, track=1), mover(0.5, track=2)
    assert move_at_end(samples_of((one,), (one,), (other,)))


def test_where_a_leap_lands_the_first_samples_count_and_not_the_last() -> None:
    assert move_at_start(moving(0.5, 0.6, 0.0, 0.0))
    assert not move_at_start(moving(0.0, 0.0, 0.5, 0.6))
    assert not move_at_start(moving(0.9, 0.9, 0.9, sighting=0.0))
    assert not move_at_start([])


def test_motion_in_the_first_sample_may_have_begun_before() -> None:
    assert may_have_begun_before(moving(0.4, 0.4))
    assert not may_have_begun_before(moving(0.0, 0.4))
    assert not may_have_begun_before(moving(0.4, 0.4, sighting=0.0))
    assert not may_have_begun_before([])


BEFORE, AFTER = moving(0.4, 0.4), moving(1.2, 0.1, first=17, left=160)


def test_a_bridge_fills_the_grid_between_what_was_seen() -> None:
    bridge = bridge_leap(BEFORE, AFTER, RATE_HZ)
    assert [sample.time for sample in bridge] == [Fraction(number, 8) for number in range(3, 17)]


def test_speed_and_place_change_evenly_over_a_bridge() -> None:
    bridge = [sample.movers[0] for sample in bridge_leap(BEFORE, AFTER, RATE_HZ)]
    assert all(one.travel_hps < other.travel_hps for one, other in pairwise(bridge))
    assert bridge[0].travel_hps == pytest.approx(0.4 + 0.8 / 15)
    assert bridge[-1].box.left == pytest.approx(160 * 14 / 15)
    assert all(each.track == BEFORE[-1].movers[0].track and each.sighting is None for each in bridge)


def test_others_who_moved_go_on_and_what_is_nobody_does_not() -> None:
    before = samples_of((mover(0.3, track=4), mover(0.9, track=5), mover(2.0, track=6, sighting=0.0)))
    bridge = bridge_leap(before, AFTER, RATE_HZ)
    assert {tuple(each.track for each in sample.movers) for sample in bridge} == {(5, 4)}


def test_there_is_no_bridge_to_where_nobody_is() -> None:
    assert bridge_leap(moving(0.4, sighting=0.0), AFTER, RATE_HZ) == []
    assert bridge_leap(BEFORE, moving(0.4, first=17, sighting=0.0), RATE_HZ) == []
    assert bridge_leap([], AFTER, RATE_HZ) == []


def test_a_leap_is_no_longer_than_what_a_stop_would_be_joined_over() -> None:
    assert LONGEST_LEAP - PEEP <= 2
