from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.adapters.share import ShareLister
from appliance.domain.errors import Transient


def put(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_files_are_listed_with_their_drop_their_place_and_their_stamp(tmp_path: Path) -> None:
    put(tmp_path / "Friday/DCIM/100/one.mp4", b"1234")
    loose = put(tmp_path / "loose.mp4")
    listing = ShareLister().list_share(tmp_path)
    assert [(file.top, file.place, file.stamp.size_bytes) for file in listing.files] == [
        ("", "loose.mp4", 1),
        ("Friday", "DCIM/100/one.mp4", 4),
    ]
    assert listing.files[0].stamp.modified_ns == loose.stat().st_mtime_ns
    assert listing.identity == (tmp_path.stat().st_dev, tmp_path.stat().st_ino)


def test_folders_of_operating_systems_at_the_top_are_not_looked_into(tmp_path: Path) -> None:
    put(tmp_path / ".Trashes/one.mp4")
    put(tmp_path / "$RECYCLE.BIN/one.mp4")
    assert ShareLister().list_share(tmp_path).files == ()


def test_links_and_pipes_are_passed_over_with_a_reason(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside/one.mp4")
    share = tmp_path / "share"
    (share / "a").mkdir(parents=True)
    (share / "a/link.mp4").symlink_to(outside)
    (share / "a/way").symlink_to(outside.parent)
    os.mkfifo(share / "a/pipe.mp4")
    listing = ShareLister().list_share(share)
    assert listing.files == ()
    assert {(entry.top, entry.place): entry.reason for entry in listing.passed_over} == {
        ("a", "link.mp4"): "a link, which is not followed",
        ("a", "way"): "a link, which is not followed",
        ("a", "pipe.mp4"): "not a regular file",
    }


def test_a_folder_that_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "a/locked/b.mp4")
    scandir = os.scandir

    # Permissions do not stop the superuser, whom tests may run as.
    def guarded(folder: str) -> object:
        if str(folder).endswith("locked"):
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", guarded)
    (entry,) = ShareLister().list_share(tmp_path).unread
    assert (entry.top, entry.place, entry.reason) == ("a", "locked", "this folder cannot be read: Permission denied")


def test_depth_and_number_are_bounded_and_said(tmp_path: Path) -> None:
    put(tmp_path / "a/1/2/3/deep.mp4")
    for number in range(5):
        put(tmp_path / f"b/{number}/x.mp4")
    deep = ShareLister(max_depth=2).list_share(tmp_path)
    assert [entry.reason for entry in deep.passed_over] == ["more than 2 folders deep"]
    many = ShareLister(max_files=3).list_share(tmp_path)
    assert len(many.files) == 3
    assert [entry.reason for entry in many.unread] == ["more than 3 files; the rest is left for later"]


def test_a_share_that_is_not_there_may_come_back(tmp_path: Path) -> None:
    with pytest.raises(Transient):
        ShareLister().list_share(tmp_path / "gone")
    with pytest.raises(Transient):
        ShareLister().device_of(tmp_path / "gone")


def test_a_name_that_is_no_text_becomes_text_and_keeps_its_path(tmp_path: Path) -> None:
    path = put(Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff/b\xfe.mp4")))
    (file,) = ShareLister().list_share(tmp_path).files
    assert (file.top, file.place, file.path) == ("a\\xff", "b\\xfe.mp4", path)


def test_only_empty_folders_are_removed(tmp_path: Path) -> None:
    (tmp_path / "a/empty/below").mkdir(parents=True)
    put(tmp_path / "a/full/x.mp4")
    (tmp_path / "b/empty").mkdir(parents=True)
    for name in ("a", "b"):
        ShareLister().remove_empty(tmp_path / name)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == ["a", "a/full", "a/full/x.mp4"]


def test_a_look_at_anything_but_a_file_shows_nothing(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(put(tmp_path / "file"))
    lister = ShareLister()
    assert lister.stamp_of(tmp_path / "file")
    assert [lister.stamp_of(tmp_path / name) for name in ("link", "gone", ".")] == [None, None, None]
    assert lister.device_of(tmp_path) == tmp_path.stat().st_dev
