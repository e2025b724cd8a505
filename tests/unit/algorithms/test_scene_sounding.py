from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from appliance.algorithms.scene_catalogue import empty_ice, spin
from appliance.algorithms.scene_sounding import BEEP_HZ, RATE_HZ, sound_scene


def loudness(sound: np.ndarray, start_s: float, end_s: float) -> float:
    return float(sound[int(start_s * RATE_HZ) : int(end_s * RATE_HZ)].std())


def test_sound_is_as_long_as_the_scene_and_within_range() -> None:
    scene = spin()
    sound = sound_scene(scene)
    assert sound.dtype == np.float32
    assert len(sound) == int(scene.length * RATE_HZ)
    assert np.abs(sound).max() <= 1.0


def test_the_same_scene_sounds_alike_twice() -> None:
    assert np.array_equal(sound_scene(empty_ice()), sound_scene(empty_ice()))


def test_blades_scrape_while_somebody_moves_and_the_hall_hums_all_the_time() -> None:
    sound = sound_scene(spin())
    assert loudness(sound, 4.0, 7.0) > 3 * loudness(sound, 0.5, 2.5) > 0.0
    assert loudness(sound, 8.5, 10.5) < 1.2 * loudness(sound, 0.5, 2.5)


def test_a_beep_starts_at_its_mark_to_the_millisecond() -> None:
    sound = sound_scene(replace(empty_ice(), marks=(Fraction(5, 4),)))
    onset = int(np.argmax(np.abs(sound) > 0.25)) / RATE_HZ
    assert 1.25 <= onset < 1.252
    beep = sound[int(1.26 * RATE_HZ) : int(1.34 * RATE_HZ)]
    rates = np.fft.rfftfreq(len(beep), 1 / RATE_HZ)
    assert abs(rates[np.abs(np.fft.rfft(beep)).argmax()] - BEEP_HZ) < 20


def test_a_mark_after_the_end_is_not_heard() -> None:
    assert np.array_equal(sound_scene(replace(empty_ice(), marks=(Fraction(60),))), sound_scene(empty_ice()))


def test_beeps_stand_out_over_the_loudest_skating() -> None:
    scene = replace(spin(), marks=(Fraction(5),))
    sound = np.abs(sound_scene(scene))
    assert np.flatnonzero(sound > 0.35)[0] / RATE_HZ == pytest.approx(5.0, abs=0.002)
