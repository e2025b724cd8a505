"""The receipt of a drop, and its one line: a card is safe to format only when nothing on it depends on the card any more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from appliance.domain.drop import UNREAD, VANISHED
from appliance.domain.job import Fate, FileRow, Item, ItemState, Job
from appliance.domain.media import CUT_OFF
from appliance.domain.receipt import CardReceipt, ReceiptLine

_MUST_BE_STORED = frozenset({Fate.RECORDING, Fate.CHAPTER})
_FOOTAGE = _MUST_BE_STORED | {Fate.DUPLICATE}


def write_receipt(job: Job, files: Sequence[FileRow], items: Sequence[Item]) -> CardReceipt:
    """Write the receipt of a job. items: those of the job, and those that its duplicates are the same as."""
    by_id = {item.id: item for item in items}
    lines = tuple(_line(row, by_id) for row in files)
    own = [item for item in items if item.job_id == job.id]
    kept_s = sum(item.kept_s or 0.0 for item in own)
    finished = [item for item in own if item.state is ItemState.COMPLETED and item.duration_s is not None]
    cut_s = sum(max(0.0, (item.duration_s or 0.0) - (item.kept_s or 0.0)) for item in finished)
    why_not = _why_not_safe(job, files, by_id)
    return CardReceipt(
        job=job,
        lines=lines,
        kept_s=kept_s,
        cut_s=cut_s,
        safe_to_format=not why_not,
        verdict=f"Do not format yet: {why_not}." if why_not else f"Safe to format: {_all_is_well(files)}.",
    )


def _line(row: FileRow, items: Mapping[str, Item]) -> ReceiptLine:
    item = items.get(row.item_id or "")
    if item is None:
        return ReceiptLine(file=row, note=row.reason)
    return ReceiptLine(file=row, state=item.state, kept_s=item.kept_s, note=row.reason or item.message)


def _why_not_safe(job: Job, files: Sequence[FileRow], items: Mapping[str, Item]) -> str:
    """The most pressing reason, empty when there is none."""
    waiting = sum(row.fate is Fate.WAITING for row in files)
    if waiting:
        return f"{_count(waiting, 'file')} {_is(waiting)} still being copied or taken in"
    if not job.settled:
        return "more files may be on their way"
    for rows, what in (*_troubles(files, items), *_doubts(files, items)):
        if rows:
            return f"{_count(len(rows), 'file')} {what} (for example {rows[0].place})"
    unopened = sum(_is_unopened(row, items) for row in files)
    return f"{_count(unopened, 'file')} {_is(unopened)} still to be opened" if unopened else ""


def _troubles(files: Sequence[FileRow], items: Mapping[str, Item]) -> list[tuple[list[FileRow], str]]:
    return [
        ([row for row in files if row.reason == VANISHED], "vanished before being stored"),
        ([row for row in files if row.reason.startswith(UNREAD)], "could not be read"),
        ([row for row in files if row.fate is Fate.REFUSED], "could not be taken in"),
        (
            [row for row in files if row.fate in _MUST_BE_STORED and not _is_stored(row, items)],
            "can no longer be found in the store",
        ),
        ([row for row in files if row.fate is Fate.DUPLICATE and not _is_kept(row, items)], "matched a recording that is gone"),
    ]


def _doubts(files: Sequence[FileRow], items: Mapping[str, Item]) -> list[tuple[list[FileRow], str]]:
    """What is stored as it came, but looks like a copy that was broken off; the card may hold more."""
    footage = [(row, item) for row in files if row.fate in _FOOTAGE and (item := items.get(row.item_id or "")) is not None]
    broken = [row for row, item in footage if item.state is ItemState.FAILED and item.duration_s is None]
    short = [row for row, item in footage if any(remark.endswith(CUT_OFF) for remark in item.remarks)]
    return [
        (broken, "could not be opened, see whether the copy is whole"),
        (short, "ended too early, see whether the copy is whole"),
    ]


def _is_unopened(row: FileRow, items: Mapping[str, Item]) -> bool:
    """Whether nobody has looked yet if it is a recording at all."""
    item = items.get(row.item_id or "")
    return row.fate in _FOOTAGE and item is not None and not item.state.is_final and item.duration_s is None


def _is_stored(row: FileRow, items: Mapping[str, Item]) -> bool:
    """Its bytes lie in the originals, or the reel that was wanted of them is there."""
    if row.sha256 is None:
        return False
    item = items.get(row.item_id or "")
    return item is not None and ((item.has_original and row.stored is not None) or _has_reel(item))


def _is_kept(row: FileRow, items: Mapping[str, Item]) -> bool:
    item = items.get(row.item_id or "")
    return row.sha256 is not None and item is not None and (item.has_original or _has_reel(item))


def _has_reel(item: Item) -> bool:
    return item.state is ItemState.COMPLETED and item.reel is not None


def _all_is_well(files: Sequence[FileRow]) -> str:
    recordings = sum(row.fate is Fate.RECORDING for row in files)
    copies = sum(row.fate is Fate.DUPLICATE for row in files)
    told = [f"{_count(recordings, 'recording')} {_is(recordings)} stored and checked"] if recordings or not copies else []
    if copies:
        told.append(f"{_count(copies, 'file')} {_is(copies)} here already")
    accounted = f"all {len(files)} files are" if len(files) != 1 else "its one file is"
    return f"{accounted} accounted for; {'; '.join(told)}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
