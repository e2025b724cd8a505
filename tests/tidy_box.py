"""A box for a janitor: a real book behind a real ledger's desk, real files, a disk as large as it is told to be."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from appliance.adapters.memory_bus import MemoryBus
from appliance.adapters.sqlite.book import SqliteBook
from appliance.adapters.system.sweeping import SystemSweeper
from appliance.domain.errors import Transient
from appliance.domain.job import Item, ItemState
from appliance.domain.place import DataFolder
from appliance.domain.request import Answer, Request
from appliance.services.janitor import Janitor, JanitorRule, JanitorTools
from appliance.services.ledger import Ledger, LedgerParts, LedgerRule
from tests.appliance_fakes import HandClock, HeardJournal, ToldDisk
from tests.book_examples import AT_S, a_file, a_job, a_revision, an_item

DAY_S = 86400.0


@dataclass
class SmallDisk:
    """A disk that holds the data folder and nothing else."""

    root: Path
    total: int

    def free_bytes(self, folder: Path) -> int:
        return self.total - sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file())

    def total_bytes(self, folder: Path) -> int:
        return self.total


@dataclass
class TidyBox:
    """Everything around one janitor. away: the ledger does not answer."""

    book: SqliteBook
    data: DataFolder
    rule: JanitorRule
    disk: SmallDisk | ToldDisk = field(default_factory=ToldDisk)
    clock: HandClock = field(default_factory=HandClock)
    journal: HeardJournal = field(default_factory=HeardJournal)
    steady_s: float = 0.0
    away: bool = False
    asked: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        parts = LedgerParts(
            book=self.book,
            bus=MemoryBus(clock=self.clock),
            clock=self.clock,
            disk=ToldDisk(),
            journal=HeardJournal(),
            data=self.data,
        )
        self._ledger = Ledger(parts, LedgerRule(min_free_bytes=0))
        for folder in self.data.all_folders():
            folder.mkdir(parents=True, exist_ok=True)
        self.janitor = self.hire()

    def hire(self) -> Janitor:
        """A new janitor, as after a restart."""
        tools = JanitorTools(
            data=self.data,
            desk=self,
            book=self.book,
            disk=self.disk,
            clock=self.clock,
            journal=self.journal,
            files=SystemSweeper(self.data.root),
            steady=lambda: self.steady_s,
        )
        return Janitor(tools, self.rule)

    async def ask(self, request: Request, timeout_s: float = 10.0) -> Answer:
        if self.away:
            raise Transient("the ledger does not answer")
        self.asked.append(request)
        return await self._ledger.answer(request)

    def pass_time(self, seconds: float) -> None:
        self.clock.time_s += seconds
        self.steady_s += seconds

    def keep(self, item_id: str, *, made_at_s: float = AT_S, size_bytes: int = 100, cuts: int = 1, **more: object) -> Item:
        """An item with its original, its features and the reels of its cuts."""
        item = replace(
            an_item(item_id, state=ItemState.COMPLETED),
            finished_at_s=made_at_s,
            revision=cuts,
            reel=f"reels/{item_id}/{cuts:03}/x.mp4",
            reel_bytes=size_bytes,
        )
        with self.book.writing():
            self.book.save_job(a_job())
            self.book.save_item(replace(item, **more))  # type: ignore[arg-type]
            self.book.save_parts(item_id, [replace(a_file(), item_id=item_id, stored=f"originals/{item_id}/a.mp4")])
            for number in range(1, cuts + 1):
                self.book.save_revision(a_revision(item_id, number))
        self.lay(f"originals/{item_id}/a.mp4", size_bytes)
        self.lay(f"features/{item_id}/f.npz")
        for number in range(1, cuts + 1):
            self.lay(f"reels/{item_id}/{number:03}/x.mp4", size_bytes)
        return self.item(item_id)

    def lay(self, place: str, size_bytes: int = 1, *, touched_at_s: float = AT_S) -> Path:
        """A file, last written when the folders above it were."""
        path = self.data.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * size_bytes)
        for each in (path, *path.parents):
            if each == self.data.root:
                break
            os.utime(each, (touched_at_s, touched_at_s))
        return path

    def item(self, item_id: str) -> Item:
        item = self.book.item(item_id)
        assert item is not None
        return item

    def has(self, place: str) -> bool:
        return (self.data.root / place).exists()
