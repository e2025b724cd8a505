"""From finished uploads to recordings: every file is opened before it is believed, chapters and proxies find each other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from appliance.algorithms.card_reading import read_card
from appliance.domain.card import CardFile
from appliance.domain.errors import RinkreelError, Unusable
from appliance.domain.facts import RecordingArrived
from appliance.domain.job import Job, Source
from appliance.services.api.parts import TakesIn
from appliance.services.api.schemas import UploadBody, UploadedBody
from appliance.services.intake import IncomingFile, Taken

IGNORED_REMEDY = "Send recordings only; everything else stays out."


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A whole file, on disk. place: its claimed name, made harmless."""

    path: Path
    place: str
    size_bytes: int


class Taker:
    """Hands uploads to intake."""

    def __init__(self, intake: TakesIn) -> None:
        self._intake = intake

    async def open_job(self, name: str) -> Job:
        """An upload begins to be taken in."""
        return await self._intake.open_job(name, Source.UPLOAD)

    async def take_one(self, file: Received) -> UploadBody:
        """Take one recording. Raises Unusable when it is none; nothing is listed then."""
        await asyncio.to_thread(self._intake.check, file.path)
        return await self._in_job(file.place, lambda job: self._take(job, (file,)))

    async def take_or_list(self, job: Job, file: Received) -> None:
        """Take one recording into a job that is open; when it is none, list it with the reason."""
        try:
            await asyncio.to_thread(self._intake.check, file.path)
            await self._take(job, (file,))
        except Unusable as error:
            await self._refuse(job, file, error.why, error.remedy)
        await self._intake.settle(job)

    async def take_batch(self, folder: Path, files: Sequence[Received]) -> UploadBody:
        """Take what came together: chapters become one recording, what is no recording is listed with the reason."""
        return await self._in_job(_batch_name(files), lambda job: self._take_all(job, folder, files))

    async def take_together(self, job: Job, folder: Path, files: Sequence[Received]) -> None:
        """Take what belongs together into a job that is open."""
        await self._take_all(job, folder, files)
        await self._intake.settle(job)

    async def _in_job(self, name: str, take: Callable[[Job], Awaitable[list[UploadedBody]]]) -> UploadBody:
        """Take in a job of its own, which is settled whatever happens."""
        job = await self.open_job(name)
        try:
            uploaded = await take(job)
        except BaseException:
            with suppress(RinkreelError):
                await asyncio.shield(self._intake.settle(job))
            raise
        await self._intake.settle(job)
        return UploadBody(job_id=job.id, items=uploaded)

    async def _take(self, job: Job, files: Sequence[Received]) -> list[UploadedBody]:
        taken = await self._intake.take(job, [IncomingFile(path=file.path, place=file.place) for file in files])
        return [_uploaded(taken, files[0].place)]

    async def _take_all(self, job: Job, folder: Path, files: Sequence[Received]) -> list[UploadedBody]:
        by_path = {file.path: file for file in files}
        reading = read_card(CardFile(path=file.path, size_bytes=file.size_bytes, within=folder) for file in files)
        uploaded = [await self._refuse(job, by_path[each.path], each.reason, IGNORED_REMEDY) for each in reading.ignored]
        for recording in reading.recordings:
            uploaded += await self._take_recording(job, recording, by_path)
        return uploaded

    async def _take_recording(self, job: Job, recording: RecordingArrived, by_path: dict[Path, Received]) -> list[UploadedBody]:
        """Its files that open, and those that do not with the reason."""
        uploaded, files = [], []
        proxies = recording.proxies or (None,) * len(recording.paths)
        for path, proxy in zip(recording.paths, proxies, strict=True):
            full = by_path[path]
            try:
                await asyncio.to_thread(self._intake.check, path)
            except Unusable as error:
                uploaded.append(await self._refuse(job, full, error.why, error.remedy))
                continue
            files.append(IncomingFile(path=path, place=full.place))
            if proxy is not None:
                files.append(IncomingFile(path=proxy, place=by_path[proxy].place, proxy_of=full.place))
        if files:
            uploaded.append(_uploaded(await self._intake.take(job, files), files[0].place))
        return uploaded

    async def _refuse(self, job: Job, file: Received, why: str, remedy: str) -> UploadedBody:
        item_id = await self._intake.refuse(job, file.place, file.size_bytes, why, remedy)
        return UploadedBody(item_id=item_id, name=file.place, status="failed", message=why, remedy=remedy)


def _uploaded(taken: Taken, place: str) -> UploadedBody:
    if taken.duplicate_of is not None:
        return UploadedBody(
            item_id=taken.item_id,
            name=place,
            status="duplicate",
            message="This footage is on the box already.",
            duplicate_of=taken.duplicate_of,
        )
    return UploadedBody(item_id=taken.item_id, name=place, status="accepted")


def _batch_name(files: Sequence[Received]) -> str:
    first = files[0].place
    return first if len(files) == 1 else f"{first} and {len(files) - 1} more"
