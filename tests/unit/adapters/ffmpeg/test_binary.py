"""Twin of adapters/ffmpeg/binary.py."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.domain.errors import Misconfigured


def script(folder: Path, answer: str) -> Path:
    path = folder / "ffmpeg"
    path.write_text(f"#!/bin/sh\necho '{answer}'\n")
    path.chmod(0o755)
    return path


def test_the_packaged_ffmpeg_is_found_without_settings() -> None:
    found = find_ffmpeg()
    assert found.path.is_file()
    assert found.version


def test_a_wanted_ffmpeg_wins(tmp_path: Path) -> None:
    wanted = script(tmp_path, "ffmpeg version 7.1.1 Copyright")
    found = find_ffmpeg(wanted)
    assert (found.path, found.version, found.origin) == (wanted, "7.1.1", "named in the settings")


def test_without_the_package_the_path_is_searched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setenv("PATH", str(script(tmp_path, "ffmpeg version 5.1.9-0 Copyright").parent))
    assert find_ffmpeg().origin == "on the PATH"


def test_without_any_ffmpeg_the_remedy_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Misconfigured, match="no ffmpeg was found") as caught:
        find_ffmpeg()
    assert "imageio-ffmpeg" in caught.value.remedy


def test_a_wanted_ffmpeg_that_is_missing_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="does not run"):
        find_ffmpeg(tmp_path / "nowhere")


def test_a_program_that_is_no_ffmpeg_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="is not an ffmpeg"):
        find_ffmpeg(script(tmp_path, "hello"))


def test_an_ffmpeg_that_is_too_old_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="5\\.1 or newer"):
        find_ffmpeg(script(tmp_path, "ffmpeg version 4.4.2-0ubuntu0 Copyright"))
