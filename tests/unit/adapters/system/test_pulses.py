from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.adapters.system import pulses
from appliance.adapters.system.pulses import Pulse, silences_s


def grown_silent(file: Path, for_s: float) -> None:
    """Let a program have beaten for the last time a while ago."""
    ns = file.stat().st_mtime_ns - int(for_s * 1e9)
    os.utime(file, ns=(ns, ns))


def test_a_program_that_never_beat_is_not_missed(tmp_path: Path) -> None:
    Pulse(tmp_path / "pulses", "ledger")
    assert silences_s(tmp_path / "pulses") == {}


def test_its_silence_begins_with_its_last_beat(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pulse = Pulse(tmp_path, "ledger")
    pulse.beat()
    assert silences_s(tmp_path)["ledger"] < 60
    grown_silent(tmp_path / "ledger", 1000)
    assert 1000 <= silences_s(tmp_path)["ledger"] < 1060
    monkeypatch.setattr(pulses, "BEAT_EVERY_S", 0.0)
    pulse.beat()
    assert silences_s(tmp_path)["ledger"] < 60


def test_two_beats_close_together_touch_the_disk_once(tmp_path: Path) -> None:
    pulse = Pulse(tmp_path, "ledger")
    pulse.beat()
    grown_silent(tmp_path / "ledger", 1000)
    pulse.beat()
    assert silences_s(tmp_path)["ledger"] >= 1000


def test_a_program_that_starts_anew_begins_without_the_silence_of_before(tmp_path: Path) -> None:
    Pulse(tmp_path, "ledger").beat()
    grown_silent(tmp_path / "ledger", 1000)
    Pulse(tmp_path, "ledger")
    assert silences_s(tmp_path) == {}


def test_a_beat_of_before_the_machine_was_started_anew_is_no_silence(tmp_path: Path) -> None:
    Pulse(tmp_path, "ledger").beat()
    grown_silent(tmp_path / "ledger", -(10**9))
    assert silences_s(tmp_path) == {"ledger": 0.0}


def test_where_nothing_can_be_written_nobody_has_a_pulse_and_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "pulses").write_text("no folder")
    Pulse(tmp_path / "pulses", "ledger").beat()
    assert silences_s(tmp_path / "pulses") == {}
