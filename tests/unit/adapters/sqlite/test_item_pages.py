from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.adapters.sqlite.book import SqliteBook
from appliance.domain.order import Lane
from appliance.domain.outbox import ChunkCounts, ChunkRow, ChunkState, OrderRow
from tests.book_examples import AT_S, a_file, a_job, a_recording, a_revision, an_item, chunks_of, opened_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[SqliteBook]:
    with opened_book(tmp_path) as book:
        with book.writing():
            book.save_job(a_job())
            book.save_item(an_item())
        yield book


def test_chunks_come_back_as_they_were_and_are_counted(book: SqliteBook) -> None:
    rows = [ChunkRow(chunk=chunk) for chunk in chunks_of(a_recording(), 4)]
    watched = replace(rows[2], state=ChunkState.WATCHED, features="f", remarks=("dark", "Übung"))
    failed = replace(rows[0], state=ChunkState.FAILED, why="broken", remedy="copy it")
    with book.writing():
        book.save_chunks("item-1", rows)
        book.save_chunks("item-1", [watched, failed])
    assert book.chunks_of("item-1") == (failed, rows[1], watched, rows[3])
    assert book.chunk("item-1", 2) == watched
    assert book.chunk("item-1", 9) is None
    assert book.chunk_counts("item-1") == ChunkCounts(total=4, watched=1, failed=1)
    with book.writing():
        book.forget_chunks("item-1")
    assert book.chunk_counts("item-1") == ChunkCounts()


def test_an_item_that_is_changed_keeps_what_hangs_on_it_and_its_place(book: SqliteBook) -> None:
    with book.writing():
        book.save_item(an_item("item-2"))
        book.save_parts("item-1", [a_file()])
        book.save_revision(a_revision())
        book.save_item(replace(an_item(), name="New name"))
    assert len(book.parts_of("item-1")) == len(book.revisions("item-1")) == 1
    assert [item.id for item in book.items_of(["job-1"])] == ["item-1", "item-2"]


def test_a_deleted_item_whose_orders_are_out_has_them_taken_back(book: SqliteBook) -> None:
    order = OrderRow(id="o", item_id="item-1", revision=1, stage="probe", lane=Lane.CPU, issue=1)
    with book.writing():
        book.save_orders([order])
        book.delete_item("item-1", AT_S)
    assert book.items_with_void_orders(9) == ("item-1",)
    assert book.is_deleted("item-1")
    assert not book.is_deleted("item-2")


def test_content_of_a_deleted_item_may_come_again_under_any_id(book: SqliteBook) -> None:
    with book.writing():
        book.delete_item("item-1", AT_S)
        book.save_item(replace(an_item("item-2"), content_id="content-item-1"))
    found = book.item_of_content("content-item-1")
    assert found is not None
    assert found.id == "item-2"
    with book.writing():
        book.delete_item("item-2", AT_S)
        book.save_item(an_item())
    assert book.item("item-1") == an_item()


def test_a_forgotten_original_lies_nowhere(book: SqliteBook) -> None:
    with book.writing():
        book.save_parts("item-1", [a_file()])
        book.save_files("job-1", [replace(a_file(), item_id="item-1"), replace(a_file("other"), item_id="item-2")])
        book.save_alias("item-7", "item-1")
        book.forget_original("item-1")
    assert [row.stored for row in book.parts_of("item-1")] == [None]
    assert {row.item_id: row.stored for row in book.files_of("job-1")} == {"item-1": None, "item-2": "originals/item-1/other"}
    assert book.known_items() == {"item-1"}
