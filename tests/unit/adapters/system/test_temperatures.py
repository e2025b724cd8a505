from __future__ import annotations

from pathlib import Path

from appliance.adapters.system.temperatures import read_temperatures


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_sensors_are_read_by_their_names(tmp_path: Path) -> None:
    write(tmp_path / "hwmon" / "hwmon0" / "name", "coretemp\n")
    write(tmp_path / "hwmon" / "hwmon0" / "temp1_input", "52000\n")
    write(tmp_path / "hwmon" / "hwmon0" / "temp1_label", "Package id 0\n")
    write(tmp_path / "hwmon" / "hwmon0" / "temp2_input", "48500\n")
    write(tmp_path / "thermal" / "thermal_zone0" / "type", "cpu-thermal\n")
    write(tmp_path / "thermal" / "thermal_zone0" / "temp", "61250\n")
    assert read_temperatures(tmp_path) == {"coretemp Package id 0": 52.0, "coretemp temp2": 48.5, "cpu-thermal": 61.25}


def test_what_is_not_connected_or_says_nothing_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "thermal" / "thermal_zone0" / "temp", "-273000\n")
    write(tmp_path / "thermal" / "thermal_zone1" / "temp", "warm\n")
    write(tmp_path / "thermal" / "thermal_zone2" / "temp", "40000\n")
    assert read_temperatures(tmp_path) == {"thermal_zone2": 40.0}


def test_a_machine_without_sensors_has_none(tmp_path: Path) -> None:
    assert read_temperatures(tmp_path) == {}
    assert all(-40 < celsius < 150 for celsius in read_temperatures().values())
