"""Follows one drop from its first file to its receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from appliance.algorithms.drop_accounting import (
    DEALT_WITH,
    Signature,
    changed_rows,
    in_batches,
    left_behind,
    missing_rows,
    plan_rows,
    row_of_missing,
    signature_of,
)
from appliance.algorithms.drop_grouping import has_footage, read_drop
from appliance.algorithms.resting import Resting, RestRule
from appliance.domain.drop import UNREAD, DropReading, RecordingGroup
from appliance.domain.footage import OddEntry, SeenFile
from appliance.domain.job import Fate, FileRow, Job, Source
from appliance.services.intake import Intake

#: Jobs of files that lie loose at the share's top are called so, with day and hour behind.
LOOSE = "Loose files, "


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRule:
    """How a drop is followed. share: the folder it lies in. marker: name of the file that says that it is complete."""

    share: Path
    rest: RestRule
    marker: str
    keep_duplicates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at the share shows of a drop. elsewhere: every file of the share, by signature."""

    now_s: float
    files: Sequence[SeenFile] = ()
    passed_over: Sequence[OddEntry] = ()
    unread: Sequence[OddEntry] = ()
    elsewhere: Mapping[Signature, SeenFile] = field(default_factory=dict)


class Drop:
    """One folder at the share's top, or the files that lie loose there.

    Args:
        job: the job that follows it, if one was open already; rows: what is known of its files.
        left: files of earlier drops in the same place that need not be looked at again.
    """

    def __init__(
        self,
        name: str,
        rule: DropRule,
        *,
        job: Job | None = None,
        rows: Sequence[FileRow] = (),
        left: Mapping[str, Signature] | None = None,
    ) -> None:
        self.name, self.job = name, job
        self.reading = DropReading()
        self.reasons: dict[str, str] = {}
        self.settled_at_s: float | None = None
        self.folder: Path | None = None
        self._rule = rule
        self._rows = {row.place: row for row in rows}
        self._left = dict(left or {})
        self._resting = Resting(rule.rest)
        self._missing_since: dict[str, float] = {}
        self._unread_since: float | None = None
        self._changed_at_s = 0.0
        self._files: list[SeenFile] | None = None
        self._seen: frozenset[object] = frozenset()
        self._look = Look(now_s=0.0)

    def see(self, look: Look) -> None:
        """Take in one more look. Files that were dealt with and lie there anew wait until this drop is settled."""
        self._look = look
        if self.name and look.files:
            self.folder = self._rule.share / look.files[0].path.relative_to(self._rule.share).parts[0]
        there = {file.place: signature_of(file) for file in look.files}
        self._left = {place: known for place, known in self._left.items() if there.get(place) == known}
        files = [file for file in look.files if file.place not in self._left and not self._is_dealt_with(file.place)]
        self._resting.see(files, look.now_s)
        if files != self._files:
            # Sorting ten thousand names takes seconds; most looks show nothing new.
            self.reading, self._files = read_drop(self._rule.share, files, self._rule.marker), files
        since = look.now_s if self._unread_since is None else self._unread_since
        self._unread_since = since if look.unread else None
        self._note_changes()

    def keep_resting(self, earlier: Drop) -> None:
        """Go on with what was seen of the same drop before the book was read anew."""
        self._resting, self._look, self.folder = earlier._resting, earlier._look, earlier.folder
        self._missing_since, self._unread_since = earlier._missing_since, earlier._unread_since
        self._changed_at_s, self._seen = earlier._changed_at_s, earlier._seen
        self.reasons, self.settled_at_s = earlier.reasons, earlier.settled_at_s

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to follow."""
        return self.job is None and not self._look.files

    @property
    def is_rested(self) -> bool:
        """Whether nothing in it changes any more, as far as footage goes."""
        if self.reading.complete:
            return True
        now_s = self._look.now_s
        quiet = now_s - self._changed_at_s >= self._rule.rest.rest_s
        return quiet and all(self._resting.has_rested(file, now_s) for file in self._candidates())

    def ready_groups(self) -> list[RecordingGroup]:
        """Recordings that are whole; those that could grow wait for the rest of the drop."""
        rested = self.is_rested
        return [group for group in self.reading.groups if rested or (not group.may_grow and self._has_rested(group))]

    def rested_s(self, group: RecordingGroup) -> float:
        """For how long a recording has stayed the same."""
        return min(self._resting.rested_s(file, self._look.now_s) for file in group.members)

    async def account(self, intake: Intake, loose_name: str) -> None:
        """Open a job once there is footage, and tell what has changed."""
        if self.job is None:
            if not has_footage(self.reading):
                return
            self.job = await intake.open_job(self.name or loose_name, Source.FOLDER)
            self._rows = {}
        await self._tell(intake, [*self._present_rows(), *self._missing_rows()])

    def mark_taken(self, group: RecordingGroup, fate: Fate) -> None:
        """Intake has dealt with a recording."""
        for file in group.members:
            stamp = file.stamp
            row = FileRow(place=file.place, size_bytes=stamp.size_bytes, modified_s=stamp.modified_s, fate=fate)
            self._rows[file.place] = row
            self.reasons.pop(file.place, None)
        self.reading = replace(self.reading, groups=tuple(each for each in self.reading.groups if each != group))
        # Should the same come again, it is to be read again.
        self._files = None

    async def settle_when_done(self, intake: Intake) -> bool:
        """Settle the job once every file is accounted for; whether it was."""
        waiting = any(row.fate is Fate.WAITING for row in self._rows.values())
        if self.job is None or waiting or self.reading.groups or not self.is_rested or self._waits_for_unread():
            return False
        unread = [_odd_row(entry, f"{UNREAD}: {entry.reason}") for entry in self._look.unread]
        await self._tell(intake, [*self._present_rows(), *unread])
        await intake.settle(self.job)
        self._left |= left_behind(self._rows.values(), keep_duplicates=self._rule.keep_duplicates)
        self._rows, self.job, self.settled_at_s = {}, None, self._look.now_s
        return True

    def _candidates(self) -> list[SeenFile]:
        """Files that are footage, or may become it."""
        files = [file for group in self.reading.groups for file in group.members]
        return [*files, *(file for file, _ in self.reading.pending)]

    def _note_changes(self) -> None:
        """A drop to which something is still added is not over, even if it is a note beside a recording."""
        seen = {(file.place, file.stamp) for file in self._candidates()} | {file.place for file, _ in self.reading.ignored}
        if seen - self._seen:
            self._changed_at_s = self._look.now_s
        self._seen = frozenset(seen)

    def _present_rows(self) -> list[FileRow]:
        odd = [_odd_row(entry, entry.reason) for entry in self._look.passed_over]
        return [*plan_rows(self.reading, self.reasons, rested=self.is_rested), *odd]

    def _missing_rows(self) -> list[FileRow]:
        """Rows of files that have been missing for a while; nothing is concluded from a folder that cannot be read."""
        if self._waits_for_unread():
            return []
        now_s = self._look.now_s
        missing = missing_rows(self._rows, (file.place for file in self._look.files))
        self._missing_since = {row.place: self._missing_since.get(row.place, now_s) for row in missing}
        gone = [row for row in missing if now_s - self._missing_since[row.place] >= self._rule.rest.rest_s]
        return [row_of_missing(row, self._look.elsewhere) for row in gone]

    def _waits_for_unread(self) -> bool:
        """What cannot be read may be readable later; not for ever."""
        since = self._unread_since
        return since is not None and self._look.now_s - since < self._rule.rest.give_up_after_s

    async def _tell(self, intake: Intake, rows: Sequence[FileRow]) -> None:
        assert self.job is not None
        changed = changed_rows(rows, self._rows)
        for batch in in_batches(changed):
            await intake.account(self.job, batch)
            self._rows |= {row.place: row for row in batch}

    def _has_rested(self, group: RecordingGroup) -> bool:
        return all(self._resting.has_rested(file, self._look.now_s) for file in group.members)

    def _is_dealt_with(self, place: str) -> bool:
        row = self._rows.get(place)
        return row is not None and row.fate in DEALT_WITH


def _odd_row(entry: OddEntry, reason: str) -> FileRow:
    return FileRow(place=entry.place or ".", size_bytes=0, modified_s=0.0, fate=Fate.IGNORED, reason=reason)
