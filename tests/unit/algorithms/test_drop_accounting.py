from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.algorithms.drop_accounting import (
    BATCH_ROWS,
    changed_rows,
    in_batches,
    left_behind,
    missing_rows,
    plan_rows,
    row_of_missing,
    signature_of,
    signature_of_row,
)
from appliance.algorithms.drop_grouping import read_drop
from appliance.domain.drop import UNREAD, VANISHED
from appliance.domain.footage import FileStamp, SeenFile
from appliance.domain.job import Fate, FileRow

SHARE = Path("/share")


def seen(place: str, size_bytes: int = 1000) -> SeenFile:
    stamp = FileStamp(size_bytes=size_bytes, modified_ns=1_790_000_000_123_456_789, allocated_bytes=size_bytes, device=1)
    return SeenFile(path=SHARE / "card" / place, top="card", place=place, stamp=stamp)


def row(place: str, fate: Fate = Fate.WAITING, reason: str = "", size_bytes: int = 1000) -> FileRow:
    return FileRow(place=place, size_bytes=size_bytes, modified_s=seen("x").stamp.modified_s, fate=fate, reason=reason)


def test_a_row_and_its_file_have_the_same_signature() -> None:
    assert signature_of(seen("a")) == signature_of_row(row("a"))


def test_half_written_files_have_no_row_until_nothing_changes_any_more() -> None:
    reading = read_drop(SHARE, [seen("a.mp4"), seen("b.mp4", 0), seen("c.mp4.part"), seen("d.txt")], "_READY")
    early = {each.place: str(each.fate) for each in plan_rows(reading, {}, rested=False)}
    late = {each.place: str(each.fate) for each in plan_rows(reading, {}, rested=True)}
    assert early == {"a.mp4": "waiting", "b.mp4": "waiting", "d.txt": "ignored"}
    assert late == {"a.mp4": "waiting", "b.mp4": "ignored", "c.mp4.part": "ignored", "d.txt": "ignored"}


def test_a_waiting_row_says_why() -> None:
    reading = read_drop(SHARE, [seen("a.mp4")], "_READY")
    assert [each.reason for each in plan_rows(reading, {"a.mp4": "does not open yet"}, rested=False)] == ["does not open yet"]


def test_only_news_is_told_and_what_was_dealt_with_is_left_alone() -> None:
    known = {"same": row("same"), "other": row("other"), "taken": row("taken", Fate.RECORDING)}
    news = [row("same"), row("other", reason="x"), row("taken", Fate.WAITING), row("new")]
    assert [each.place for each in changed_rows(news, known)] == ["other", "new"]


def test_only_files_that_waited_can_be_missing() -> None:
    known = {"here": row("here"), "gone": row("gone"), "note": row("note", Fate.IGNORED), "taken": row("taken", Fate.RECORDING)}
    assert [each.place for each in missing_rows(known, ["here"])] == ["gone"]


def test_a_missing_file_is_looked_for_under_another_name() -> None:
    file = seen("b.mp4")
    assert row_of_missing(row("a.mp4"), {signature_of(file): file}).reason == "renamed to card/b.mp4"
    assert row_of_missing(row("a.mp4"), {}).reason == VANISHED
    empty = seen("c.mp4", 0)
    assert row_of_missing(row("a.mp4", size_bytes=0), {signature_of(empty): empty}).reason == VANISHED


@pytest.mark.parametrize(
    ("left", "known"),
    [
        (row("a", Fate.IGNORED, "empty"), True),
        (row("a", Fate.REFUSED, "why"), True),
        (row("a", Fate.IGNORED, VANISHED), False),
        (row("a", Fate.IGNORED, "renamed to b"), False),
        (row("a", Fate.IGNORED, f"{UNREAD}: denied"), False),
        (row("a", Fate.RECORDING), False),
        (row("a", Fate.DUPLICATE), False),
    ],
)
def test_what_is_left_behind_is_known_again(left: FileRow, known: bool) -> None:
    assert bool(left_behind([left], keep_duplicates=False)) is known
    assert "a" in left_behind([replace(left, fate=Fate.DUPLICATE, reason="")], keep_duplicates=True)


def test_portions_are_bounded_and_complete() -> None:
    rows = [row(str(number)) for number in range(2 * BATCH_ROWS + 1)]
    batches = list(in_batches(rows))
    assert [len(batch) for batch in batches] == [BATCH_ROWS, BATCH_ROWS, 1]
    assert [each for batch in batches for each in batch] == rows
