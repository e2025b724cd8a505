"""What a receipt says of a drop's files while they lie in the share, and what is still known of those left behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from appliance.domain.drop import RENAMED, UNREAD, VANISHED, DropReading
from appliance.domain.footage import SeenFile
from appliance.domain.job import Fate, FileRow

#: Most rows that the ledger is asked to write at once.
BATCH_ROWS = 500
COPYING = "still being copied"
#: Fates of files that intake has dealt with.
DEALT_WITH = frozenset({Fate.RECORDING, Fate.CHAPTER, Fate.PROXY, Fate.DUPLICATE, Fate.REFUSED})

Signature = tuple[int, float]


def signature_of(file: SeenFile) -> Signature:
    """By which a file is known again, if nobody has touched it."""
    return file.stamp.size_bytes, file.stamp.modified_s


def signature_of_row(row: FileRow) -> Signature:
    """The same, of a file that was accounted for."""
    return row.size_bytes, row.modified_s


def plan_rows(reading: DropReading, reasons: Mapping[str, str], *, rested: bool) -> list[FileRow]:
    """A row for every file of a drop that lies in the share. reasons: why recordings wait, by place. rested: nothing in the
    drop changes any more, so that what is no footage yet will not become any."""
    rows = [_row(file, Fate.WAITING, reasons.get(file.place, COPYING)) for group in reading.groups for file in group.members]
    rows += [_row(file, Fate.IGNORED, reason) for file, reason in reading.ignored]
    if rested:
        rows += [_row(file, Fate.IGNORED, reason) for file, reason in reading.pending]
    else:
        # A half-written file under a passing name has no row: it will have another name once it is whole.
        rows += [_row(file, Fate.WAITING, COPYING) for file, reason in reading.pending if file.stamp.size_bytes == 0]
    return rows


def changed_rows(rows: Iterable[FileRow], known: Mapping[str, FileRow]) -> list[FileRow]:
    """Those that say something new. What intake has dealt with is not touched again."""
    return [row for row in rows if row != (before := known.get(row.place)) and not (before and before.fate in DEALT_WITH)]


def missing_rows(known: Mapping[str, FileRow], present: Iterable[str]) -> list[FileRow]:
    """Rows of files that waited, and are not there."""
    there = set(present)
    return [row for row in known.values() if row.fate is Fate.WAITING and row.place not in there]


def row_of_missing(row: FileRow, files_by_signature: Mapping[Signature, SeenFile]) -> FileRow:
    """What became of a file that is not there any more: it has another name, or it is gone."""
    file = files_by_signature.get(signature_of_row(row)) if row.size_bytes else None
    reason = VANISHED if file is None else f"{RENAMED}{file.top + '/' if file.top else ''}{file.place}"
    return replace(row, fate=Fate.IGNORED, reason=reason)


def left_behind(rows: Iterable[FileRow], *, keep_duplicates: bool) -> dict[str, Signature]:
    """Files that stay in the share once their drop is settled, and need not be looked at again as long as they stay the same."""
    fates = {Fate.IGNORED, Fate.REFUSED, *([Fate.DUPLICATE] if keep_duplicates else [])}
    gone = (VANISHED, UNREAD, RENAMED)
    return {row.place: signature_of_row(row) for row in rows if row.fate in fates and not row.reason.startswith(gone)}


def in_batches(rows: Sequence[FileRow]) -> Iterator[Sequence[FileRow]]:
    """Rows in portions that the ledger takes at once."""
    for start in range(0, len(rows), BATCH_ROWS):
        yield rows[start : start + BATCH_ROWS]


def _row(file: SeenFile, fate: Fate, reason: str) -> FileRow:
    return FileRow(place=file.place, size_bytes=file.stamp.size_bytes, modified_s=file.stamp.modified_s, fate=fate, reason=reason)
