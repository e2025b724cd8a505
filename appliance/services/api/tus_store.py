"""Resumable uploads by the tus protocol 1.0.0. The offset that a client is told is on the disk.

What lies beyond it after a crash is cut away before more is appended, so that a resumed file is the identical file.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from io import RawIOBase
from pathlib import Path

from appliance.domain.errors import RinkreelError
from appliance.domain.job import Job
from appliance.ports.surroundings import Clock, Journal
from appliance.services.api.refusals import Refusal
from appliance.services.api.taking import Received, Taker
from appliance.services.api.tus_record import (
    BYTES,
    Checksum,
    TusUpload,
    find_uploads,
    forget_upload,
    save_upload,
    sweep_strangers,
    sync_folder,
)
from appliance.services.api.tus_together import ALONE, Party, gather, is_waiting, members_of
from appliance.services.api.upload_room import Spool, UploadRoom, in_thread, patiently

MOST_OPEN = 1_000
#: What is not yet recorded may have to be sent again after a power cut.
RECORD_EVERY_BYTES = 64 * 1024**2
MEND_EVERY_S = 10.0


class TusStore:
    """Uploads under way, on disk and in the same words in memory. One process owns the folder."""

    def __init__(self, room: UploadRoom, taker: Taker, clock: Clock, journal: Journal) -> None:
        self._room, self._taker, self._clock, self._journal = room, taker, clock, journal
        self._uploads: dict[str, TusUpload] | None = None
        self._busy: set[str] = set()
        self._jobs: dict[str, Job] = {}
        self._opening = asyncio.Lock()

    async def create(self, length: int, name: str, party: Party = ALONE) -> TusUpload:
        """Begin an upload. Raises Refusal when it is too large, there is no room, or too many are open."""
        uploads = await self._known()
        open_ones = [upload for upload in uploads.values() if not upload.is_complete]
        if len(open_ones) >= MOST_OPEN:
            raise Refusal(503, "Too many uploads are open.", remedy="Finish or end one first.", headers={"Retry-After": "60"})
        await self._room.check(length, promised_bytes=sum(upload.length - upload.offset for upload in open_ones))
        upload = TusUpload(
            id=secrets.token_hex(16),
            length=length,
            name=name,
            expires_at_s=self._new_expiry_s(),
            batch=party.name,
            companions=party.companions,
        )
        await in_thread(_make_file, self._room.folder, upload)
        uploads[upload.id] = upload
        return upload

    async def find(self, upload_id: str) -> TusUpload:
        """How far an upload is. Raises Refusal when there is none, or it has expired."""
        upload = (await self._known()).get(upload_id)
        if upload is None:
            raise Refusal(404, "There is no such upload.", remedy="Begin it anew.")
        if upload.expires_at_s < self._clock.now_s():
            raise Refusal(410, "This upload was left for too long.", remedy="Begin it anew.")
        return upload

    async def append(self, upload_id: str, offset: int, body: AsyncIterator[bytes], checksum: Checksum | None) -> TusUpload:
        """Take bytes from `offset` on. Raises Refusal for a wrong offset, too many bytes, or another request at work on it."""
        async with self._alone(upload_id):
            upload = await self.find(upload_id)
            if upload.offset != offset:
                raise Refusal(409, f"This upload is at {upload.offset}, not at {offset}.", remedy="Go on from there.")
            if not upload.is_complete:
                await self._write(upload, patiently(body), checksum)
            upload = await self.find(upload_id)
            return await self._finish(upload) if upload.is_complete else upload

    async def end(self, upload_id: str) -> None:
        """Forget an upload and its bytes."""
        async with self._alone(upload_id):
            await self.find(upload_id)
            await self._forget(upload_id)

    async def run(self) -> None:
        """Finish what was complete when something was away, and sweep what has expired, until cancelled."""
        while True:
            with suppress(RinkreelError):
                await self.mend()
            await asyncio.sleep(MEND_EVERY_S)

    async def mend(self) -> None:
        """One round of that."""
        now_s = self._clock.now_s()
        uploads = await self._known()
        for upload_id in list(uploads):
            with suppress(Refusal):
                async with self._alone(upload_id):
                    if (upload := uploads.get(upload_id)) is None:
                        continue
                    # What is complete is footage that nobody else may have: it is never forgotten before intake has it.
                    if upload.is_complete and not upload.taken:
                        await self._finish(upload)
                    elif upload.expires_at_s < now_s:
                        await self._forget(upload.id)
        await in_thread(sweep_strangers, self._room.folder, now_s - self._room.rule.upload_expires_s)

    @asynccontextmanager
    async def _alone(self, upload_id: str) -> AsyncGenerator[None, None]:
        if upload_id in self._busy:
            raise Refusal(423, "Another request is at work on this upload.", remedy="Try again in a moment.")
        self._busy.add(upload_id)
        try:
            yield
        finally:
            self._busy.discard(upload_id)

    async def _write(self, upload: TusUpload, body: AsyncIterator[bytes], checksum: Checksum | None) -> None:
        """Append what comes; whatever ends it, the record says what is surely there."""
        path = self._path_of(upload)
        async with self._room.slot():
            spool = Spool(path, await in_thread(_open_at, path, upload.offset), self._room.rule.chunk_bytes)
            keep = checksum is None
            try:
                keep = await self._pour(upload, body, spool, checksum)
            finally:
                await asyncio.shield(self._close(upload, spool, keep=keep))

    async def _pour(self, upload: TusUpload, body: AsyncIterator[bytes], spool: Spool, checksum: Checksum | None) -> bool:
        """From the wire to the disk. Raises Refusal for more bytes than were announced, or other ones than were summed up."""
        recorded, total = 0, checksum.begin() if checksum is not None else None
        async for piece in body:
            if upload.offset + spool.size_bytes + len(piece) > upload.length:
                raise Refusal(413, "This is more than Upload-Length said.", remedy="Begin a new upload.")
            await spool.write(piece)
            if total is not None:
                total.update(piece)
            elif spool.sure_bytes - recorded >= RECORD_EVERY_BYTES:
                await self._record(upload, spool)
                recorded = spool.sure_bytes
                await self._room.check(0)
        if checksum is not None and total is not None and not checksum.agrees(total.digest()):
            raise Refusal(460, "The bytes do not add up to their checksum.", remedy="Send them again.")
        return True

    async def _close(self, upload: TusUpload, spool: Spool, *, keep: bool) -> None:
        try:
            if keep:
                await self._record(upload, spool)
        finally:
            await spool.close()

    async def _record(self, upload: TusUpload, spool: Spool) -> None:
        """First the bytes, then the word that they are there. What the disk did not take is not counted."""
        try:
            await spool.flush()
        finally:
            await spool.sync()
            await self._save(replace(upload, offset=upload.offset + spool.sure_bytes, expires_at_s=self._new_expiry_s()))

    async def _finish(self, upload: TusUpload) -> TusUpload:
        """Hand a complete upload to intake; what is briefly away is tried again later."""
        if upload.companions and not upload.taken:
            return await self._finish_together(upload)
        path = self._path_of(upload)
        if upload.taken or not await asyncio.to_thread(path.exists):
            return upload if upload.taken else await self._save(replace(upload, taken=True))
        try:
            job = self._jobs.get(upload.id) or await self._taker.open_job(upload.name)
            self._jobs[upload.id] = job
            await self._taker.take_or_list(job, Received(path=path, place=upload.name, size_bytes=upload.length))
        except RinkreelError as error:
            self._journal.warn("upload waits to be taken in", upload=upload.id, why=error.why)
            return upload
        await asyncio.to_thread(path.unlink, missing_ok=True)
        return await self._save(replace(upload, taken=True, job_id=self._jobs.pop(upload.id).id))

    async def _finish_together(self, upload: TusUpload) -> TusUpload:
        """The same for all files of one recording, by whichever of them comes last. Where another request is at work on one of
        them, the next round does it."""
        members = members_of(upload, (await self._known()).values())
        grown_s = max(each.expires_at_s for each in members) - self._room.rule.upload_expires_s
        if is_waiting(upload, members, self._clock.now_s() - grown_s):
            return upload
        with suppress(Refusal):
            async with AsyncExitStack() as stack:
                for each in members:
                    if each.id != upload.id:
                        await stack.enter_async_context(self._alone(each.id))
                await self._take_together(members)
        return (await self._known())[upload.id]

    async def _take_together(self, members: Sequence[TusUpload]) -> None:
        first = members[0]
        together, received = await asyncio.to_thread(gather, self._room.folder, members)
        job: Job | None = None
        if received:
            try:
                job = self._jobs.get(first.id) or await self._taker.open_job(first.name)
                self._jobs[first.id] = job
                await self._taker.take_together(job, together, received)
            except RinkreelError as error:
                self._journal.warn("uploads wait to be taken in", upload=first.id, why=error.why)
                return
        await asyncio.to_thread(shutil.rmtree, together, ignore_errors=True)
        self._jobs.pop(first.id, None)
        for each in members:
            await self._save(replace(each, taken=True, job_id=job.id if job is not None else ""))

    async def _known(self) -> dict[str, TusUpload]:
        """All uploads, read from the disk when first asked."""
        async with self._opening:
            if self._uploads is None:
                found = await in_thread(lambda: list(find_uploads(self._room.folder)))
                self._uploads = {upload.id: upload for upload in found}
            return self._uploads

    async def _save(self, upload: TusUpload) -> TusUpload:
        await in_thread(save_upload, self._room.folder, upload)
        (await self._known())[upload.id] = upload
        return upload

    async def _forget(self, upload_id: str) -> None:
        (await self._known()).pop(upload_id, None)
        self._jobs.pop(upload_id, None)
        await in_thread(forget_upload, self._room.folder, upload_id)

    def _path_of(self, upload: TusUpload) -> Path:
        return self._room.folder / upload.id / BYTES

    def _new_expiry_s(self) -> float:
        return self._clock.now_s() + self._room.rule.upload_expires_s


def _make_file(folder: Path, upload: TusUpload) -> None:
    own = folder / upload.id
    own.mkdir(parents=True)
    (own / BYTES).touch()
    save_upload(folder, upload)
    sync_folder(folder)


def _open_at(path: Path, offset: int) -> RawIOBase:
    """Open for writing at `offset`, without whatever lies behind it."""
    stream = path.open("r+b", buffering=0)
    stream.truncate(offset)
    stream.seek(offset)
    return stream
