from __future__ import annotations

import errno
from pathlib import Path

import pytest

from appliance.adapters.file_moving import Mover
from appliance.adapters.originals import FolderOriginals
from appliance.domain.errors import DiskFull, Misconfigured, Unusable
from appliance.domain.place import DataFolder


def going_on() -> bool:
    return False


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    folder = DataFolder(root=tmp_path / "data")
    for each in folder.all_folders():
        each.mkdir(parents=True, exist_ok=True)
    return folder


def test_the_way_to_a_file_may_not_lead_through_a_link(data: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/a.mp4").write_bytes(b"secret")
    (data.footage / "way").symlink_to(tmp_path / "outside")
    with pytest.raises(Unusable, match="link"):
        FolderOriginals(data=data).fingerprint(data.footage / "way/a.mp4", going_on)


def test_the_share_itself_may_be_a_link_to_another_disk(data: DataFolder, tmp_path: Path) -> None:
    data.footage.rmdir()
    (tmp_path / "disk").mkdir()
    data.footage.symlink_to(tmp_path / "disk")
    (data.footage / "a.mp4").write_bytes(b"footage")
    assert FolderOriginals(data=data).fingerprint(data.footage / "a.mp4", going_on).stamp.size_bytes == 7


@pytest.mark.parametrize(("code", "kind"), [(errno.ENOSPC, DiskFull), (errno.EACCES, Misconfigured)])
def test_errors_of_the_file_system_become_the_products_own(data: DataFolder, code: int, kind: type[Exception]) -> None:
    def rename(source: Path, target: Path) -> None:
        raise OSError(code, "no")

    store = FolderOriginals(data=data, mover=Mover(rename=rename))
    source = data.footage / "a.mp4"
    source.write_bytes(b"footage")
    with store.claim("i"), pytest.raises(kind):
        store.move(source, data.original_folder("i") / "a.mp4", store.fingerprint(source, going_on), going_on)
    assert source.exists()


def test_a_note_that_was_told_stays_readable_for_people(data: DataFolder) -> None:
    store = FolderOriginals(data=data)
    with store.claim("i"):
        store.write_note("i", "what is to be done")
        store.mark_told("i")
    assert (data.original_folder("i") / "intake.told.json").read_text() == "what is to be done"
