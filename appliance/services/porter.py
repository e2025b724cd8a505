"""Carries a recording's files where its note says, and back where that cannot be done. Every step may be done again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from appliance.algorithms.message_coding import text_from, value_from_text
from appliance.domain.footage import ClaimedFile, IntakeNote
from appliance.domain.job import FileRow
from appliance.domain.place import DataFolder
from appliance.ports.intake import OriginalStore
from appliance.ports.surroundings import Journal
from appliance.services.halting import run_halting


@dataclass(frozen=True, slots=True, kw_only=True)
class Porter:
    """Works on the store of originals, by notes."""

    data: DataFolder
    originals: OriginalStore
    journal: Journal

    async def claim_file(self, file: ClaimedFile) -> ClaimedFile:
        """The same file with its bytes read. Raises Transient when it changed meanwhile, Unusable for links and the like."""
        return replace(file, fingerprint=await run_halting(partial(self.originals.fingerprint, file.path)))

    async def write_note(self, note: IntakeNote) -> None:
        """Write down what is about to be done."""
        noted = replace(note, files=tuple(replace(file, path=self._noted(file.path)) for file in note.files))
        await asyncio.to_thread(self.originals.write_note, note.request.item_id, text_from(noted))

    def read_note(self, item_id: str) -> IntakeNote | None:
        """What is still to be done for an item, if anything; a note that cannot be read is left for people."""
        text = self.originals.read_note(item_id)
        try:
            return None if text is None else value_from_text(IntakeNote, text)
        except ValueError as error:
            self.journal.warn("an intake's note cannot be read", item=item_id, why=str(error))
            return None

    async def move_in(self, note: IntakeNote) -> None:
        """Move every file to the originals. Raises Unusable when one is not what was claimed any more."""
        for part, file in zip(note.request.parts, note.files, strict=True):
            source, target = self.data.root / file.path, self.place_of(part)
            await run_halting(partial(self.originals.move, source, target, file.fingerprint))

    async def undo(self, note: IntakeNote, why: str) -> None:
        """Put everything back; the note goes once nothing is left behind it."""
        self.journal.warn("intake undone", item=note.request.item_id, name=note.request.name, why=why)
        for part, file in zip(note.request.parts, note.files, strict=True):
            await run_halting(partial(self.originals.put_back, self.place_of(part), self.data.root / file.path))
        await asyncio.to_thread(self.originals.withdraw, note.request.item_id)

    async def mark_told(self, item_id: str) -> None:
        """All is done."""
        await asyncio.to_thread(self.originals.mark_told, item_id)

    async def withdraw(self, item_id: str) -> None:
        """Nothing is to be done after all."""
        await asyncio.to_thread(self.originals.withdraw, item_id)

    async def drop_copies(self, held_rows: Sequence[FileRow], files: Sequence[ClaimedFile]) -> bool:
        """Remove second copies of what is held already; returns whether they are gone.

        A copy takes the place of an original that got lost; nothing is removed when the rows do not name all of the content.
        """
        held = {row.sha256: row for row in held_rows if row.stored is not None and row.sha256}
        if any(file.fingerprint.sha256 not in held for file in files if file.proxy_of is None):
            return False
        for file in files:
            row = held.get(file.fingerprint.sha256)
            if row is None or self._is_held(row):
                await asyncio.to_thread(self.originals.discard, file.path)
            else:
                self.journal.warn("a lost original was replaced by its copy", item=row.item_id, place=row.place)
                await self._restore(row, file)
        return True

    def place_of(self, row: FileRow) -> Path:
        """Where a row's bytes are kept."""
        return self.data.root / (row.stored or "")

    async def _restore(self, row: FileRow, file: ClaimedFile) -> None:
        target = self.place_of(row)
        if self.originals.look(target) is not None:
            # What lies there is not what was stored: it stays beside it, for people to look into.
            await run_halting(partial(self.originals.put_back, target, target.with_name(f"damaged-{target.name}")))
        await asyncio.to_thread(target.parent.mkdir, parents=True, exist_ok=True)
        await run_halting(partial(self.originals.move, file.path, target, file.fingerprint))

    def _is_held(self, row: FileRow) -> bool:
        stamp = self.originals.look(self.place_of(row))
        return stamp is not None and stamp.size_bytes == row.size_bytes

    def _noted(self, path: Path) -> Path:
        return self.data.relative(path) if path.is_relative_to(self.data.root) else path
