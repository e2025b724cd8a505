"""Sweeps what belongs to nobody: files of deleted items, old cuts, half-done work, surplus copies of the book."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from appliance.algorithms.intake_planning import NOTE as TAKING_NOTE
from appliance.algorithms.sweeping import surplus_copies, surplus_cuts, untouched
from appliance.domain.job import Item, ItemState
from appliance.domain.leftover import Leftover
from appliance.domain.place import DataFolder
from appliance.ports.book import BookView
from appliance.ports.surroundings import Journal
from appliance.ports.sweeping import FileSweeper

#: What was touched within this time is left alone, whatever the book says: somebody may be at work on it.
GRACE_S = 3600.0
#: Work in progress that nobody has touched for so long is dead.
DEAD_WORK_S = 86400.0
#: Most items that one pass looks at.
MOST_ITEMS = 100_000
#: Files and folders under way; finished ones have other names. See adapters.system.whole_files and the reel encoder.
UNDER_WAY = ("*.part", ".rinkreel-*")


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepTools:
    """What a sweep needs. stopped: whether it is time to leave the rest for another day."""

    data: DataFolder
    book: BookView
    files: FileSweeper
    journal: Journal
    stopped: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepRule:
    """backups: copies of the book that stay. upload_expiry_s: uploads that were not continued for this long are over."""

    backups: int = 14
    upload_expiry_s: float = 86400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One pass through the data folder. now_s: a time that can be believed."""

    tools: SweepTools
    rule: SweepRule
    now_s: float

    async def run(self) -> int:
        """Sweep; how many folders of originals and reels belong to no item that the book has ever known."""
        strays = await self._sweep_items()
        await self._remove("half-done work swept", await self._half_done())
        copies = [each for each in await self._list(self.tools.data.backups) if each.path.suffix != ".part"]
        await self._remove("surplus copies of the book swept", surplus_copies(copies, self.rule.backups))
        return strays

    async def _sweep_items(self) -> int:
        """Folders are listed before the book is read: an item that comes in between is known by then."""
        data = self.tools.data
        originals, reels, features = [await self._list(each) for each in (data.originals, data.reels, data.features)]
        known, deleted = self.tools.book.known_items(), self.tools.book.deleted_items()
        items = {item.id: item for item in self.tools.book.items_in(tuple(ItemState), MOST_ITEMS)}
        kept_originals = [each for each in originals if TAKING_NOTE not in each.names]
        await self._remove("files of deleted items swept", _named(deleted, (*kept_originals, *reels, *features)))
        await self._remove("originals that were let go swept", self._let_go(kept_originals, items))
        await self._remove("features of nobody swept", self._of_nobody(features, known | deleted))
        for each in reels:
            if (item := items.get(each.path.name)) is not None:
                await self._sweep_cuts(item, each.path)
        return len(self._of_nobody((*kept_originals, *reels), known | deleted))

    async def _sweep_cuts(self, item: Item, folder: Path) -> None:
        surplus = surplus_cuts(item, await self._list(folder))
        await self._remove("old cuts swept", untouched(surplus, self.now_s, GRACE_S))

    def _let_go(self, originals: Iterable[Leftover], items: dict[str, Item]) -> tuple[Leftover, ...]:
        """Originals that the book no longer counts on: their removal was cut short."""
        gone = {item.id for item in items.values() if not item.has_original and item.state.is_final}
        return untouched(_named(gone, originals), self.now_s, GRACE_S)

    def _of_nobody(self, folders: Iterable[Leftover], ids: frozenset[str]) -> tuple[Leftover, ...]:
        strange = [each for each in folders if each.is_folder and each.path.name not in ids]
        return untouched(strange, self.now_s, GRACE_S)

    async def _half_done(self) -> tuple[Leftover, ...]:
        """Unfinished files, uploads that nobody goes on with, and whatever else lies in the folder of work."""
        data = self.tools.data
        unfinished: list[Leftover] = []
        for folder in (data.features, data.reels, data.backups):
            unfinished += await asyncio.to_thread(self.tools.files.find, folder, UNDER_WAY)
        work = [each for each in await self._list(data.work) if each.path != data.uploads]
        uploads = await self._list(data.uploads)
        return (
            *untouched(unfinished, self.now_s, GRACE_S),
            *untouched(work, self.now_s, DEAD_WORK_S),
            # Whoever takes uploads in ends them in time; this is for those that were left behind.
            *untouched(uploads, self.now_s, self.rule.upload_expiry_s + GRACE_S),
        )

    async def _list(self, folder: Path) -> tuple[Leftover, ...]:
        return await asyncio.to_thread(self.tools.files.entries, folder)

    async def _remove(self, event: str, leftovers: Iterable[Leftover]) -> None:
        names: list[str] = []
        for each in leftovers:
            if self.tools.stopped():
                break
            await asyncio.to_thread(partial(self.tools.files.remove, each.path))
            names.append(self.tools.data.relative(each.path).as_posix())
        if names:
            self.tools.journal.note(event, count=len(names), paths=names[:20])


def _named(ids: Iterable[str], folders: Iterable[Leftover]) -> tuple[Leftover, ...]:
    wanted = frozenset(ids)
    return tuple(each for each in folders if each.is_folder and each.path.name in wanted)
