"""A share with a watcher on it, looked at by hand."""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from appliance.adapters.originals import FolderOriginals
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.share import ShareLister
from appliance.domain.footage import FileStamp, ShareListing
from appliance.domain.job import CutRules, FileRow, Job
from appliance.domain.place import DataFolder
from appliance.ports.intake import FolderLister, OriginalStore
from appliance.services.intake import Intake, IntakeTools
from appliance.services.watcher import Watcher, WatcherRule, WatcherTools

from .appliance_fakes import HandClock, HeardJournal, ToldDisk
from .intake_fakes import RememberingLedger
from .media_files import Clip, write_clip

REST_S, SCAN_S, GIVE_UP_S = 20.0, 15.0, 600.0


@dataclass
class SilentWatch:
    """Never hears anything."""

    renewed: int = 0
    closed: bool = False

    async def changed(self) -> None:
        await asyncio.Event().wait()

    def renew(self) -> None:
        self.renewed += 1

    def close(self) -> None:
        self.closed = True


@dataclass(frozen=True)
class HollowLister:
    """A share on which files named hollow take less room than they are long."""

    lister: ShareLister

    def list_share(self, top: Path) -> ShareListing:
        listing = self.lister.list_share(top)
        files = (replace(file, stamp=self._hollow(file.path, file.stamp)) for file in listing.files)
        return replace(listing, files=tuple(files))

    def stamp_of(self, path: Path) -> FileStamp | None:
        stamp = self.lister.stamp_of(path)
        return stamp and self._hollow(path, stamp)

    def has_writer(self, path: Path) -> bool:
        return self.lister.has_writer(path)

    def device_of(self, folder: Path) -> int:
        return self.lister.device_of(folder)

    def remove_empty(self, folder: Path) -> None:
        self.lister.remove_empty(folder)

    def _hollow(self, path: Path, stamp: FileStamp) -> FileStamp:
        return replace(stamp, allocated_bytes=0) if "hollow" in path.name else stamp


@dataclass
class Rink:
    """A data folder with a watcher, a ledger that remembers, and a clock that is moved by hand."""

    data: DataFolder
    ledger: RememberingLedger = field(default_factory=RememberingLedger)
    journal: HeardJournal = field(default_factory=HeardJournal)
    clock: HandClock = field(default_factory=HandClock)
    disk: ToldDisk = field(default_factory=ToldDisk)
    watch: SilentWatch = field(default_factory=SilentWatch)
    originals: OriginalStore | None = None
    lister: FolderLister = field(default_factory=ShareLister)
    keep_duplicates: bool = False
    mount_marker: str = ""

    def __post_init__(self) -> None:
        for folder in self.data.all_folders():
            folder.mkdir(parents=True, exist_ok=True)
        self.watcher = self.new_watcher()

    def new_watcher(self) -> Watcher:
        """A watcher as after a restart."""
        intake = Intake(
            IntakeTools(
                data=self.data,
                desk=self.ledger,
                book=self.ledger,
                originals=self.originals or FolderOriginals(data=self.data),
                prober=PyavProber(),
                clock=self.clock,
                journal=self.journal,
                rules=CutRules(),
                keep_duplicates=self.keep_duplicates,
            )
        )
        tools = WatcherTools(
            data=self.data,
            intake=intake,
            book=self.ledger,
            desk=self.ledger,
            lister=self.lister,
            watch=self.watch,
            clock=self.clock,
            disk=self.disk,
            journal=self.journal,
        )
        rule = WatcherRule(
            rest_s=REST_S,
            scan_every_s=SCAN_S,
            give_up_after_s=GIVE_UP_S,
            ready_marker="_READY",
            mount_marker=self.mount_marker,
            keep_duplicates=self.keep_duplicates,
            min_free_bytes=1000,
        )
        return Watcher(tools, rule)

    def restart(self) -> None:
        """The process ends and another begins."""
        self.watcher = self.new_watcher()

    def look(self, times: int = 1, every_s: float = SCAN_S) -> None:
        """Looks at the share, with time between them."""

        async def run() -> None:
            for _ in range(times):
                while await self.watcher.look_once():
                    pass
                self.clock.time_s += every_s

        asyncio.run(run())

    def look_until_settled(self) -> None:
        """As often as it takes until no job is open any more."""
        self.look()
        for _ in range(100):
            if not self.ledger.open_jobs():
                return
            self.look()
        raise AssertionError([row for row in self.ledger.all_rows.values() if row.fate == "waiting"])

    def put(self, place: str, content: bytes) -> Path:
        """Something lies in the share."""
        path = self.data.footage / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def film(self, place: str, seconds: float = 0.5) -> Path:
        """A recording lies in the share; each length has other content."""
        path = self.data.footage / place
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_clip(path, Clip(seconds=seconds, format=None if path.suffix.lower() == ".mp4" else "mp4"))

    def rows(self, job: Job | None = None) -> dict[str, FileRow]:
        """What is known of files, by place."""
        return {row.place: row for row in self.ledger.files_of(job.id)} if job else self.ledger.all_rows

    def fates(self) -> dict[str, str]:
        """Place → what became of it."""
        return {place: str(row.fate) for place, row in self.rows().items()}

    def items(self) -> dict[str, list[str]]:
        """Name of each recording → its stored files' names."""
        parts = {item.name: self.ledger.parts_of(item.id) for item in self.ledger.items_by_id.values()}
        return {name: [Path(row.stored or "").name for row in rows] for name, rows in parts.items()}

    def in_share(self) -> list[str]:
        """What still lies in the share."""
        share = self.data.footage
        return sorted(
            os.fsencode(path.relative_to(share)).decode(errors="replace") for path in share.rglob("*") if path.is_file()
        )

    def jobs(self) -> list[Job]:
        """All jobs, oldest first."""
        return list(self.ledger.jobs_by_id.values())
