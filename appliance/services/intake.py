"""Takes recordings in: known footage is told from new, files move to the originals, the ledger is told. A note written before
the first move lets whoever comes later finish what a crash or a power cut left half done."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path, PurePosixPath

from appliance.algorithms.house_ruling import cut_by
from appliance.algorithms.intake_planning import content_id_of, item_id_of, name_of, plan_parts, row_of, writable
from appliance.domain.errors import Misconfigured, RinkreelError, Transient, Unusable
from appliance.domain.footage import ClaimedFile, FileStamp, Fingerprint, IntakeNote
from appliance.domain.job import CutRules, Fate, FileRow, Item, Job, Source
from appliance.domain.place import DataFolder
from appliance.domain.request import AccountFiles, AddItem, Answer, OpenJob, Request, SettleJob
from appliance.ports import MediaProber
from appliance.ports.book import BookView
from appliance.ports.bus import Desk
from appliance.ports.intake import OriginalStore
from appliance.ports.surroundings import Clock, Journal
from appliance.services.porter import Porter

_ID_BYTES = 8
#: Before a file is read nothing is known of its bytes.
_UNREAD = Fingerprint(sha256="", stamp=FileStamp(size_bytes=0, modified_ns=0, allocated_bytes=0, device=0))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """A file that waits to be taken in. path: absolute, where the bytes lie now. place: path within the drop, with forward
    slashes; for an upload the name people gave. proxy_of: place of the full file that this is the low-resolution twin of."""

    path: Path
    place: str
    proxy_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of it. duplicate_of: the item that holds the same content already; then nothing new was made."""

    item_id: str
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeTools:
    """What intake works with. rules: how new recordings are cut, unless the staff chose otherwise. keep_duplicates: a second copy
    of known footage stays in the share; uploads never leave one."""

    data: DataFolder
    desk: Desk
    book: BookView
    originals: OriginalStore
    prober: MediaProber
    clock: Clock
    journal: Journal
    rules: CutRules
    keep_duplicates: bool = False


class Intake:
    """The way in, for the watch folder and for uploads. Every method may raise Transient when the ledger does not answer."""

    def __init__(self, tools: IntakeTools) -> None:
        self._tools = tools
        self._porter = Porter(data=tools.data, originals=tools.originals, journal=tools.journal)

    async def open_job(self, name: str, source: Source) -> Job:
        """Begin a drop or an upload."""
        job = Job(
            id=secrets.token_hex(_ID_BYTES),
            name=writable(name),
            source=source,
            created_at_s=self._tools.clock.now_s(),
            trace_id=secrets.token_hex(2 * _ID_BYTES),
        )
        request = OpenJob(job_id=job.id, name=job.name, source=source, trace_id=job.trace_id, at_s=job.created_at_s)
        await self._ask(request)
        self._tools.journal.note("job opened", job=job.id, name=job.name, source=str(source), trace=job.trace_id)
        return job

    async def account(self, job: Job, rows: Sequence[FileRow]) -> None:
        """Say what is known of a job's files."""
        await self._ask(AccountFiles(job_id=job.id, rows=tuple(rows)))

    async def take(self, job: Job, files: Sequence[IncomingFile], *, name: str | None = None) -> Taken:
        """Take one recording in: its full files in order, and their twins.

        Raises:
            Transient: a file changed meanwhile, or the ledger did not answer; nothing is lost, and trying again is right.
            Unusable: a file is a link or no regular file. Misconfigured, DiskFull: as the file system has it.
        """
        claimed = [await self._porter.claim_file(_unread(file)) for file in files]
        content_id = content_id_of(claimed)
        known = self._tools.book.item_of_content(content_id)
        if known is not None and known.has_original:
            return await self._meet_again(job, known, claimed)
        item_id = item_id_of(job.id, claimed[0].place, content_id)
        folder = self._tools.data.relative(self._tools.data.original_folder(item_id))
        request = AddItem(
            job_id=job.id,
            item_id=item_id,
            name=writable(name or name_of(claimed[0].place)),
            content_id=content_id,
            parts=plan_parts(claimed, PurePosixPath(folder), item_id),
            rules=cut_by(self._tools.book.house_rules(), self._tools.rules),
            at_s=self._tools.clock.now_s(),
        )
        return await self._bring_in(IntakeNote(request=request, files=tuple(claimed)))

    async def refuse(self, job: Job, place: str, size_bytes: int, why: str, remedy: str) -> str:
        """List something that is not even tried, with the reason; returns its item's id."""
        place, now_s = writable(place), self._tools.clock.now_s()
        content_id = sha256(f"refused\n{job.id}\n{place}".encode()).hexdigest()
        item_id = item_id_of(job.id, place, content_id)
        row = FileRow(place=place, size_bytes=size_bytes, modified_s=now_s, fate=Fate.REFUSED, reason=why, item_id=item_id)
        request = AddItem(
            job_id=job.id,
            item_id=item_id,
            name=name_of(place),
            content_id=content_id,
            parts=(row,),
            rules=self._tools.rules,
            at_s=now_s,
            refusal=(why, remedy),
        )
        await self._ask(request)
        self._tools.journal.warn("recording refused", job=job.id, item=item_id, place=place, why=why)
        return item_id

    async def settle(self, job: Job) -> None:
        """Nothing more is expected of this job."""
        await self._ask(SettleJob(job_id=job.id))
        self._tools.journal.note("job settled", job=job.id, name=job.name, trace=job.trace_id)

    def check(self, path: Path) -> None:
        """Open a file as the pipeline will. Raises Unusable, with the reason, for what is no video."""
        self._tools.prober.probe(path)

    async def resume(self) -> int:
        """Finish every intake that was begun and not told; returns how many. Those in other hands are left alone."""
        finished = 0
        for item_id in await asyncio.to_thread(self._tools.originals.pending):
            with self._tools.originals.claim(item_id) as mine:
                if mine and (note := self._porter.read_note(item_id)) is not None:
                    finished += await self._redo(note)
        return finished

    async def _bring_in(self, note: IntakeNote) -> Taken:
        """Write the note, move, tell. What an earlier attempt wrote down counts."""
        item_id = note.request.item_id
        with self._tools.originals.claim(item_id) as mine:
            if not mine:
                raise Transient(f"{note.request.name} is being taken in already")
            if (earlier := self._porter.read_note(item_id)) is None:
                await self._porter.write_note(note)
            note = earlier or note
            try:
                await self._porter.move_in(note)
            except RinkreelError as error:
                await self._porter.undo(note, error.why)
                raise (Transient(error.why) if isinstance(error, Unusable) else error) from error
            return await self._tell(note)

    async def _redo(self, note: IntakeNote) -> bool:
        """Finish what somebody began. What cannot be finished goes back to where it came from."""
        try:
            await self._porter.move_in(note)
            await self._tell(note)
        except Unusable as error:
            await self._porter.undo(note, error.why)
            return False
        except Misconfigured as error:
            self._tools.journal.warn("intake not finished", item=note.request.item_id, why=error.why)
            return False
        self._tools.journal.note("intake finished after an interruption", item=note.request.item_id)
        return True

    async def _tell(self, note: IntakeNote) -> Taken:
        """Tell the ledger; the files are where the note says. When it says no, they go back."""
        request = note.request
        try:
            answer = await self._ask(request)
        except Misconfigured as error:
            await self._porter.undo(note, error.why)
            raise
        if answer.value not in ("", request.item_id):
            return await self._give_way(note, answer.value)
        await self._porter.mark_told(request.item_id)
        self._tools.journal.note(
            "recording taken in",
            job=request.job_id,
            item=request.item_id,
            name=request.name,
            files=len(request.parts),
            bytes=sum(part.size_bytes for part in request.parts),
        )
        known = self._tools.book.item_of_content(request.content_id)
        if known is not None and known.id != request.item_id:
            # Its original had been removed; these files are it from now on.
            return Taken(item_id=known.id, duplicate_of=known.id)
        return Taken(item_id=request.item_id)

    async def _give_way(self, note: IntakeNote, known_id: str) -> Taken:
        """Somebody else took the same content in meanwhile: theirs stays, ours is a second copy."""
        request, known = note.request, self._tools.book.item(known_id)
        stored = [replace(file, path=self._porter.place_of(part)) for part, file in zip(request.parts, note.files, strict=True)]
        rows = [replace(row_of(file, Fate.DUPLICATE, _same_as(known)), item_id=known_id) for file in stored]
        await self._ask(AccountFiles(job_id=request.job_id, rows=tuple(rows)))
        if known is not None and await self._porter.drop_copies(self._tools.book.parts_of(known_id), stored):
            await self._porter.withdraw(request.item_id)
        else:
            await self._porter.undo(note, "the same footage is here already")
        return Taken(item_id=known_id, duplicate_of=known_id)

    async def _meet_again(self, job: Job, known: Item, files: Sequence[ClaimedFile]) -> Taken:
        """Account for a second copy of known content, and remove it where the first is safe."""
        own = {row.place for row in self._tools.book.parts_of(known.id)} if known.job_id == job.id else set()
        strange = [file for file in files if file.place not in own]
        rows = [replace(row_of(file, Fate.DUPLICATE, _same_as(known)), item_id=known.id) for file in strange]
        if rows:
            await self._ask(AccountFiles(job_id=job.id, rows=tuple(rows)))
        if job.source is Source.UPLOAD or not self._tools.keep_duplicates:
            await self._porter.drop_copies(self._tools.book.parts_of(known.id), files)
        self._tools.journal.note("known footage came again", job=job.id, item=known.id, places=[file.place for file in files])
        return Taken(item_id=known.id, duplicate_of=known.id)

    async def _ask(self, request: Request) -> Answer:
        """Ask the ledger. Raises Transient when it does not answer, Misconfigured when it says no."""
        answer = await self._tools.desk.ask(request)
        if not answer.ok:
            raise Misconfigured(answer.why, remedy=answer.remedy)
        return answer


def _unread(file: IncomingFile) -> ClaimedFile:
    proxy_of = None if file.proxy_of is None else writable(file.proxy_of)
    return ClaimedFile(path=file.path, place=writable(file.place), fingerprint=_UNREAD, proxy_of=proxy_of)


def _same_as(known: Item | None) -> str:
    return f"the same footage as {known.name}, which is here already" if known else "the same footage is here already"
