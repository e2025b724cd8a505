from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.seaming import sew_chunks
from appliance.domain.motion import MotionSample, MoverSample
from appliance.domain.pose import Box

LEFT, RIGHT = Box(left=0, top=0, right=20, bottom=50), Box(left=200, top=0, right=220, bottom=50)


def mover(track: int, box: Box) -> MoverSample:
    return MoverSample(track=track, box=box, travel_hps=0.5, limb_hps=0.1, sighting=0.5)


def sample(number: int, *movers: MoverSample) -> MotionSample:
    return MotionSample(time=Fraction(number, 8), camera_confidence=0.9, movers=movers)


def tracks(samples: list[MotionSample]) -> list[list[int]]:
    return [[one.track for one in each.movers] for each in samples]


def test_a_mover_keeps_its_number_over_a_seam_whatever_the_next_chunk_calls_it() -> None:
    first = [sample(0, mover(1, LEFT)), sample(1, mover(1, LEFT), mover(2, RIGHT))]
    second = [sample(2, mover(1, RIGHT), mover(2, LEFT)), sample(3, mover(1, RIGHT))]
    sewn = sew_chunks([first, second])
    assert tracks(sewn) == [[1], [1, 2], [2, 1], [2]]
    assert [(m.box, m.track) for m in sewn[2].movers] == [(RIGHT, 2), (LEFT, 1)]


def test_another_mover_gets_a_number_that_nobody_had() -> None:
    sewn = sew_chunks([[sample(0, mover(1, LEFT))], [sample(1, mover(1, RIGHT))], [sample(2)], [sample(3, mover(1, LEFT))]])
    assert tracks(sewn) == [[1], [2], [], [3]]


def test_two_movers_on_one_spot_do_not_share_a_number() -> None:
    first = [sample(0, mover(1, LEFT))]
    second = [sample(1, mover(1, LEFT), mover(2, LEFT.moved(1, 0)))]
    assert tracks(sew_chunks([first, second])) == [[1], [1, 2]]


def test_a_mover_that_comes_back_after_a_gap_is_a_new_one() -> None:
    assert tracks(sew_chunks([[sample(0, mover(1, LEFT))], [sample(40, mover(1, LEFT))]])) == [[1], [2]]


def test_a_moment_that_two_chunks_watched_counts_once_as_the_earlier_one_saw_it() -> None:
    first = [sample(number, mover(1, LEFT)) for number in range(4)]
    second = [sample(number, mover(1, RIGHT)) for number in range(2, 6)]
    sewn = sew_chunks([first, second])
    assert [each.time for each in sewn] == [Fraction(number, 8) for number in range(6)]
    assert sewn[3].movers[0].box == LEFT


def test_chunks_in_which_nothing_was_watched_leave_no_trace() -> None:
    assert sew_chunks([]) == []
    assert sew_chunks([[], [sample(3, mover(5, LEFT))], []]) == [sample(3, mover(1, LEFT))]


places = st.builds(lambda left: Box(left=left, top=0, right=left + 20, bottom=50), st.integers(0, 60))
crowds = st.lists(st.tuples(st.integers(1, 5), places), max_size=4, unique_by=lambda pair: pair[0])
chunks = st.lists(st.lists(crowds, max_size=5), max_size=5)


@settings(max_examples=30)
@given(chunks, st.integers(0, 2))
def test_no_moment_counts_twice_no_mover_is_lost_and_no_two_share_a_number(
    crowded: list[list[list[tuple[int, Box]]]], overlap: int
) -> None:
    number, made = 0, []
    for chunk in crowded:
        number = max(0, number - overlap)
        made.append([sample(number + i, *(mover(track, box) for track, box in crowd)) for i, crowd in enumerate(chunk)])
        number += len(chunk)
    sewn = sew_chunks(made)
    assert all(before.time < after.time for before, after in pairwise(sewn))
    assert {each.time for each in sewn} == {each.time for chunk in made for each in chunk}
    assert all(len(set(row)) == len(row) for row in tracks(sewn))
    originals = {each.time: each for chunk in reversed(made) for each in chunk}
    assert all([m.box for m in each.movers] == [m.box for m in originals[each.time].movers] for each in sewn)


@settings(max_examples=30)
@given(chunks)
def test_within_a_chunk_numbers_stay_together_and_apart(crowded: list[list[list[tuple[int, Box]]]]) -> None:
    number, made = 0, []
    for chunk in crowded:
        made.append([sample(number + i, *(mover(track, box) for track, box in crowd)) for i, crowd in enumerate(chunk)])
        number += len(chunk)
    sewn = iter(sew_chunks(made))
    for samples in made:
        pairs = {
            (old.track, new.track)
            for before, after in zip(samples, sewn, strict=False)
            for old, new in zip(before.movers, after.movers, strict=True)
        }
        assert len({old for old, _ in pairs}) == len(pairs) == len({new for _, new in pairs})
