"""The units of a box are closed up and understood; what needs systemd is tried where systemd is."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]


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


def test_the_watchdog_hears_the_caretaker_and_waits_for_many_of_its_words(repository: Path) -> None:
    from appliance.adapters.supervisor.configuration import HEARD

    service = unit(repository / "systemd" / "rinkreel.service")["Service"]
    assert (service["Type"], service["NotifyAccess"], service["Restart"]) == ("notify", "all", "always")
    [tick_s] = re.findall(r"TICK_(\d+)", HEARD)
    assert int(service["WatchdogSec"]) >= 10 * int(tick_s)


@needs("systemd-analyze")
@pytest.mark.parametrize("name", ["rinkreel.service", "rinkreel-stick@.service", "rinkreel-headquarters.service"])
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


def options_of(role: Path) -> dict[str, dict[str, object]]:
    """What a role may be told."""
    specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    options: dict[str, dict[str, object]] = specs["argument_specs"]["main"]["options"]
    return options


def test_every_role_says_what_it_may_be_told(repository: Path) -> None:
    roles = sorted(path for path in (repository / "ansible" / "roles").iterdir() if path.is_dir())
    assert {path.name for path in roles} >= {
        "host",
        "time",
        "storage",
        "samba",
        "gpu",
        "nats",
        "fleet",
        "appliance",
        "monitoring",
        "firewall",
    }
    for role in roles:
        told = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]["main"][
            "options"
        ]
        defaults = yaml.safe_load((role / "defaults" / "main.yml").read_text(encoding="utf-8"))
        optional = {name: option["default"] for name, option in told.items() if not option.get("required")}
        assert optional == defaults, role.name
        assert all("type" in option and "description" in option for option in told.values()), role.name


def test_the_sample_says_what_is_required_and_nothing_that_no_role_knows(repository: Path) -> None:
    ansible = repository / "ansible"
    options: dict[str, bool] = {}
    for path in ansible.glob("roles/*/meta/argument_specs.yml"):
        told = options_of(path.parents[1])
        options |= {name: bool(option.get("required")) for name, option in told.items()}
    sample = ansible / "inventory" / "sample"
    said = {name: yaml.safe_load((sample / "group_vars/rinks" / f"{name}.yml").read_text()) for name in ("required", "optional")}
    assert set(said["required"]) == {name for name, required in options.items() if required}
    assert set(said["optional"]) <= {name for name, required in options.items() if not required}
    secrets = set(yaml.safe_load((sample / "vault.example.yml").read_text()))
    assert set(re.findall(r"\bvault_\w+", str(said))) == secrets


def test_the_collection_has_the_products_version(repository: Path) -> None:
    from appliance import __version__

    assert yaml.safe_load((repository / "ansible" / "galaxy.yml").read_text(encoding="utf-8"))["version"] == __version__


def test_an_upgrade_tries_one_box_first_and_stops_at_the_first_that_fails(repository: Path) -> None:
    [play] = yaml.safe_load((repository / "ansible" / "playbooks" / "upgrade.yml").read_text(encoding="utf-8"))
    assert (play["serial"], play["max_fail_percentage"]) == ([1, "10%", "100%"], 0)


@needs("shellcheck")
def test_scripts_are_clean_shell(repository: Path, files: tuple[Path, ...]) -> None:
    scripts = [path for path in files if (repository / path).read_bytes().startswith((b"#!/bin/sh", b"#!/usr/bin/env bash"))]
    assert {path.name for path in scripts} >= {"run", "rinkreel-release"}
    ended = subprocess.run(["shellcheck", *scripts], cwd=repository, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stdout


@needs("yamllint")
def test_playbooks_and_roles_are_clean_yaml(repository: Path) -> None:
    ended = subprocess.run(["yamllint", "--strict", "."], cwd=repository / "ansible", capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout


@needs("ansible-lint")
def test_playbooks_and_roles_meet_the_production_profile(repository: Path) -> None:
    command = ["ansible-lint", "--offline", "--nocolor"]
    ended = subprocess.run(command, cwd=repository / "ansible", capture_output=True, text=True, check=False, timeout=300)
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr[-1000:]
