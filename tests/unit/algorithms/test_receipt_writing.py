from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from appliance.algorithms.receipt_writing import write_receipt
from appliance.domain.drop import VANISHED
from appliance.domain.job import Fate, FileRow, Item, ItemState, Job, Source
from appliance.domain.media import CUT_OFF
from appliance.domain.receipt import CardReceipt

JOB = Job(id="j", name="Friday", source=Source.FOLDER, created_at_s=0.0, trace_id="t", settled=True)


def item(item_id: str = "i", **fields: Any) -> Item:
    plain = Item(
        id=item_id, job_id="j", name="GX01", content_id="c", trace_id="t", state=ItemState.QUEUED, revision=1, created_at_s=0.0
    )
    return replace(plain, **{"duration_s": 60.0, **fields})


def row(place: str, fate: Fate, **fields: Any) -> FileRow:
    return replace(FileRow(place=place, size_bytes=1, modified_s=0.0, fate=fate), **fields)


def taken(place: str, fate: Fate = Fate.RECORDING, item_id: str = "i") -> FileRow:
    return row(place, fate, sha256="ab", item_id=item_id, stored=f"originals/{item_id}/{place}")


def receipt(rows: Sequence[FileRow], items: Sequence[Item] = (), job: Job = JOB) -> CardReceipt:
    return write_receipt(job, rows, items)


def test_a_card_is_safe_once_every_file_is_accounted_for_and_every_recording_stored() -> None:
    rows = [taken("a.mp4"), taken("b.mp4", Fate.CHAPTER), taken("a.lrv", Fate.PROXY), row("a.thm", Fate.IGNORED, reason="a note")]
    written = receipt(rows, [item()])
    assert written.safe_to_format
    assert written.verdict == "Safe to format: all 4 files are accounted for; 1 recording is stored and checked."
    assert [line.note for line in written.lines] == ["", "", "", "a note"]


def test_a_recording_that_opened_and_failed_later_is_safe_all_the_same_and_says_why() -> None:
    written = receipt([taken("a.mp4")], [item(state=ItemState.FAILED, message="the worker was ended")])
    assert written.safe_to_format
    assert [(line.state, line.note) for line in written.lines] == [(ItemState.FAILED, "the worker was ended")]


@pytest.mark.parametrize("fate", [Fate.RECORDING, Fate.CHAPTER, Fate.DUPLICATE])
@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (item(state=ItemState.FAILED, duration_s=None), "1 file could not be opened, see whether the copy is whole"),
        (
            item(state=ItemState.COMPLETED, remarks=(f"a.mp4: its header says 35.2 s: {CUT_OFF}",)),
            "1 file ended too early, see whether the copy is whole",
        ),
    ],
)
def test_a_copy_that_may_have_been_broken_off_is_not_safe(odd: Item, why: str, fate: Fate) -> None:
    written = receipt([taken("a.mp4", fate)], [odd])
    assert written.verdict == f"Do not format yet: {why} (for example a.mp4)."


def test_a_recording_is_not_safe_before_it_was_opened() -> None:
    waiting = item(duration_s=None)
    assert receipt([taken("a.mp4")], [waiting]).verdict == "Do not format yet: 1 file is still to be opened."
    assert receipt([taken("a.mp4")], [replace(waiting, state=ItemState.CANCELLED)]).safe_to_format


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (row("x.mp4", Fate.WAITING), "1 file is still being copied or taken in"),
        (row("x.mp4", Fate.IGNORED, reason=VANISHED), "1 file vanished before being stored (for example x.mp4)"),
        (row("x.mp4", Fate.IGNORED, reason="could not be read: denied"), "1 file could not be read (for example x.mp4)"),
        (row("x.mp4", Fate.REFUSED, item_id="i"), "1 file could not be taken in (for example x.mp4)"),
        (replace(taken("x.mp4"), stored=None), "1 file can no longer be found in the store (for example x.mp4)"),
        (replace(taken("x.mp4"), sha256=None), "1 file can no longer be found in the store (for example x.mp4)"),
        (taken("x.mp4", item_id="deleted"), "1 file can no longer be found in the store (for example x.mp4)"),
        (
            row("x.mp4", Fate.DUPLICATE, sha256="ab", item_id="deleted"),
            "1 file matched a recording that is gone (for example x.mp4)",
        ),
    ],
)
def test_one_file_in_doubt_is_enough_not_to_format(bad: FileRow, why: str) -> None:
    written = receipt([taken("a.mp4"), bad], [item()])
    assert not written.safe_to_format
    assert written.verdict == f"Do not format yet: {why}."


def test_a_job_that_is_not_settled_is_not_safe() -> None:
    written = receipt([taken("a.mp4")], [item()], replace(JOB, settled=False))
    assert (written.safe_to_format, written.verdict) == (False, "Do not format yet: more files may be on their way.")


def test_a_copy_of_what_is_here_is_safe() -> None:
    copy = row("b.mp4", Fate.DUPLICATE, sha256="ab", item_id="k")
    written = receipt([copy], [item("k", job_id="earlier")])
    assert written.verdict == "Safe to format: its one file is accounted for; 1 file is here already."


def test_an_original_that_was_removed_after_its_reel_was_made_is_safe() -> None:
    made = item(has_original=False, state=ItemState.COMPLETED, reel="reels/i/001/highlight.mp4")
    assert receipt([replace(taken("a.mp4"), stored=None)], [made]).safe_to_format
    assert not receipt([replace(taken("a.mp4"), stored=None)], [replace(made, reel=None)]).safe_to_format


def test_kept_and_cut_seconds_are_those_of_the_drop_itself() -> None:
    items = [
        item("i", state=ItemState.COMPLETED, duration_s=100.0, kept_s=30.0),
        item("k", state=ItemState.COMPLETED, duration_s=50.0),
        item("l", state=ItemState.PROCESSING, duration_s=70.0),
        item("m", job_id="earlier", state=ItemState.COMPLETED, duration_s=9.0, kept_s=9.0),
    ]
    written = receipt([taken("a.mp4")], items)
    assert (written.kept_s, written.cut_s) == (30.0, 120.0)
