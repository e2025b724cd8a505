"""The units of a box are closed up and understood; what needs systemd is tried where systemd is."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest


def needs(tool: str) -> pytest.MarkDecorator:
    """Skip by name where a tool is not installed."""
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed")


def unit(path: Path) -> configparser.ConfigParser:
    """A unit; of a key that is there several times, the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser


def test_the_appliance_writes_nowhere_but_into_its_data(repository: Path) -> None:
    service = unit(repository / "systemd" / "rinkreel.service")["Service"]
    assert (service["ProtectSystem"], service["ReadWritePaths"], service["User"]) == ("strict", "/srv/rinkreel", "rinkreel")
    assert (service["CapabilityBoundingSet"], service["NoNewPrivileges"]) == ("", "yes")


def test_stopping_waits_longer_than_the_appliance_takes_to_stop(repository: Path) -> None:
    from appliance.bootstrap.running import STOP_WITHIN_S

    assert int(unit(repository / "systemd" / "rinkreel.service")["Service"]["TimeoutStopSec"]) > STOP_WITHIN_S


@needs("systemd-analyze")
@pytest.mark.parametrize("name", ["rinkreel.service", "rinkreel-stick@.service"])
def test_every_unit_is_exposed_by_three_of_ten_at_most(repository: Path, name: str) -> None:
    place = repository / "systemd" / name
    command: list[str | Path] = ["systemd-analyze", "security", "--offline=true", "--threshold=30", "--no-pager", place]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stdout[-300:] + ended.stderr


@needs("systemd-analyze")
def test_systemd_understands_every_line_of_the_units(repository: Path) -> None:
    units = sorted(path for path in (repository / "systemd").iterdir() if path.suffix in {".service", ".target"})
    ended = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False, timeout=60)
    # What they start lies on a box, not here.
    complaints = [line for line in ended.stderr.splitlines() if "rinkreel" in line and "is not executable" not in line]
    assert complaints == []
