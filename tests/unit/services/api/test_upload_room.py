from __future__ import annotations

import asyncio
import errno
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import ClientDisconnect

from appliance.domain.errors import DiskFull, Misconfigured, Transient
from appliance.domain.place import DataFolder
from appliance.services.api import upload_room
from appliance.services.api.parts import ApiRule
from appliance.services.api.refusals import Refusal
from appliance.services.api.upload_room import Spool, UploadRoom, in_thread, patiently, place_of, unique_place

from ....appliance_fakes import ToldDisk


class StingyDisk(io.RawIOBase):
    """Takes a few bytes at a time, and after so many none."""

    def __init__(self, room: int) -> None:
        self.taken = b""
        self._room = room

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if len(self.taken) >= self._room:
            raise OSError(errno.ENOSPC, "full")
        piece = bytes(data[: min(3, self._room - len(self.taken))])
        self.taken += piece
        return len(piece)


def test_a_spool_keeps_at_most_a_piece_in_memory_and_writes_all_of_it(tmp_path: Path) -> None:
    async def write() -> tuple[int, bytes]:
        room = UploadRoom(DataFolder(root=tmp_path), ToldDisk(), ApiRule(chunk_bytes=4))
        async with room.own_folder() as folder, room.spool(folder / "a") as spool:
            await spool.write(b"abc")
            before = (folder / "a").stat().st_size
            await spool.write(b"def")
            assert (folder / "a").read_bytes() == b"abcdef"
            await spool.write(b"g")
            await spool.sync()
            return before, (folder / "a").read_bytes()

    assert asyncio.run(write()) == (0, b"abcdefg")
    assert list((tmp_path / "work" / "uploads").iterdir()) == []


def test_what_a_full_disk_took_is_counted_exactly() -> None:
    disk = StingyDisk(room=10)
    spool = Spool(Path("x"), disk, 4)

    async def write() -> None:
        for _ in range(3):
            await spool.write(b"01234")

    with pytest.raises(DiskFull):
        asyncio.run(write())
    assert (disk.taken, spool.sure_bytes) == (b"0123401234", 10)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EROFS, Misconfigured), (errno.EIO, Transient)],
)
def test_errors_of_the_disk_say_what_they_mean(number: int, kind: type[Exception]) -> None:
    def fail() -> None:
        raise OSError(number, "it says")

    with pytest.raises(kind):
        asyncio.run(in_thread(fail))


def test_room_counts_what_is_promised_and_what_must_stay_free(tmp_path: Path) -> None:
    room = UploadRoom(DataFolder(root=tmp_path), ToldDisk(free=100), ApiRule(min_free_bytes=40, max_upload_bytes=80))
    asyncio.run(room.check(60))
    for more, promised, status in ((61, 0, 507), (10, 51, 507), (81, 0, 413)):
        with pytest.raises(Refusal) as caught:
            asyncio.run(room.check(more, promised))
        assert caught.value.status == status


def test_uploads_at_once_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_room, "MOST_AT_ONCE", 1)

    async def crowd() -> None:
        room = UploadRoom(DataFolder(root=tmp_path), ToldDisk(), ApiRule())
        async with room.slot():
            with pytest.raises(Refusal) as caught:
                await room.slot().__aenter__()
            assert caught.value.status == 503
        async with room.slot():
            pass

    asyncio.run(crowd())


def test_a_silent_and_a_lost_client_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_room, "SILENCE_S", 0.01)

    async def silent() -> AsyncIterator[bytes]:
        yield b"a"
        await asyncio.Event().wait()

    async def lost() -> AsyncIterator[bytes]:
        yield b"a"
        raise ClientDisconnect

    async def read(stream: AsyncIterator[bytes]) -> None:
        async for _ in patiently(stream):
            pass

    for stream, status in ((silent(), 408), (lost(), 400)):
        with pytest.raises(Refusal) as caught:
            asyncio.run(read(stream))
        assert caught.value.status == status


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("game.mp4", "game.mp4"),
        ("DCIM/100GOPRO/GX010001.MP4", "DCIM/100GOPRO/GX010001.MP4"),
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\videos\\x.mp4", "C_/videos/x.mp4"),
        ("a\x00b\n.mp4", "a_b_.mp4"),
        (" . / .. /x", "x"),
        ("", "recording"),
        ("..", "recording"),
        (".hidden", "hidden"),
        ("/".join("abcdefghijkl"), "e/f/g/h/i/j/k/l"),
    ],
)
def test_claimed_names_become_harmless_places(name: str, place: str) -> None:
    assert place_of(name) == place


def test_places_stay_short_and_keep_their_suffix() -> None:
    place = place_of("x" * 500 + ".mp4")
    assert len(place.encode()) <= 160
    assert place.endswith(".mp4")


def test_a_second_file_of_one_name_gets_a_number() -> None:
    taken = {"a/x.mp4", "a/x (2).mp4"}
    assert unique_place("a/x.mp4", taken) == "a/x (3).mp4"
    assert unique_place("b/x.mp4", taken) == "b/x.mp4"
