from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.adapters.system.sweeping import SystemSweeper
from appliance.domain.errors import RinkreelError


def lay(path: Path, touched_at_s: float = 1000.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (touched_at_s, touched_at_s))
    return path


def test_a_folder_is_as_fresh_as_the_freshest_thing_in_it(tmp_path: Path) -> None:
    lay(tmp_path / "reels/a/001/x.mp4", 5000.0)
    for folder in ("reels/a/001", "reels/a"):
        os.utime(tmp_path / folder, (1000.0, 1000.0))
    (entry,) = SystemSweeper(tmp_path).entries(tmp_path / "reels")
    assert (entry.path, entry.touched_at_s, entry.is_folder, entry.names) == (
        tmp_path / "reels/a",
        5000.0,
        True,
        frozenset({"001"}),
    )


def test_hidden_things_are_passed_over_and_a_missing_folder_is_empty(tmp_path: Path) -> None:
    lay(tmp_path / "reels/.hidden")
    sweeper = SystemSweeper(tmp_path)
    assert sweeper.entries(tmp_path / "reels") == ()
    assert sweeper.entries(tmp_path / "nothing") == ()
    assert sweeper.find(tmp_path / "nothing", ["*"]) == ()


def test_unfinished_files_are_found_however_deep_and_hidden(tmp_path: Path) -> None:
    wanted = {lay(tmp_path / "features/i/.a.npz.x.part"), lay(tmp_path / "reels/i/001/.rinkreel-1/part").parent}
    lay(tmp_path / "features/i/a.npz")
    found = SystemSweeper(tmp_path).find(tmp_path, ["*.part", ".rinkreel-*"])
    assert {each.path for each in found} == wanted


def test_files_folders_and_what_is_gone_already_are_removed(tmp_path: Path) -> None:
    sweeper = SystemSweeper(tmp_path)
    lay(tmp_path / "reels/a/001/x.mp4")
    file = lay(tmp_path / "backups/one.db")
    for path in (tmp_path / "reels/a", file, tmp_path / "reels/never"):
        sweeper.remove(path)
    assert not (tmp_path / "reels/a").exists()
    assert not file.exists()
    assert (tmp_path / "reels").is_dir()


def test_a_link_is_removed_and_not_what_it_leads_to(tmp_path: Path) -> None:
    outside = lay(tmp_path / "outside/precious.mp4")
    (tmp_path / "data/reels").mkdir(parents=True)
    link = tmp_path / "data/reels/a"
    link.symlink_to(outside.parent)
    sweeper = SystemSweeper(tmp_path / "data")
    (entry,) = sweeper.entries(tmp_path / "data/reels")
    assert not entry.is_folder
    sweeper.remove(link)
    assert outside.exists()
    assert not link.is_symlink()


def test_nothing_is_removed_behind_a_link(tmp_path: Path) -> None:
    outside = lay(tmp_path / "outside/a/precious.mp4")
    (tmp_path / "data").mkdir()
    (tmp_path / "data/reels").symlink_to(tmp_path / "outside")
    with pytest.raises(ValueError, match="behind a link"):
        SystemSweeper(tmp_path / "data").remove(tmp_path / "data/reels/a")
    assert outside.exists()


@pytest.mark.parametrize("path", ["", "originals", "../elsewhere/a", "originals/../../elsewhere/a"])
def test_neither_the_root_nor_its_own_folders_nor_anything_outside_is_removed(tmp_path: Path, path: str) -> None:
    lay(tmp_path / "data/originals/a/x.mp4")
    lay(tmp_path / "elsewhere/a")
    with pytest.raises(ValueError, match="only what lies in"):
        SystemSweeper(tmp_path / "data").remove(tmp_path / "data" / path)
    assert (tmp_path / "data/originals/a/x.mp4").exists()
    assert (tmp_path / "elsewhere/a").exists()


def test_what_cannot_be_listed_is_said(tmp_path: Path) -> None:
    with pytest.raises(RinkreelError):
        SystemSweeper(tmp_path).entries(lay(tmp_path / "reels/file"))
