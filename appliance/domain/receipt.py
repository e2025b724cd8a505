"""A card receipt: every file that was seen, what became of it, and whether the card may be formatted."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.job import FileRow, ItemState, Job


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One file. state, kept_s: of the recording it belongs to, if any. note: one line for people."""

    file: FileRow
    state: ItemState | None = None
    kept_s: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardReceipt:
    """What became of a drop. kept_s: seconds of footage that are in reels; cut_s: seconds that are not, of recordings whose
    length is known. verdict: one line that says whether the card may be formatted."""

    job: Job
    lines: tuple[ReceiptLine, ...]
    kept_s: float
    cut_s: float
    safe_to_format: bool
    verdict: str
