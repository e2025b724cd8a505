"""A wheel carries the built page to where the box looks for it, and is made without one too."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from appliance.bootstrap.page_finding import page_places
from requirements.install import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project that builds its wheels as this one does."""
    folder = tmp_path / "project"
    (folder / "appliance").mkdir(parents=True)
    (folder / "appliance" / "__init__.py").write_text("")
    (folder / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "wheel_page.py", folder / "requirements")
    (folder / "pyproject.toml").write_text(
        '[project]\nname = "rinkreel"\nversion = "1"\n'
        '[tool.hatch.build.targets.wheel]\npackages = ["appliance"]\ndev-mode-dirs = ["."]\n'
        '[tool.hatch.build.targets.wheel.hooks.custom]\npath = "requirements/wheel_page.py"\n'
    )
    return folder


def wheel_of(project: Path, version: str = "standard") -> list[str]:
    [wheel] = WheelBuilder(str(project)).build(directory=str(project / "out"), versions=[version])
    return zipfile.ZipFile(wheel).namelist()


def build_page(project: Path) -> None:
    assets = project / "web" / "dist" / "assets"
    assets.mkdir(parents=True)
    (assets.parent / "index.html").write_text("page")
    (assets.parent / ".built-from").write_text("hash")
    (assets / "main.js").write_text("script")


def test_the_built_page_lies_in_the_wheel_where_the_box_looks_first(project: Path) -> None:
    build_page(project)
    names = wheel_of(project)
    place = page_places()[0].relative_to(page_places()[0].parents[4]).as_posix()
    assert f"{place}/index.html" in names
    assert f"{place}/assets/main.js" in names
    assert not any("built-from" in name for name in names)


def test_a_wheel_without_a_built_page_is_made_and_says_so(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "appliance/__init__.py" in wheel_of(project)
    said = capsys.readouterr()
    assert "make page" in said.out + said.err


def test_an_editable_install_carries_no_second_page(project: Path) -> None:
    build_page(project)
    assert not any(name.endswith(".html") for name in wheel_of(project, "editable"))
