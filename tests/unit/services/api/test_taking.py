from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from appliance.domain.errors import Transient, Unusable
from appliance.services.api.taking import Received

from .front_door import FOOTAGE, Box


def received(box: Box, name: str, content: bytes) -> Received:
    path = box.data.uploads / "one" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return Received(path=path, place=name, size_bytes=len(content))


def test_a_job_is_settled_even_when_taking_fails(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise Transient("away")

    monkeypatch.setattr(box.intake, "take", fail)
    with pytest.raises(Transient):
        asyncio.run(box.house.taker.take_one(received(box, "a.mp4", FOOTAGE)))
    assert [job.settled for job in box.book.job_rows.values()] == [True]


def test_a_proxy_travels_with_its_full_file(box: Box) -> None:
    files = [received(box, "GX010001.MP4", FOOTAGE + b"full"), received(box, "GX010001.LRV", FOOTAGE + b"small")]
    body = asyncio.run(box.house.taker.take_batch(box.data.uploads / "one", files))
    assert [(each.name, each.status) for each in body.items] == [("GX010001.MP4", "accepted")]
    assert {path.name for path in box.data.original_folder("item-0").iterdir()} == {"GX010001.MP4", "GX010001.LRV"}


def test_a_broken_chapter_is_listed_and_the_others_are_taken(box: Box) -> None:
    files = [received(box, "GX010001.MP4", FOOTAGE), received(box, "GX020001.MP4", b"broken")]
    body = asyncio.run(box.house.taker.take_batch(box.data.uploads / "one", files))
    assert {each.name: each.status for each in body.items} == {"GX010001.MP4": "accepted", "GX020001.MP4": "failed"}


def test_a_batch_is_named_for_what_is_in_it(box: Box) -> None:
    files = [received(box, f"{number}.mp4", FOOTAGE + bytes([number])) for number in range(3)]
    asyncio.run(box.house.taker.take_batch(box.data.uploads / "one", files))
    assert [job.name for job in box.book.job_rows.values()] == ["0.mp4 and 2 more"]


def test_what_is_no_recording_is_refused_alone_and_listed_in_an_open_job(box: Box) -> None:
    file = received(box, "notes.mp4", b"nothing")
    with pytest.raises(Unusable):
        asyncio.run(box.house.taker.take_one(file))
    assert box.book.job_rows == {}

    async def into_a_job() -> None:
        await box.house.taker.take_or_list(await box.house.taker.open_job("notes.mp4"), file)

    asyncio.run(into_a_job())
    assert [item.message for item in box.book.item_rows.values()] == [f"{Path(file.path).name} is not a video."]
