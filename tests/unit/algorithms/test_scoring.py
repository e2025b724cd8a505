from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.scoring import fill_unknown, persons_among, signal_from_samples, smooth
from appliance.domain.motion import MotionSample, MoverSample
from appliance.domain.pose import Box

BOX = Box(left=0, top=0, right=10, bottom=20)


def mover(track: int, travel_hps: float = 0.0, limb_hps: float = 0.0, sighting: float | None = None) -> MoverSample:
    return MoverSample(track=track, box=BOX, travel_hps=travel_hps, limb_hps=limb_hps, sighting=sighting)


def sampled(rows: Sequence[Sequence[MoverSample]], camera: Sequence[float] | None = None) -> list[MotionSample]:
    confidences = camera if camera is not None else [1.0] * len(rows)
    return [
        MotionSample(time=Fraction(index, 8), camera_confidence=confidence, movers=tuple(row))
        for index, (row, confidence) in enumerate(zip(rows, confidences, strict=True))
    ]


def looks_at(track: int, *evidence: float | None) -> list[MotionSample]:
    return sampled([[mover(track, sighting=look)] for look in evidence])


def test_a_mover_that_was_surely_seen_to_be_a_person_is_one() -> None:
    assert persons_among(looks_at(3, None, 0.9, None, 0.95, 1.0)) == {3}


def test_somebody_who_was_seen_now_and_then_stays_a_person() -> None:
    assert persons_among(looks_at(3, 0.0, 0.9, 0.0, 0.0, 0.8, 0.0, 0.9)) == {3}


def test_a_car_that_was_now_and_then_taken_for_a_person_is_none() -> None:
    evidence = [0.2 if index % 12 == 0 else 0.0 for index in range(120)]
    assert persons_among(looks_at(3, *evidence)) == frozenset()


def test_a_machine_that_passes_before_people_who_stand_is_none_of_them() -> None:
    seen, nobody = [1.0, 1.0], [0.0] * 6
    assert persons_among(looks_at(3, *nobody, *seen)) == frozenset()
    assert persons_among(looks_at(3, *nobody, *seen, 1.0, 1.0)) == {3}


def test_few_looks_say_little_about_who_is_seen_seldom() -> None:
    assert persons_among(looks_at(3, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0)) == {3}


def test_a_mover_that_no_model_was_asked_about_is_nobody() -> None:
    assert persons_among(looks_at(3, None, None)) == frozenset()
    assert persons_among([]) == frozenset()


def test_movers_are_judged_apart_from_each_other() -> None:
    rows = [[mover(1, sighting=1.0), mover(2, sighting=0.0)], [mover(1, sighting=1.0), mover(2, sighting=0.1)]]
    assert persons_among(sampled(rows)) == {1}


@given(st.lists(st.floats(0, 1), max_size=40), st.integers(0, 40))
def test_more_looks_that_see_nobody_never_make_a_person(evidence: list[float], more: int) -> None:
    if not persons_among(looks_at(1, *evidence)):
        assert not persons_among(looks_at(1, *evidence, *[0.0] * more))


def person(track: int, count: int, travel_hps: float, limb_hps: float = 0.0) -> list[MoverSample]:
    return [mover(track, travel_hps, limb_hps, sighting=1.0) for _ in range(count)]


def test_the_signal_is_that_of_the_fastest_person() -> None:
    rows = list(zip(person(1, 9, 0.5), person(2, 9, 0.3, 0.8), strict=True))
    signal = signal_from_samples(sampled(rows))
    assert signal.speed_hps == pytest.approx(np.full(9, np.hypot(0.3, 0.8)))
    assert signal.travel_hps == pytest.approx(np.full(9, 0.3))
    assert signal.limb_hps == pytest.approx(np.full(9, 0.8))
    assert signal.people.tolist() == [2] * 9


def test_what_is_no_person_adds_nothing_however_fast() -> None:
    rows = [(one, mover(2, 9.0, sighting=0.0)) for one in person(1, 9, 0.5)]
    signal = signal_from_samples(sampled(rows))
    assert signal.speed_hps == pytest.approx(np.full(9, 0.5))
    assert signal.people.tolist() == [1] * 9


def test_samples_without_anybody_are_still() -> None:
    signal = signal_from_samples(sampled([[]] * 5))
    assert signal.speed_hps.tolist() == [0.0] * 5
    assert signal.times_s.tolist() == [0.0, 0.125, 0.25, 0.375, 0.5]


def test_nothing_watched_is_an_empty_signal() -> None:
    signal = signal_from_samples([])
    assert {len(values) for values in (signal.times_s, signal.speed_hps, signal.people, signal.camera)} == {0}


def test_a_signal_has_the_types_it_promises() -> None:
    signal = signal_from_samples(sampled([[]] * 3))
    assert signal.times_s.dtype == np.float64
    assert {values.dtype for values in (signal.speed_hps, signal.travel_hps, signal.limb_hps, signal.camera)} == {
        np.dtype(np.float32)
    }
    assert signal.people.dtype == np.int32


def test_while_the_camera_is_unknown_the_neighbours_speak() -> None:
    wild = [mover(1, 0.5 if index not in (4, 5) else 30.0, sighting=1.0) for index in range(10)]
    camera = [1.0 if index not in (4, 5) else 0.0 for index in range(10)]
    signal = signal_from_samples(sampled([[one] for one in wild], camera))
    assert signal.speed_hps == pytest.approx(np.full(10, 0.5))
    assert signal.camera.tolist() == camera


def test_a_single_outlier_is_no_motion() -> None:
    rows = [[mover(1, 8.0 if index == 5 else 0.0, sighting=1.0)] for index in range(11)]
    assert signal_from_samples(sampled(rows)).speed_hps.max() == 0


def test_smoothing_leaves_edges_where_they_are() -> None:
    assert smooth(np.array([0, 0, 9, 0, 0, 1, 1, 0, 1, 1.0])).tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]


values = st.lists(st.floats(0, 10), max_size=30)


@given(values)
def test_smoothing_keeps_the_length_and_stays_between_the_least_and_the_greatest(given_values: list[float]) -> None:
    smoothed = smooth(np.array(given_values, np.float64))
    assert smoothed.shape == (len(given_values),)
    if given_values:
        assert min(given_values) - 1e-9 <= smoothed.min() <= smoothed.max() <= max(given_values) + 1e-9


@given(values.filter(len), st.data())
def test_filling_changes_only_what_is_unknown_and_invents_no_extremes(given_values: list[float], data: st.DataObject) -> None:
    unknown = np.array([data.draw(st.booleans()) for _ in given_values])
    times_s, before = np.arange(len(given_values)) / 8, np.array(given_values)
    after = fill_unknown(times_s, before, unknown)
    assert after[~unknown].tolist() == before[~unknown].tolist()
    if unknown.all():
        assert after.tolist() == before.tolist()
    else:
        known = before[~unknown]
        assert known.min() - 1e-9 <= after.min() <= after.max() <= known.max() + 1e-9
