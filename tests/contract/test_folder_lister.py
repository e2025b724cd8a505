"""What everything that looks through the share promises; see ports.intake.FolderLister."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.adapters.share import ShareLister
from appliance.domain.errors import Transient
from appliance.ports.intake import FolderLister

from ..watching import HollowLister


@pytest.fixture(params=["share", "hollow"])
def lister(request: pytest.FixtureRequest) -> FolderLister:
    return ShareLister() if request.param == "share" else HollowLister(ShareLister())


class TestFolderLister:
    def test_every_file_is_listed_once_and_looks_the_same_by_itself(self, lister: FolderLister, tmp_path: Path) -> None:
        (tmp_path / "a/b").mkdir(parents=True)
        for name in ("a/b/hollow.mp4", "a/one.mp4", "two.mp4"):
            (tmp_path / name).write_bytes(name.encode())
        files = lister.list_share(tmp_path).files
        assert sorted(str(file.path.relative_to(tmp_path)) for file in files) == ["a/b/hollow.mp4", "a/one.mp4", "two.mp4"]
        assert all(lister.stamp_of(file.path) == file.stamp for file in files)

    def test_a_share_that_is_not_there_may_come_back(self, lister: FolderLister, tmp_path: Path) -> None:
        with pytest.raises(Transient):
            lister.list_share(tmp_path / "gone")

    def test_writers_are_noticed_and_full_folders_stay(self, lister: FolderLister, tmp_path: Path) -> None:
        path = tmp_path / "a.mp4"
        with path.open("wb"):
            assert lister.has_writer(path)
        lister.remove_empty(tmp_path)
        assert path.exists()
        assert lister.device_of(tmp_path) == path.stat().st_dev
