from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.adapters.system.folders import folder_trouble


def test_a_folder_that_can_be_written_is_well(tmp_path: Path) -> None:
    assert folder_trouble(tmp_path) == ""


def test_a_folder_that_is_not_there_is_trouble(tmp_path: Path) -> None:
    assert "not there" in folder_trouble(tmp_path / "reels")


def test_a_share_without_its_marker_is_not_mounted(tmp_path: Path) -> None:
    assert "not mounted" in folder_trouble(tmp_path, "MARKER")
    (tmp_path / "MARKER").write_bytes(b"")
    assert folder_trouble(tmp_path, "MARKER") == ""


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "reels").write_bytes(b"")
    assert "not there" in folder_trouble(tmp_path / "reels")


def test_a_disk_that_cannot_be_written_is_trouble() -> None:
    read_only = next((path for path in map(Path, ("/sys", "/proc/sys")) if path.is_dir() and _is_read_only(path)), None)
    if read_only is None:
        pytest.skip("this machine has no disk that is read-only")
    assert folder_trouble(read_only) != ""


def _is_read_only(path: Path) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
