from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.algorithms.sizing import body_sizes, samples_of_mover, travel_share
from appliance.algorithms.tracking import Body, Mover

from ...seen_movers import RATE_HZ, box_at, curve_of, mover_of, observed

HEIGHT_PX = 100.0
BODY = box_at(160, 90, 40, HEIGHT_PX)
RATES_HZ = [RATE_HZ] * 100


def drifting(drifts_px: list[tuple[float, float]], *, unity: float = 1.0) -> Mover:
    """A body of known size whose common motion is given sample by sample."""
    speeds = [float(np.hypot(*drift)) / max(unity, 0.01) for drift in drifts_px]
    return mover_of(
        *(
            observed(number, BODY, curve_of(speed, drift, unity), seen=BODY)
            for number, (drift, speed) in enumerate(zip(drifts_px, speeds, strict=True))
        )
    )


def sightings(heights_px: list[float | None]) -> Mover:
    """A mover whose region is small, seen with these body heights; None where no model was asked."""
    region = box_at(160, 90, 10, 20)
    return mover_of(
        *(
            observed(number, region, curve_of(1.0), seen=None if height is None else box_at(160, 90, 0.4 * height, height))
            for number, height in enumerate(heights_px)
        )
    )


@settings(max_examples=30)
@given(st.lists(st.just(100.0), min_size=6, max_size=20), st.integers(0, 19), st.floats(1, 2000))
def test_one_wild_sighting_does_not_change_a_bodys_size(heights: list[float], place: int, wild: float) -> None:
    inside = 2 + place % (len(heights) - 4)
    mover = sightings([wild if index == inside else height for index, height in enumerate(heights)])
    assert body_sizes(mover)[:, 0] == pytest.approx(100.0)


def test_between_sightings_the_size_goes_over_from_one_to_the_other_and_is_held_outside() -> None:
    sizes = body_sizes(sightings([None, None, *[100.0] * 5, None, None, None, *[140.0] * 5, None]))[:, 0]
    assert sizes[:3] == pytest.approx(100)
    assert 100 < sizes[7] < sizes[8] < sizes[9] < 140
    assert sizes[-3:] == pytest.approx(140)


def test_a_mover_that_was_never_seen_is_as_large_as_its_region() -> None:
    assert body_sizes(sightings([None, None]))[0] == pytest.approx([20, 10])


def test_a_mover_that_was_never_seen_itself_has_the_size_of_the_largest_body_it_touched() -> None:
    leg = box_at(160, 120, 20, 30)
    bodies = tuple(Body(box=box, curve=curve_of(1.0)) for box in (box_at(160, 90, 40, 50), BODY))
    mover = mover_of(observed(0, leg, curve_of(1.0)), observed(1, leg, curve_of(1.0), bodies=bodies))
    assert body_sizes(mover)[:, 0] == pytest.approx([100, 100])


def test_a_body_seen_from_the_side_is_not_taken_for_a_line() -> None:
    mover = mover_of(observed(0, BODY, curve_of(1.0), seen=box_at(160, 90, 2, 100)))
    height, width = body_sizes(mover)[0]
    assert width > 0.15 * height


def test_somebody_who_sways_hardly_travels() -> None:
    swaying = drifting([(1.0 if number % 4 < 2 else -1.0, 0.0) for number in range(24)])
    assert travel_share(swaying, np.full(24, HEIGHT_PX)).max() < 0.2
    assert max(sample.travel_hps for _, sample in samples_of_mover(swaying, RATES_HZ)) < 0.02


def test_somebody_who_crosses_the_ice_travels_at_every_moment() -> None:
    crossing = drifting([(10.0, 1.0)] * 24)
    assert travel_share(crossing, np.full(24, HEIGHT_PX)).min() == 1
    speeds = [sample.travel_hps for _, sample in samples_of_mover(crossing, RATES_HZ)]
    assert speeds == pytest.approx([np.hypot(10, 1) / HEIGHT_PX * RATE_HZ] * 24)


def test_somebody_who_spins_moves_too_and_gets_around() -> None:
    turn = [(8 * np.cos(angle), 8 * np.sin(angle)) for angle in np.linspace(0, 6 * np.pi, 24)]
    spinning = drifting(turn, unity=0.4)
    assert travel_share(spinning, np.full(24, HEIGHT_PX)).min() > 0.5
    samples = [sample for _, sample in samples_of_mover(spinning, RATES_HZ)]
    assert min(sample.limb_hps for sample in samples) > 0.5
    assert min(sample.travel_hps for sample in samples) > 0.1


def test_a_shaking_camera_s_rest_is_no_travel_for_a_near_body_nor_for_one_twice_as_near() -> None:
    shaking = drifting([(1.0 if number % 2 else -1.0, 0.5) for number in range(4)] * 6)
    assert travel_share(shaking, np.full(24, 400.0)).max() == 0


@settings(max_examples=30)
@given(st.floats(0.25, 4.0))
def test_near_and_far_skaters_are_judged_alike(factor: float) -> None:
    curve = curve_of(10 * factor, (10 * factor, 0.0), 0.8)
    body = box_at(160, 90, 40 * factor, 100 * factor)
    samples = samples_of_mover(mover_of(*(observed(n, body, curve, seen=body) for n in range(9))), RATES_HZ)
    assert [sample.travel_hps for _, sample in samples] == pytest.approx([10 / 100 * RATE_HZ * 0.8] * 9, rel=1e-5)


def test_speeds_are_per_second_whatever_the_rate_of_samples() -> None:
    slow, fast = (
        samples_of_mover(mover_of(*(observed(n, BODY, curve_of(px, (px, 0.0), 1.0), seen=BODY) for n in range(9))), [hz] * 9)
        for px, hz in ((20.0, 4.0), (10.0, 8.0))
    )
    assert [sample.travel_hps for _, sample in slow] == pytest.approx([sample.travel_hps for _, sample in fast])


def test_common_motion_is_travel_and_the_rest_is_limbs() -> None:
    together, apart = (samples_of_mover(drifting([(10.0 * unity, 0.0)] * 9, unity=unity), RATES_HZ)[4][1] for unity in (1.0, 0.1))
    assert together.limb_hps == 0 < together.travel_hps
    assert apart.travel_hps < 0.2 * apart.limb_hps


def test_samples_carry_the_movers_number_place_and_sightings() -> None:
    mover = mover_of(observed(3, BODY, curve_of(1.0)), observed(5, BODY, curve_of(1.0), seen=BODY), track=7)
    (first, unasked), (second, asked) = samples_of_mover(mover, RATES_HZ)
    assert (first, second) == (3, 5)
    assert (unasked.sighting, asked.sighting) == (None, 1.0)
    assert unasked.track == asked.track == 7
    assert unasked.box == BODY


def test_in_a_crowd_the_fastest_body_counts() -> None:
    bodies = tuple(Body(box=BODY.moved(x, 0), curve=curve_of(px)) for x, px in ((0, 1.0), (50, 12.0), (100, 3.0)))
    ((_, sample),) = samples_of_mover(mover_of(observed(0, BODY.grown(60), curve_of(0.0), bodies=bodies)), RATES_HZ)
    assert sample.limb_hps == pytest.approx(12 / HEIGHT_PX * RATE_HZ)
