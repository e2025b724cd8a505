"""Takes one recording out of the share, once it opens and there is room; patient with those that do not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from appliance.domain.drop import RecordingGroup
from appliance.domain.errors import DiskFull, RinkreelError, Unusable
from appliance.domain.footage import SeenFile
from appliance.domain.job import Fate, FileRow, Job
from appliance.ports.intake import FolderLister
from appliance.ports.surroundings import Clock, Journal
from appliance.services.halting import run_abandonable
from appliance.services.intake import IncomingFile, Intake
from appliance.services.watcher_drop import Drop

#: After a failure a recording is left alone for this long, twice as long each time.
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 5.0, 300.0
#: Failures before giving up is thought of at all.
_LEAST_FAILURES = 3
WRITER, NO_ROOM = "still open in another program", "waits for room on the disk"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingRule:
    """device: the file system of the originals; only what comes from another one needs room. room_bytes: what may be used."""

    give_up_after_s: float
    device: int
    room_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failures:
    """What went wrong with a recording so far."""

    stamp: object
    first_s: float
    count: int
    not_before_s: float


class Taker:
    """Remembers, by recording, what does not open and what failed."""

    def __init__(self, intake: Intake, lister: FolderLister, clock: Clock, journal: Journal) -> None:
        self._intake, self._lister, self._clock, self._journal = intake, lister, clock, journal
        self._rule = TakingRule(give_up_after_s=0.0, device=0, room_bytes=0)
        self._closed: dict[tuple[str, str], tuple[object, str]] = {}
        self._failures: dict[tuple[str, str], _Failures] = {}
        #: Whether something had to wait for room, and whether something was begun whose end is not known, since `begin`.
        self.lacked_room = self.is_unsure = False

    def begin(self, rule: TakingRule) -> None:
        """A new look at the share begins."""
        self._rule, self.lacked_room, self.is_unsure = rule, False, False

    async def take(self, drop: Drop, group: RecordingGroup) -> None:
        """Take a recording in, or say in the drop why not yet.

        Raises:
            Transient: the ledger does not answer.
        """
        assert drop.job is not None
        try:
            if why := self._why_not_now(drop, group) or await self._why_not_open(drop, group):
                drop.reasons |= {file.place: why for file in group.members}
                return
            taken = await self._intake.take(drop.job, _incoming(group))
        except RinkreelError as error:
            self.is_unsure = True
            await self._note_failure(drop, group, error)
            return
        self._forget(drop, group)
        drop.mark_taken(group, Fate.DUPLICATE if taken.duplicate_of else Fate.RECORDING)
        if self._is_elsewhere(group):
            self._rule = replace(self._rule, room_bytes=self._rule.room_bytes - group.size_bytes)

    def _why_not_now(self, drop: Drop, group: RecordingGroup) -> str:
        failures = self._failures.get((drop.name, group.place))
        if failures and failures.stamp == _stamps(group) and self._clock.now_s() < failures.not_before_s:
            return drop.reasons.get(group.place, "is tried again later")
        if any(self._lister.stamp_of(file.path) != file.stamp for file in group.members):
            return "still being copied"
        if any(self._lister.has_writer(file.path) for file in group.members):
            return WRITER
        if self._is_elsewhere(group) and group.size_bytes > self._rule.room_bytes:
            self.lacked_room = True
            return NO_ROOM
        return ""

    async def _why_not_open(self, drop: Drop, group: RecordingGroup) -> str:
        """What does not open may not be whole; after a while it is taken all the same, so that people hear the reason."""
        if drop.reading.complete or drop.rested_s(group) >= self._rule.give_up_after_s:
            return ""
        key, stamps = (drop.name, group.place), _stamps(group)
        seen = self._closed.get(key)
        if seen is None or seen[0] != stamps:
            seen = self._closed[key] = (stamps, await self._try_open(group.files))
        return f"does not open yet: {seen[1]}" if seen[1] else ""

    async def _try_open(self, files: tuple[SeenFile, ...]) -> str:
        for file in files:
            try:
                await run_abandonable(partial(self._intake.check, file.path))
            except Unusable as error:
                return error.why
        return ""

    async def _note_failure(self, drop: Drop, group: RecordingGroup, error: RinkreelError) -> None:
        """Wait longer each time; what cannot be read for too long is refused, and stays where it is."""
        assert drop.job is not None
        self._journal.warn("a recording could not be taken in", drop=drop.name, place=group.place, why=error.why)
        # When it is the ledger that does not answer, the recording is not to blame: this raises.
        await self._intake.account(drop.job, ())
        self.lacked_room |= isinstance(error, DiskFull)
        key, now_s = (drop.name, group.place), self._clock.now_s()
        before = self._failures.get(key)
        if before is None or before.stamp != _stamps(group):
            before = _Failures(stamp=_stamps(group), first_s=now_s, count=0, not_before_s=now_s)
        pause_s = min(_FIRST_PAUSE_S * 2**before.count, _LONGEST_PAUSE_S)
        self._failures[key] = _Failures(
            stamp=before.stamp, first_s=before.first_s, count=before.count + 1, not_before_s=now_s + pause_s
        )
        drop.reasons |= {file.place: error.why for file in group.members}
        too_long = now_s - before.first_s >= self._rule.give_up_after_s and before.count + 1 >= _LEAST_FAILURES
        if too_long and not isinstance(error, DiskFull):
            await self._refuse(drop, drop.job, group, error)

    async def _refuse(self, drop: Drop, job: Job, group: RecordingGroup, error: RinkreelError) -> None:
        remedy = error.remedy or "Copy it from the card again."
        rows = [_row(proxy, Fate.IGNORED, "its full file could not be read") for proxy in group.proxies if proxy is not None]
        for file in group.files:
            item_id = await self._intake.refuse(job, file.place, file.stamp.size_bytes, error.why, remedy)
            rows.append(replace(_row(file, Fate.REFUSED, error.why), item_id=item_id))
        await self._intake.account(job, rows)
        drop.mark_taken(group, Fate.REFUSED)
        self._forget(drop, group)

    def _is_elsewhere(self, group: RecordingGroup) -> bool:
        """Whether it has to be copied, because it lies on another disk than the originals."""
        return any(file.stamp.device != self._rule.device for file in group.members)

    def _forget(self, drop: Drop, group: RecordingGroup) -> None:
        self._closed.pop((drop.name, group.place), None)
        self._failures.pop((drop.name, group.place), None)


def _incoming(group: RecordingGroup) -> list[IncomingFile]:
    files = [IncomingFile(path=file.path, place=file.place) for file in group.files]
    pairs = zip(group.files, group.proxies, strict=True)
    return [
        *files,
        *(IncomingFile(path=proxy.path, place=proxy.place, proxy_of=file.place) for file, proxy in pairs if proxy is not None),
    ]


def _row(file: SeenFile, fate: Fate, reason: str) -> FileRow:
    return FileRow(place=file.place, size_bytes=file.stamp.size_bytes, modified_s=file.stamp.modified_s, fate=fate, reason=reason)


def _stamps(group: RecordingGroup) -> object:
    return tuple(file.stamp for file in group.members)
