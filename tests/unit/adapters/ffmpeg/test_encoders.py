"""Twin of adapters/ffmpeg/encoders.py."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary, find_ffmpeg
from appliance.adapters.ffmpeg.encoders import RECIPES, choose_encoder, is_refusal, recipe_after, recipe_named, try_encoders
from appliance.domain.errors import Misconfigured


def fake(folder: Path, body: str) -> FfmpegBinary:
    """An ffmpeg that writes down each call and then does as told."""
    script = folder / "ffmpeg"
    script.write_text(f'#!/bin/sh\necho "$*" >> "{folder}/calls"\n{body}\n')
    script.chmod(0o755)
    return FfmpegBinary(path=script, version="9.0", origin="a test")


def test_hardware_is_preferred_and_the_cpu_comes_last() -> None:
    names = [recipe.name for recipe in RECIPES]
    assert (names[0], names[-1]) == ("h264_nvenc", "libx264")


def test_a_real_trial_shows_that_the_cpu_encodes() -> None:
    trials = {trial.name: trial for trial in try_encoders(find_ffmpeg())}
    assert trials["libx264"].works
    assert all(trial.why for trial in trials.values() if not trial.works)


def test_auto_takes_the_first_that_works_and_tries_no_further(tmp_path: Path) -> None:
    binary = fake(tmp_path, 'case "$*" in *h264_vaapi*) exit 0;; *) echo "[x @ 0x1] Cannot load libcuda.so.1" >&2; exit 1;; esac')
    assert choose_encoder(binary) == "h264_vaapi"
    assert "libx264" not in (tmp_path / "calls").read_text()


def test_each_trial_is_made_once_per_process(tmp_path: Path) -> None:
    binary = fake(tmp_path, "exit 0")
    assert choose_encoder(binary) == choose_encoder(binary) == "h264_nvenc"
    assert len((tmp_path / "calls").read_text().splitlines()) == 1


def test_a_wanted_encoder_that_fails_is_refused_with_what_works(tmp_path: Path) -> None:
    binary = fake(tmp_path, 'case "$*" in *libx264*) exit 0;; *) echo "[x @ 0x1] Cannot load libcuda.so.1" >&2; exit 1;; esac')
    with pytest.raises(Misconfigured, match=r"h264_nvenc does not work here: Cannot load libcuda\.so\.1") as caught:
        choose_encoder(binary, "h264_nvenc")
    assert "libx264" in caught.value.remedy


def test_when_none_works_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no H.264 encoder works"):  # noqa: RUF043
        choose_encoder(fake(tmp_path, "exit 1"))


def test_an_unknown_encoder_is_refused() -> None:
    with pytest.raises(Misconfigured, match="no encoder called 'h265'"):
        recipe_named("h265")


@pytest.mark.parametrize(
    "said",
    [
        "[h264_nvenc @ 0x5] OpenEncodeSessionEx failed: out of memory (10): (no details)",
        "[h264_nvenc @ 0x5] No capable devices found",
        "[h264_nvenc @ 0x5] Cannot load libcuda.so.1",
    ],
)
def test_what_drivers_say_when_they_refuse_is_known(said: str) -> None:
    assert is_refusal(said)


def test_a_broken_input_is_no_refusal() -> None:
    assert not is_refusal("Invalid data found when processing input")


def test_an_old_chip_that_lacks_what_is_asked_for_is_asked_for_less(tmp_path: Path) -> None:
    said = "[h264_nvenc @ 0x5] No capable devices found"
    binary = fake(tmp_path, f'case "$*" in *temporal-aq*) echo "{said}" >&2; exit 1;; esac')
    assert choose_encoder(binary) == "h264_nvenc"
    calls = (tmp_path / "calls").read_text().splitlines()
    assert ["temporal-aq" in call for call in calls] == [True, False]


def test_without_a_driver_nothing_milder_is_tried(tmp_path: Path) -> None:
    binary = fake(tmp_path, 'case "$*" in *libx264*) exit 0;; *) echo "[x @ 0x1] Cannot load libcuda.so.1" >&2; exit 1;; esac')
    assert choose_encoder(binary) == "libx264"
    assert sum("h264_nvenc" in call for call in (tmp_path / "calls").read_text().splitlines()) == 1


def test_after_a_refusal_come_milder_settings_and_then_the_processor() -> None:
    said = "[h264_nvenc @ 0x5] No capable devices found"
    milder = recipe_after(recipe_named("h264_nvenc"), said)
    assert milder is not None
    assert (milder.name, milder.mild) == ("h264_nvenc", ())
    software = recipe_after(milder, said)
    assert software is not None
    assert software.name == "libx264"
    assert recipe_after(software, said) is None


def test_when_others_hold_the_sessions_the_processor_does_it_at_once() -> None:
    following = recipe_after(recipe_named("h264_nvenc"), "OpenEncodeSessionEx failed: out of memory (10): (no details)")
    assert following is not None
    assert following.name == "libx264"


@pytest.mark.parametrize(
    ("said", "filters", "name"),
    [
        ("[Parsed_scale_cuda_4 @ 0x1] Unsupported input format: yuv422p10le", False, "h264_nvenc"),
        ("ffmpeg made no progress for 60 s and was stopped", False, "h264_nvenc"),
        ("[h264_nvenc @ 0x5] No capable devices found", True, "h264_nvenc"),
        ("[h264_nvenc @ 0x5] OpenEncodeSessionEx failed: out of memory (10): (no details)", True, "libx264"),
    ],
)
def test_filters_are_left_to_the_processor_unless_it_is_the_encoder_that_refuses(said: str, filters: bool, name: str) -> None:
    following = recipe_after(replace(recipe_named("h264_nvenc"), filters=frozenset({"scale_cuda"})), said)
    assert following is not None
    assert following.name == name
    assert bool(following.filters) == (filters and name == "h264_nvenc")


def test_a_full_disk_is_nothing_that_fewer_filters_mend() -> None:
    recipe = replace(recipe_named("h264_nvenc"), filters=frozenset({"scale_cuda"}))
    assert recipe_after(recipe, "Error writing trailer: No space left on device") is None


def test_damage_is_left_to_those_who_know_about_it() -> None:
    assert recipe_after(recipe_named("h264_nvenc"), "Invalid data found when processing input") is None
