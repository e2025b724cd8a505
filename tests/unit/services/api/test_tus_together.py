"""Chapters that are uploaded one by one become one recording, and no chapter waits for ever for one that never comes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from appliance.domain.errors import Transient
from appliance.services.api.tus_record import TusUpload
from appliance.services.api.tus_together import PATIENCE_S, Party, read_party

from .front_door import FOOTAGE, Box, build_box

FIRST, SECOND = "GX010001.MP4", "GX020001.MP4"
CHAPTERS = Party("picked at noon", (FIRST, SECOND))


async def body(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def begin(box: Box, name: str, party: Party = CHAPTERS) -> TusUpload:
    return await box.house.tus.create(len(FOOTAGE + name.encode()), name, party)


async def send(box: Box, upload: TusUpload) -> TusUpload:
    return await box.house.tus.append(upload.id, 0, body(FOOTAGE + upload.name.encode()), None)


def originals(box: Box) -> list[list[str]]:
    return sorted(sorted(path.name for path in item.iterdir()) for item in box.data.originals.iterdir())


def test_the_chapters_wait_for_each_other_and_become_one_recording(box: Box) -> None:
    async def upload() -> None:
        second, first = await begin(box, SECOND), await begin(box, FIRST)
        assert not (await send(box, second)).taken
        done = await send(box, first)
        assert done.taken
        assert done.job_id == (await box.house.tus.find(second.id)).job_id == "job-0"

    asyncio.run(upload())
    assert originals(box) == [[FIRST, SECOND]]
    assert [job.settled for job in box.book.job_rows.values()] == [True]
    assert not list(box.data.uploads.rglob("together"))


def test_a_chapter_that_was_never_begun_is_waited_for_in_patience_and_no_longer(box: Box) -> None:
    async def upload() -> None:
        first = await send(box, await begin(box, FIRST))
        await box.house.tus.mend()
        assert not (await box.house.tus.find(first.id)).taken
        await box.clock.sleep(PATIENCE_S)
        await box.house.tus.mend()
        assert (await box.house.tus.find(first.id)).taken

    asyncio.run(upload())
    assert originals(box) == [[FIRST]]


def test_a_chapter_that_rests_half_way_is_waited_for_until_it_is_given_up(box: Box) -> None:
    async def upload() -> None:
        first, second = await begin(box, FIRST), await begin(box, SECOND)
        await send(box, first)
        await box.clock.sleep(2 * PATIENCE_S)
        await box.house.tus.mend()
        assert box.book.job_rows == {}
        await box.house.tus.end(second.id)
        await box.house.tus.mend()

    asyncio.run(upload())
    assert originals(box) == [[FIRST]]


def test_a_whole_upload_outlives_its_date_and_is_taken_in_once_the_ledger_is_back(box: Box) -> None:
    async def upload() -> None:
        box.intake.away = True
        alone = await send(box, await begin(box, "a.mp4", Party()))
        first, second = await begin(box, FIRST), await begin(box, SECOND)
        await send(box, first)
        await send(box, second)
        await box.clock.sleep(box.house.parts.rule.upload_expires_s + 1)
        await box.house.tus.mend()
        box.intake.away = False
        await box.house.tus.mend()
        assert not alone.taken

    asyncio.run(upload())
    assert originals(box) == [[FIRST, SECOND], ["a.mp4"]]


def test_a_box_that_goes_down_between_naming_and_taking_loses_no_chapter(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(*_: Any, **__: Any) -> None:
        raise Transient("The ledger does not answer.")

    monkeypatch.setattr(box.intake, "take", gone)

    async def upload() -> None:
        for name in (FIRST, SECOND):
            await send(box, await begin(box, name))

    asyncio.run(upload())
    again = build_box(box.data.root)
    asyncio.run(again.house.tus.mend())
    assert originals(again) == [[FIRST, SECOND]]
    assert len(again.book.item_rows) == 1


def test_the_same_names_in_another_batch_are_another_recording(box: Box) -> None:
    async def upload() -> None:
        for batch in ("noon", "evening"):
            for name in (FIRST, SECOND):
                made = await box.house.tus.create(len(FOOTAGE + batch.encode()), name, Party(batch, CHAPTERS.companions))
                await box.house.tus.append(made.id, 0, body(FOOTAGE + batch.encode()), None)

    asyncio.run(upload())
    assert originals(box) == [[FIRST, SECOND], [FIRST, SECOND]]


@pytest.mark.parametrize(
    ("metadata", "party"),
    [
        (
            {"filename": SECOND, "batch": "b", "beside": json.dumps([[FIRST, 9], [SECOND, 9], ["x.mov", 1]])},
            Party("b", (FIRST, SECOND)),
        ),
        ({"filename": "x.mov", "batch": "b", "beside": json.dumps([[FIRST, 9], ["x.mov", 1]])}, Party()),
        ({"filename": SECOND, "beside": json.dumps([[FIRST, 9], [SECOND, 9]])}, Party()),
        ({"filename": SECOND, "batch": "b", "beside": "{nonsense"}, Party()),
        ({"filename": SECOND, "batch": "b", "beside": '{"a": 1}'}, Party()),
        ({"filename": SECOND, "batch": "b", "beside": "[1, 2]"}, Party()),
        ({"filename": SECOND}, Party()),
    ],
)
def test_what_a_client_says_of_its_files_is_read_or_counts_as_nothing(metadata: dict[str, str], party: Party) -> None:
    assert read_party(metadata) == party
