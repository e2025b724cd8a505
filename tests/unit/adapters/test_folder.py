from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.adapters.folder import FolderWalker
from appliance.domain.errors import Unusable


def make_file(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_folder_is_listed_to_its_bottom_in_order(tmp_path: Path) -> None:
    names = ["DCIM/100GOPRO/GX010001.MP4", "DCIM/100GOPRO/GX020001.MP4", "a.mp4"]
    for name in names:
        make_file(tmp_path / name, b"1234")
    listing = FolderWalker().walk([tmp_path])
    assert sorted(str(file.path.relative_to(tmp_path)) for file in listing.files) == names
    assert {file.size_bytes for file in listing.files} == {4}
    assert all(file.within == tmp_path and file.modified_s for file in listing.files)
    assert listing.ignored == []


def test_a_named_file_is_marked_as_named(tmp_path: Path) -> None:
    (file,) = FolderWalker().walk([make_file(tmp_path / "notes.txt")]).files
    assert file.is_named


@pytest.mark.parametrize("name", ["gone.mp4", "null\0byte"])
def test_a_named_thing_that_is_not_there_is_unusable(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unusable):
        FolderWalker().walk([tmp_path / name])


def test_a_named_pipe_is_unusable_and_never_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(Unusable, match="neither a file nor a folder"):
        FolderWalker().walk([tmp_path / "pipe.mp4"])
    listing = FolderWalker().walk([tmp_path])
    assert [(entry.path.name, entry.reason) for entry in listing.ignored] == [("pipe.mp4", "not a regular file")]


def test_links_to_files_count_once_and_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    clip = make_file(tmp_path / "card/clip.mp4")
    (tmp_path / "card/same.mp4").symlink_to(clip)
    (tmp_path / "card/loop").symlink_to(tmp_path / "card")
    (tmp_path / "card/gone.mp4").symlink_to(tmp_path / "nowhere.mp4")
    listing = FolderWalker().walk([tmp_path / "card"])
    assert [file.path.name for file in listing.files] == ["clip.mp4"]
    assert {entry.path.name: entry.reason for entry in listing.ignored} == {
        "same.mp4": "the same file as clip.mp4, which is listed already",
        "loop": "a link to a folder, which is not followed",
        "gone.mp4": "a link that leads nowhere",
    }


def test_a_link_to_a_file_elsewhere_is_listed(tmp_path: Path) -> None:
    clip = make_file(tmp_path / "elsewhere/clip.mp4")
    (tmp_path / "card").mkdir()
    (tmp_path / "card/link.mp4").symlink_to(clip)
    assert [file.path.name for file in FolderWalker().walk([tmp_path / "card"]).files] == ["link.mp4"]


def test_a_folder_that_cannot_be_read_is_noted_and_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_file(tmp_path / "a.mp4")
    make_file(tmp_path / "locked/b.mp4")
    scandir = os.scandir

    # Permissions do not stop the superuser, whom tests may run as.
    def guarded(folder: Path) -> object:
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", guarded)
    listing = FolderWalker().walk([tmp_path])
    assert [file.path.name for file in listing.files] == ["a.mp4"]
    assert [(entry.path.name, entry.reason) for entry in listing.ignored] == [
        ("locked", "this folder cannot be read: Permission denied")
    ]


def test_depth_and_number_are_bounded_and_said(tmp_path: Path) -> None:
    make_file(tmp_path / "1/2/3/deep.mp4")
    for number in range(5):
        make_file(tmp_path / f"{number}.mp4")
    deep = FolderWalker(max_depth=2).walk([tmp_path])
    assert len(deep.files) == 5
    assert [entry.reason for entry in deep.ignored] == ["more than 2 folders deep"]
    many = FolderWalker(max_files=3).walk([tmp_path])
    assert len(many.files) == 3
    assert [entry.reason for entry in many.ignored] == ["more than 3 files; the rest is left out"]


def test_the_same_file_named_and_walked_is_listed_as_named_too(tmp_path: Path) -> None:
    clip = make_file(tmp_path / "clip.mp4")
    listing = FolderWalker().walk([tmp_path, clip])
    assert [file.is_named for file in listing.files] == [False, True]
