from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.errors import DiskFull, Transient
from appliance.services.api import tus_store, upload_room
from appliance.services.api.parts import ApiRule
from appliance.services.api.refusals import Refusal
from appliance.services.api.tus_record import find_uploads, save_upload
from appliance.services.api.upload_room import Spool

from .front_door import FOOTAGE, Box, build_box


async def body(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


def test_a_full_disk_in_the_middle_keeps_what_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = build_box(tmp_path, ApiRule(chunk_bytes=4))
    content = FOOTAGE + bytes(range(92))
    whole = Spool._write_all
    left = [40]

    def stingy(self: Spool, data: bytearray) -> None:
        if left[0] < len(data):
            raise OSError(28, "full")
        left[0] -= len(data)
        whole(self, data)

    async def upload() -> None:
        store = box.house.tus
        upload_id = (await store.create(len(content), "a.mp4")).id
        monkeypatch.setattr(Spool, "_write_all", stingy)
        with pytest.raises(DiskFull):
            await store.append(upload_id, 0, body(*(content[at : at + 10] for at in range(0, 100, 10))), None)
        offset = (await store.find(upload_id)).offset
        assert offset == 40
        left[0] = 1000
        await store.append(upload_id, offset, body(content[offset:]), None)

    asyncio.run(upload())
    (stored,) = box.data.originals.rglob("*.mp4")
    assert stored.read_bytes() == content


def test_a_long_piece_is_recorded_on_its_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tus_store, "RECORD_EVERY_BYTES", 10)
    box = build_box(tmp_path, ApiRule(chunk_bytes=5))
    seen: list[int] = []

    async def watched() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield bytes(10)
            (upload,) = find_uploads(box.data.uploads)
            seen.append(upload.offset)

    async def upload() -> None:
        created = await box.house.tus.create(100, "a.mp4")
        await box.house.tus.append(created.id, 0, watched(), None)

    asyncio.run(upload())
    assert seen == [10, 20, 30, 40, 50]


def test_a_disk_that_fills_up_from_elsewhere_stops_a_long_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tus_store, "RECORD_EVERY_BYTES", 10)
    box = build_box(tmp_path, ApiRule(chunk_bytes=5, min_free_bytes=10))

    async def upload() -> int:
        created = await box.house.tus.create(100, "a.mp4")
        box.disk.free = 9
        with pytest.raises(Refusal) as caught:
            await box.house.tus.append(created.id, 0, body(*[bytes(10)] * 10), None)
        assert caught.value.status == 507
        return (await box.house.tus.find(created.id)).offset

    assert asyncio.run(upload()) == 10


def test_open_uploads_are_bounded(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tus_store, "MOST_OPEN", 2)

    async def crowd() -> None:
        for _ in range(2):
            await box.house.tus.create(10, "a.mp4")
        with pytest.raises(Refusal) as caught:
            await box.house.tus.create(10, "a.mp4")
        assert caught.value.status == 503

    asyncio.run(crowd())


def test_an_upload_that_was_taken_when_the_box_went_down_is_not_taken_twice(box: Box) -> None:
    async def upload() -> None:
        store = box.house.tus
        created = await store.create(len(FOOTAGE), "a.mp4")
        done = await store.append(created.id, 0, body(FOOTAGE), None)
        # As the record was before intake had told.
        save_upload(box.data.uploads, replace(done, taken=False, job_id=""))

    asyncio.run(upload())
    again = build_box(box.data.root)
    asyncio.run(again.house.tus.mend())
    assert again.book.item_rows == {}
    assert [upload.taken for upload in find_uploads(box.data.uploads)] == [True]


def test_a_ledger_that_goes_away_half_way_leaves_one_job(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    take = box.intake.take
    failures = [Transient("away"), Transient("away")]

    async def sometimes(*given: Any, **named: Any) -> object:
        if failures:
            raise failures.pop()
        return await take(*given, **named)

    monkeypatch.setattr(box.intake, "take", sometimes)

    async def upload() -> None:
        created = await box.house.tus.create(len(FOOTAGE), "a.mp4")
        await box.house.tus.append(created.id, 0, body(FOOTAGE), None)
        for _ in range(3):
            await box.house.tus.mend()
        assert (await box.house.tus.find(created.id)).job_id == "job-0"

    asyncio.run(upload())
    assert [job.settled for job in box.book.job_rows.values()] == [True]
    assert len(box.book.item_rows) == 1


def test_the_round_goes_on_until_it_is_ended(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tus_store, "MEND_EVERY_S", 0.0)
    rounds = []
    enough = asyncio.Event()

    async def mend() -> None:
        rounds.append(1)
        if len(rounds) == 3:
            enough.set()
        raise Transient("the disk is away")

    monkeypatch.setattr(box.house.tus, "mend", mend)

    async def run() -> None:
        task = asyncio.create_task(box.house.tus.run())
        await enough.wait()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(run())


def test_a_silent_client_leaves_what_it_sent(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_room, "SILENCE_S", 0.01)

    async def silent() -> AsyncIterator[bytes]:
        yield bytes(10)
        await asyncio.Event().wait()

    async def upload() -> int:
        created = await box.house.tus.create(100, "a.mp4")
        with pytest.raises(Refusal) as caught:
            await box.house.tus.append(created.id, 0, silent(), None)
        assert caught.value.status == 408
        return (await box.house.tus.find(created.id)).offset

    assert asyncio.run(upload()) == 10
