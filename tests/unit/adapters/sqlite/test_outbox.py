from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.adapters.sqlite.book import SqliteBook
from appliance.domain.order import Lane
from appliance.domain.outbox import OrderRow, OrderState, OutcomeNote
from tests.book_examples import AT_S, a_job, an_item, opened_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[SqliteBook]:
    with opened_book(tmp_path) as book:
        with book.writing():
            book.save_job(a_job())
            for number in (1, 2):
                book.save_item(an_item(f"item-{number}"))
        yield book


def an_order(name: str, item_id: str = "item-1", *, issue: int = 1, not_before_s: float = 0.0) -> OrderRow:
    return OrderRow(id=name, item_id=item_id, revision=1, stage="probe", lane=Lane.CPU, issue=issue, not_before_s=not_before_s)


def save(book: SqliteBook, *rows: OrderRow) -> None:
    with book.writing():
        book.save_orders(rows)


def publish(book: SqliteBook, row: OrderRow, at_s: float = AT_S) -> None:
    with book.writing():
        book.mark_published(replace(row, number=7, seen_at_s=at_s))


def waiting(book: SqliteBook, now_s: float = AT_S) -> list[str]:
    return [row.id for row in book.waiting_orders(now_s, 10)]


def test_issues_are_never_given_twice_even_to_a_writer_that_starts_again(book: SqliteBook) -> None:
    with book.writing():
        assert [book.next_issue() for _ in range(3)] == [1, 2, 3]
    with book.writing():
        assert book.next_issue() == 4


def test_orders_wait_in_the_order_in_which_they_came(book: SqliteBook) -> None:
    save(book, an_order("b"), an_order("a"), an_order("late", not_before_s=AT_S + 5))
    assert waiting(book) == ["b", "a"]
    assert waiting(book, AT_S + 5) == ["b", "a", "late"]
    assert [row.id for row in book.waiting_orders(AT_S, 1)] == ["b"]


def test_an_order_is_published_only_under_the_issue_that_was_sent(book: SqliteBook) -> None:
    row = an_order("a", issue=1)
    save(book, row)
    save(book, replace(row, issue=2))
    publish(book, row)
    assert waiting(book) == ["a"]
    publish(book, replace(row, issue=2))
    assert waiting(book) == []
    found = book.order("a")
    assert found is not None
    assert (found.state, found.number, found.seen_at_s) == (OrderState.PUBLISHED, 7, AT_S)


def test_an_order_that_is_done_stays_done(book: SqliteBook) -> None:
    row = an_order("a")
    save(book, row)
    with book.writing():
        book.forget_order("a")
    publish(book, row)
    assert book.order("a") is None


def test_nothing_of_an_item_is_sent_while_void_orders_are_on_the_bus(book: SqliteBook) -> None:
    save(book, an_order("a"), an_order("b"), an_order("c", "item-2"))
    with book.writing():
        book.void_orders("item-1")
    save(book, an_order("a", issue=2))
    assert waiting(book) == ["c"]
    assert book.items_with_void_orders(9) == ("item-1",)
    with book.writing():
        book.forget_void_orders("item-1")
    assert waiting(book) == ["a", "c"]
    assert book.order("b") is None


def test_orders_longest_unseen_are_looked_for_first(book: SqliteBook) -> None:
    rows = [an_order(name) for name in "abc"]
    save(book, *rows)
    for at_s, row in zip((30.0, 10.0, 20.0), rows, strict=True):
        publish(book, row, at_s)
    assert [row.id for row in book.unseen_orders(25.0, 9)] == ["b", "c"]
    with book.writing():
        book.mark_seen("b", 40.0)
    assert [row.id for row in book.unseen_orders(50.0, 9)] == ["c", "a", "b"]
    assert [row.id for row in book.unseen_orders(50.0, 1)] == ["c"]


def test_an_outcome_is_logged_once(book: SqliteBook) -> None:
    note = OutcomeNote(
        id="x",
        at_s=1.0,
        order_id="a",
        item_id="i",
        stage="s",
        verdict="done",
        attempt=1,
        took_s=2.0,
        worker="w",
        recorded_at_s=3.0,
    )
    with book.writing():
        assert book.note_outcome(note)
        assert not book.note_outcome(replace(note, verdict="failed", recorded_at_s=9.0))
        assert book.note_outcome(replace(note, at_s=2.0))
        assert book.note_outcome(replace(note, id="y"))


def test_pruning_takes_the_oldest_in_bounded_numbers_and_spares_what_is_open(book: SqliteBook) -> None:
    with book.writing():
        for number in range(5):
            book.save_job(a_job(f"old-{number}", at_s=float(number), settled=number != 4))
        book.save_item(an_item("kept", "old-0"))
        book.save_item(an_item("gone", "old-1"))
        book.save_orders([an_order("open", "gone")])
        book.delete_item("gone", 5.0)
    with book.writing():
        assert book.prune(0.0, 100.0, 1) == 1
        assert book.prune(0.0, 100.0, 9) == 1
    assert [job.id for job in book.jobs(9)] == ["job-1", "old-4", "old-1", "old-0"]
    with book.writing():
        book.forget_void_orders("gone")
        assert book.prune(0.0, 100.0, 9) == 1
    assert not book.is_deleted("gone")
