"""Imports point down only. The floors are data, in pyproject.toml; import-linter holds the house to them."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

FLOORS = [
    "__main__",
    "cli",
    "bootstrap",
    "services | adapters | settings",
    "pipeline",
    "stages",
    "ports",
    "algorithms",
    "domain",
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a folder that holds pyproject.toml and appliance/."""
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def small_house(tmp_path: Path, repository: Path) -> Path:
    """A house with the same rules and one empty room on every floor."""
    shutil.copy(repository / "pyproject.toml", tmp_path)
    package = tmp_path / "appliance"
    package.mkdir()
    rooms = [name.strip() for floor in FLOORS for name in floor.split("|")]
    for room in ("__init__", *rooms):
        (package / f"{room}.py").write_text("")
    return tmp_path


def test_every_import_in_the_house_points_down(repository: Path) -> None:
    result = lint_imports(repository)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_floors_are_those_of_the_plan_and_none_may_be_added_unseen(repository: Path) -> None:
    contracts = tomllib.loads((repository / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [contract for contract in contracts if contract["type"] == "layers"]
    assert [contract["layers"] for contract in layers] == [FLOORS]
    assert layers[0]["exhaustive"] is True
    assert "ignore_imports" not in layers[0]


def test_a_house_with_nothing_in_it_passes(small_house: Path) -> None:
    assert lint_imports(small_house).returncode == 0


@pytest.mark.parametrize(
    ("room", "imported"), [("domain", "adapters"), ("stages", "pipeline"), ("services", "adapters"), ("adapters", "settings")]
)
def test_an_import_that_points_up_or_sideways_is_refused(small_house: Path, room: str, imported: str) -> None:
    (small_house / "appliance" / f"{room}.py").write_text(f"import appliance.{imported}\n")
    result = lint_imports(small_house)
    assert result.returncode == 1
    assert f"appliance.{room} -> appliance.{imported}" in result.stdout


def test_a_room_on_no_floor_is_refused(small_house: Path) -> None:
    (small_house / "appliance" / "attic.py").write_text("")
    assert lint_imports(small_house).returncode == 1
