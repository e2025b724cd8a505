from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np

from appliance.domain.motion import MotionSample, MotionSignal, MoverSample
from appliance.domain.pose import Box

MOVER = MoverSample(track=1, box=Box(left=0, top=0, right=1, bottom=2), travel_hps=0.5, limb_hps=0.25)


def test_a_mover_that_no_model_was_asked_about_has_no_sighting_which_is_not_nobody() -> None:
    assert MOVER.sighting is None
    assert MoverSample(track=1, box=MOVER.box, travel_hps=0.5, limb_hps=0.25, sighting=0.0) != MOVER


def test_a_sample_may_show_nobody_and_travels_between_processes() -> None:
    sample = MotionSample(time=Fraction(1001, 30_000), camera_confidence=0.5)
    assert sample.movers == ()
    whole = MotionSample(time=sample.time, camera_confidence=0.5, movers=(MOVER,))
    assert pickle.loads(pickle.dumps(whole)) == whole


def test_signals_are_told_apart_by_identity_since_arrays_have_no_single_answer() -> None:
    row = np.zeros(2, np.float32)
    one, other = (
        MotionSignal(
            times_s=np.arange(2.0), speed_hps=row, travel_hps=row, limb_hps=row, people=np.zeros(2, np.int32), camera=row
        )
        for _ in range(2)
    )
    assert one == one  # noqa: PLR0124
    assert one != other
