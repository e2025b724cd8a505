"""What a built wheel carries: the program and the list of models, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built with the locked build backend, without network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_list_of_models_is_inside_the_package(wheel: zipfile.ZipFile, repository: Path) -> None:
    assert wheel.read("appliance/data/manifest.toml") == (repository / "models" / "manifest.toml").read_bytes()


def test_every_source_file_of_the_product_is_inside(wheel: zipfile.ZipFile, files: tuple[Path, ...]) -> None:
    sources = {path.as_posix() for path in files if path.parts[0] == "appliance"}
    assert sources <= set(wheel.namelist())


def test_nothing_but_the_product_is_inside(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/", maxsplit=1)[0] for name in wheel.namelist() if ".dist-info/" not in name} == {"appliance"}


def test_licence_and_notice_travel_with_the_wheel(wheel: zipfile.ZipFile) -> None:
    names = [name.rsplit("/", maxsplit=1)[-1] for name in wheel.namelist()]
    assert "LICENSE" in names
    assert "NOTICE" in names


def test_the_command_starts_at_the_door_of_the_command_line(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "rinkreel = appliance.cli:main" in wheel.read(entry_points).decode()
