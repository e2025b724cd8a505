"""A share through hard times: disks that go away or fill up, a silent ledger, unreadable files, odd names, too many of them."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from appliance.adapters.file_moving import Mover
from appliance.adapters.originals import FolderOriginals
from appliance.adapters.share import ShareLister
from appliance.domain.errors import Transient
from appliance.domain.job import Fate
from appliance.domain.place import DataFolder
from tests.media_files import write_clip
from tests.watching import GIVE_UP_S, REST_S, Rink


@pytest.fixture
def rink(tmp_path: Path) -> Rink:
    return Rink(data=DataFolder(root=tmp_path / "data"))


def test_without_its_marker_the_share_is_not_there_and_intake_waits(tmp_path: Path) -> None:
    rink = Rink(data=DataFolder(root=tmp_path / "data"), mount_marker=".mounted")
    rink.film("a/one.mp4")
    rink.look(5)
    assert rink.jobs() == []
    assert ".mounted" in rink.ledger.notices_by_key["mount"].why
    rink.put(".mounted", b"")
    rink.look_until_settled()
    assert rink.ledger.notices_by_key == {}
    assert list(rink.items()) == ["one"]
    assert rink.in_share() == [".mounted"]


def test_a_share_that_goes_away_does_not_make_its_files_vanish(tmp_path: Path) -> None:
    rink = Rink(data=DataFolder(root=tmp_path / "data"), mount_marker=".mounted")
    rink.put(".mounted", b"")
    rink.film("a/one.mp4")
    rink.look()
    share, elsewhere = rink.data.footage, tmp_path / "elsewhere"
    share.rename(elsewhere)
    share.mkdir()
    rink.look(10)
    share.rmdir()
    elsewhere.rename(share)
    rink.look_until_settled()
    assert rink.fates() == {"one.mp4": "recording"}


def test_a_full_disk_is_said_and_renames_go_on(rink: Rink) -> None:
    rink.disk.free = 10
    rink.film("a/one.mp4")
    rink.look_until_settled()
    assert "full" in rink.ledger.notices_by_key["intake-disk"].why
    assert list(rink.items()) == ["one"]
    rink.disk.free = 10**12
    rink.look()
    assert rink.ledger.notices_by_key == {}


@dataclass(frozen=True)
class ForeignLister(ShareLister):
    """A share on another disk than the originals."""

    def device_of(self, folder: Path) -> int:
        return -1


def test_copies_from_another_disk_wait_for_room(tmp_path: Path) -> None:
    def rename(source: Path, target: Path) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    data = DataFolder(root=tmp_path / "data")
    originals = FolderOriginals(data=data, mover=Mover(rename=rename))
    rink = Rink(data=data, lister=ForeignLister(), originals=originals)
    rink.disk.free = 1100
    rink.film("a/one.mp4")
    rink.look(6)
    assert rink.items() == {}
    assert rink.rows()["one.mp4"].reason == "waits for room on the disk"
    assert "intake-disk" in rink.ledger.notices_by_key
    rink.disk.free = 10**9
    rink.look_until_settled()
    assert list(rink.items()) == ["one"]
    assert rink.in_share() == []


def test_while_the_ledger_is_away_nothing_is_lost(rink: Rink) -> None:
    rink.film("a/one.mp4")
    rink.look()
    rink.ledger.away = True
    for _ in range(3):
        with pytest.raises(Transient):
            rink.look(3)
        rink.clock.time_s += REST_S
    rink.ledger.away = False
    rink.look_until_settled()
    assert rink.fates() == {"one.mp4": "recording"}
    assert len(rink.jobs()) == 1


def test_a_file_that_can_never_be_read_is_refused_and_stays(rink: Rink, monkeypatch: pytest.MonkeyPatch) -> None:
    path = rink.film("a/one.mp4")
    rink.film("b/two.mp4", 0.7)
    read = os.read

    def failing(handle: int, size: int) -> bytes:
        if os.fstat(handle).st_ino == path.stat().st_ino:
            raise OSError(errno.EIO, "Input/output error")
        return read(handle, size)

    monkeypatch.setattr(os, "read", failing)
    rink.look(5)
    assert list(rink.items()) == ["two"]
    rink.look(10, every_s=GIVE_UP_S / 5)
    row = rink.rows()["one.mp4"]
    assert (row.fate, row.reason) == (Fate.REFUSED, "one.mp4 could not be read: Input/output error")
    assert all(job.settled for job in rink.jobs())
    assert path.exists()
    rink.restart()
    rink.look(10, every_s=GIVE_UP_S / 5)
    assert len(rink.jobs()) == 2


def test_links_are_listed_and_not_followed(rink: Rink, tmp_path: Path) -> None:
    outside = write_clip(tmp_path / "outside.mp4")
    rink.film("a/one.mp4", 0.7)
    (rink.data.footage / "a/link.mp4").symlink_to(outside)
    (rink.data.footage / "a/way").symlink_to(tmp_path)
    rink.look_until_settled()
    assert rink.fates() == {"one.mp4": "recording", "link.mp4": "ignored", "way": "ignored"}
    assert outside.exists()


@pytest.mark.parametrize("name", [b"a\nb", b"quote'\"", b"--rf", b"\xff\xfe", b"x" * 251, "Übung 1".encode(), b"%s{}$(x)"])
def test_names_may_be_anything(rink: Rink, name: bytes) -> None:
    rink.film("clip.mp4").rename(rink.data.footage / os.fsdecode(name + b".mp4"))
    rink.film("Friday/clip.mp4", 0.6)
    (rink.data.footage / "Friday").rename(rink.data.footage / os.fsdecode(name))
    rink.look_until_settled()
    assert sorted(rink.fates().values()) == ["recording", "recording"]
    assert rink.in_share() == []
    assert all(text.encode() for job in rink.jobs() for text in (job.name, *rink.rows(job)))


def test_ten_thousand_files_are_accounted_for_in_bounded_portions(rink: Rink) -> None:
    folder = rink.data.footage / "card"
    folder.mkdir()
    for number in range(10_000):
        (folder / f"{number:05}.{'mp4' if number % 2 else 'lrv'}").touch()
    rink.look(4)
    requests = [request for request in rink.ledger.asked if hasattr(request, "rows")]
    assert max(len(request.rows) for request in requests) <= 500
    assert sum(len(request.rows) for request in requests) <= 20_000
    assert len(rink.rows()) == 10_000
    assert all(job.settled for job in rink.jobs())
