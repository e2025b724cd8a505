from __future__ import annotations

import argparse
from fractions import Fraction

import pytest

from appliance.cli.options import (
    SETTING_OF,
    add_common_options,
    add_reel_options,
    add_watching_options,
    duration,
    flags_from,
    number,
)
from appliance.settings import known_keys, load_settings


def parsed(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    for add in (add_common_options, add_reel_options, add_watching_options):
        add(parser)
    return parser.parse_args(words)


def test_every_option_sets_a_setting_that_exists() -> None:
    known = {f"{section}.{key}" for section, keys in known_keys().items() for key in keys}
    assert set(SETTING_OF.values()) <= known
    assert set(SETTING_OF) <= set(vars(parsed()))


def test_what_is_given_becomes_settings_and_the_rest_stays_default() -> None:
    args = parsed("--budget", "3m", "--pad-before", "1.5", "--threshold", "0.3", "--workers", "2", "--target-fps", "30000/1001")
    settings = load_settings(flags=flags_from(args), environment={})
    assert settings.reel.rule().budget == 180
    assert settings.reel.rule().pad_before == Fraction(3, 2)
    assert settings.motion.rule().movement_threshold_hps == pytest.approx(0.3)
    assert settings.watching.processes == 2
    assert settings.watching.target_fps == Fraction(30000, 1001)
    assert settings.reel.rule().pad_after == load_settings(environment={}).reel.rule().pad_after


@pytest.mark.parametrize("text", ["soon", "-1", ""])
def test_a_senseless_duration_is_a_usage_error(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="a duration looks like"):
        duration(text)


@pytest.mark.parametrize("text", ["fast", "0", "-2", "1/0"])
def test_a_senseless_number_is_a_usage_error(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        number(text)


def test_exact_cuts_are_a_flag_of_their_own() -> None:
    assert load_settings(flags=flags_from(parsed("--exact")), environment={}).reel.cutting == "exact"
    assert load_settings(flags=flags_from(parsed()), environment={}).reel.cutting == "auto"
