"""What the book says to whoever reads it: the ledger through its own connection, everybody else through a view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.sqlite.book import SqliteBook
from appliance.adapters.sqlite.view import SqliteBookView
from appliance.domain.account import Account, ApiKey, Role, Share
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import DeadLetter, Fate, ItemState, Notice, Tallies
from appliance.domain.order import Lane
from appliance.domain.outbox import OrderRow, OutcomeNote
from appliance.ports.book import Book, BookView
from tests.book_examples import AT_S, a_file, a_job, a_revision, an_item, opened_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[SqliteBook]:
    with opened_book(tmp_path) as opened:
        yield opened


@pytest.fixture(params=["writer", "view"])
def reader(request: pytest.FixtureRequest, book: SqliteBook, tmp_path: Path) -> Iterator[BookView]:
    if request.param == "writer":
        yield book
        return
    view = SqliteBookView(tmp_path / "book.db")
    yield view
    view.close()


def fill(book: Book, *, jobs: int = 1, items: int = 1) -> None:
    with book.writing():
        for number in range(1, jobs + 1):
            book.save_job(a_job(f"job-{number}", at_s=AT_S + number))
        for number in range(1, items + 1):
            book.save_item(an_item(f"item-{number}", f"job-{(number - 1) % jobs + 1}"))


def test_an_empty_book_answers_every_question(reader: BookView) -> None:
    lists: list[tuple[object, ...]] = [
        *(reader.jobs(10), reader.open_jobs(), reader.items_of(["x"]), reader.items_of([]), reader.items_in(["queued"], 5)),
        *(reader.files_of("x"), reader.parts_of("x"), reader.revisions("x"), reader.dead_letters(5), reader.notices()),
        *(reader.accounts(), reader.keys(), reader.shares_of("x"), reader.outcomes(5), reader.open_orders(5)),
    ]
    things: list[object] = [
        *(reader.job("x"), reader.item("x"), reader.item_of_content("x"), reader.revision("x"), reader.revision("x", 2)),
        *(reader.account("x"), reader.share("x")),
    ]
    assert not any(lists)
    assert things == [None] * len(things)
    assert reader.known_items() == frozenset()
    assert reader.tallies() == Tallies()


def test_jobs_come_newest_first_and_page_by_time(book: SqliteBook, reader: BookView) -> None:
    fill(book, jobs=5)
    first = reader.jobs(2)
    assert [job.id for job in first] == ["job-5", "job-4"]
    assert [job.id for job in reader.jobs(2, first[-1].created_at_s)] == ["job-3", "job-2"]
    assert reader.job("job-3") == a_job("job-3", at_s=AT_S + 3)


def test_open_jobs_are_those_that_are_not_settled(book: SqliteBook, reader: BookView) -> None:
    fill(book, jobs=2)
    with book.writing():
        book.save_job(a_job("job-1", settled=True))
    assert [job.id for job in reader.open_jobs()] == ["job-2"]


def test_items_come_as_they_were_kept_and_in_the_order_in_which_they_came(book: SqliteBook, reader: BookView) -> None:
    fill(book, jobs=2, items=4)
    changed = replace(
        an_item("item-1"), state=ItemState.COMPLETED, remarks=("a remark",), kept_s=12.5, pinned=True, has_original=False
    )
    with book.writing():
        book.save_item(changed)
    assert reader.item("item-1") == changed
    assert [item.id for item in reader.items_of(["job-2", "job-1", "job-2", "nothing"])] == [
        "item-1",
        "item-2",
        "item-3",
        "item-4",
    ]
    assert [item.id for item in reader.items_in(["queued", "failed"], 2)] == ["item-2", "item-3"]


def test_more_jobs_than_one_statement_takes_can_be_asked_for(book: SqliteBook, reader: BookView) -> None:
    fill(book, jobs=3, items=3)
    strangers = [f"nobody-{number}" for number in range(2000)]
    assert [item.id for item in reader.items_of(["job-3", *strangers, "job-1"])] == ["item-1", "item-3"]


def test_known_content_leads_to_its_item_until_that_is_deleted(book: SqliteBook, reader: BookView) -> None:
    fill(book)
    found = reader.item_of_content("content-item-1")
    assert found is not None
    assert found.id == "item-1"
    with book.writing():
        book.delete_item("item-1", AT_S)
    assert reader.item_of_content("content-item-1") is None
    assert reader.item_of_content("") is None


def test_a_deleted_item_leaves_nothing_but_its_rows_in_the_receipt(book: SqliteBook, reader: BookView) -> None:
    fill(book)
    with book.writing():
        book.save_files("job-1", [replace(a_file(), item_id="item-1")])
        book.save_parts("item-1", [a_file()])
        book.save_revision(a_revision())
        book.save_alias("item-9", "item-1")
        book.save_share(Share(id="s", item_id="item-1", made_by="Ann", created_at_s=AT_S, expires_at_s=AT_S + 1))
        book.delete_item("item-1", AT_S)
    assert reader.item("item-1") is None
    assert not any([reader.items_of(["job-1"]), reader.items_in(["queued"], 5), reader.parts_of("item-1")])
    assert not any([reader.revisions("item-1"), reader.shares_of("item-1")])
    assert reader.known_items() == frozenset()
    assert reader.deleted_items() == {"item-1", "item-9"}
    (row,) = reader.files_of("job-1")
    assert (row.fate, row.stored, row.item_id) == (Fate.RECORDING, None, "item-1")
    assert book.is_deleted("item-1")


def test_files_come_by_place_and_a_later_row_replaces_the_earlier_one(book: SqliteBook, reader: BookView) -> None:
    fill(book)
    with book.writing():
        book.save_files("job-1", [a_file("B.MP4"), a_file("A.MP4", fate=Fate.WAITING)])
        book.save_files("job-1", [a_file("A.MP4", fate=Fate.IGNORED)])
    assert reader.files_of("job-1") == (a_file("A.MP4", fate=Fate.IGNORED), a_file("B.MP4"))


def test_names_that_are_not_utf_8_come_back_as_they_were(book: SqliteBook, reader: BookView) -> None:
    fill(book)
    row = a_file(b"caf\xe9/\xff.mp4".decode(errors="surrogateescape"))
    item = replace(an_item("item-1"), name=b"\xe9t\xe9".decode(errors="surrogateescape"))
    with book.writing():
        book.save_files("job-1", [row])
        book.save_files("job-1", [row])
        book.save_item(item)
    assert reader.files_of("job-1") == (row,)
    assert reader.item("item-1") == item


def test_parts_come_in_order_with_proxies_last(book: SqliteBook, reader: BookView) -> None:
    fill(book)
    rows = (a_file("A.MP4"), a_file("A.LRV", fate=Fate.PROXY), a_file("B.MP4", fate=Fate.CHAPTER, part=1))
    with book.writing():
        book.save_parts("item-1", [a_file("old.MP4"), *rows])
        book.save_parts("item-1", rows)
    assert [row.place for row in reader.parts_of("item-1")] == ["A.MP4", "B.MP4", "A.LRV"]
    assert {row.item_id for row in reader.parts_of("item-1")} == {"item-1"}


def test_revisions_come_back_exactly_and_the_present_one_is_the_items(book: SqliteBook, reader: BookView) -> None:
    fill(book)
    bare = replace(a_revision(number=2), recording=None, segments=(), plan=None, signal=None, reel=None)
    with book.writing():
        book.save_revision(bare)
        book.save_revision(a_revision())
    assert reader.revisions("item-1") == (a_revision(), bare)
    assert reader.revision("item-1") == a_revision()
    assert reader.revision("item-1", 2) == bare
    with book.writing():
        book.save_item(replace(an_item(), revision=2))
    assert reader.revision("item-1") == bare


def test_people_and_their_keys_come_back_until_they_are_removed(book: SqliteBook, reader: BookView) -> None:
    fill(book)
    ann = Account(name="Ann", role=Role.ADMIN, secret="salted", epoch=3, temporary=True, created_at_s=AT_S)
    key = ApiKey(id="k", name="script", role=Role.OPERATOR, digest="d" * 64, created_at_s=AT_S)
    share = Share(id="s", item_id="item-1", made_by="Ann", created_at_s=AT_S, expires_at_s=AT_S + 60)
    notice = Notice(key="disk", why="full", remedy="make room", at_s=AT_S)
    with book.writing():
        book.save_account(ann)
        book.save_key(key)
        book.save_share(share)
        book.save_notice(notice)
    assert (reader.accounts(), reader.account("Ann")) == ((ann,), ann)
    assert (reader.keys(), reader.shares_of("item-1"), reader.share("s")) == ((key,), (share,), share)
    assert reader.notices() == (notice,)
    with book.writing():
        book.remove_account("Ann")
        book.revoke_key("k")
        book.revoke_share("s")
        book.clear_notice("disk")
    assert not any([reader.accounts(), reader.keys(), reader.shares_of("item-1"), reader.notices()])


def test_tallies_count_states_lanes_stages_and_seconds(book: SqliteBook, reader: BookView) -> None:
    fill(book, items=3)
    done = replace(an_item("item-1"), state=ItemState.COMPLETED, moments=4, duration_s=600.0, kept_s=48.5, finished_at_s=AT_S + 9)
    with book.writing():
        book.save_item(done)
        book.save_item(replace(an_item("item-2"), state=ItemState.COMPLETED, moments=0, finished_at_s=AT_S + 99))
        order = OrderRow(id="o", item_id="item-3", revision=1, stage="probe", lane=Lane.CPU, issue=book.next_issue())
        book.save_orders([order])
        book.count_stage("probe", 1.5)
        book.count_stage("probe", 2.0)
        book.save_dead_letter(DeadLetter(order_id="o", item_id="item-3", stage="probe", why="w", remedy="r", at_s=AT_S))
    tallies = reader.tallies()
    assert tallies.items == {"completed": 2, "queued": 1}
    assert tallies.orders == {"cpu": 1}
    assert tallies.stage_s == {"probe": (3.5, 2)}
    assert (tallies.segments, tallies.footage_s, tallies.kept_s) == (4, 600.0, 48.5)
    assert (tallies.dead_letters, tallies.last_reel_at_s) == (1, AT_S + 9)


def test_what_waits_has_waited_since_its_newest_cut_was_asked_for(book: SqliteBook, reader: BookView) -> None:
    fill(book, items=2)
    with book.writing():
        book.save_revision(replace(a_revision("item-1"), created_at_s=AT_S + 500))
        book.save_item(replace(an_item("item-2"), created_at_s=AT_S + 700))
    assert reader.tallies().oldest_open_at_s == AT_S + 500
    with book.writing():
        book.save_item(replace(an_item("item-1"), state=ItemState.FAILED))
    assert reader.tallies().oldest_open_at_s == AT_S + 700


def test_dead_letters_come_newest_first(book: SqliteBook, reader: BookView) -> None:
    fill(book)
    letters = [
        DeadLetter(order_id=f"o{at}", item_id="item-1", stage="probe", why="w", remedy="r", at_s=AT_S + at) for at in (1, 3, 2)
    ]
    with book.writing():
        for letter in letters:
            book.save_dead_letter(letter)
    assert [letter.order_id for letter in reader.dead_letters(2)] == ["o3", "o2"]


def test_ids_under_which_an_original_came_count_as_known(book: SqliteBook, reader: BookView) -> None:
    fill(book, items=2)
    with book.writing():
        book.save_alias("item-7", "item-2")
    assert reader.known_items() == {"item-1", "item-2", "item-7"}
    assert reader.deleted_items() == frozenset()
    found = book.item_of_alias("item-7")
    assert found is not None
    assert found.id == "item-2"


def test_what_was_not_committed_is_not_seen(book: SqliteBook, reader: BookView) -> None:
    def break_off() -> None:
        with book.writing():
            book.save_job(a_job())
            raise KeyError

    with pytest.raises(KeyError):
        break_off()
    assert reader.jobs(5) == ()


def test_the_last_outcomes_and_the_open_orders_are_told(book: SqliteBook, reader: BookView) -> None:
    fill(book)
    note = OutcomeNote(
        id="o1", at_s=1.0, order_id="item-1.1.probe", item_id="item-1", stage="probe", verdict="failed", attempt=2, took_s=0.5,
        worker="w", recorded_at_s=10.0, why="it stalled",
    )  # fmt: skip
    later = replace(note, id="o2", recorded_at_s=20.0)
    orders = [
        OrderRow(
            id=f"item-1.1.analyse.{n}", item_id="item-1", revision=1, stage="analyse", lane=Lane.POSE, issue=n, chunk_index=n
        )
        for n in (1, 2)
    ]
    with book.writing():
        for each in (later, note):
            book.note_outcome(each)
        book.save_orders(orders)
    assert reader.outcomes(9) == (later, note)
    assert reader.outcomes(1) == (later,)
    assert reader.open_orders(9) == tuple(orders)
    assert reader.open_orders(1) == tuple(orders[:1])


def test_what_the_staff_chose_is_kept_and_replaced_whole(book: SqliteBook, reader: BookView) -> None:
    assert reader.house_rules() == HouseRules()
    for chosen in (HouseRules(threshold_hps=0.1, server_name="Été"), HouseRules(budget=Fraction(60)), HouseRules()):
        with book.writing():
            book.save_house_rules(chosen)
        assert reader.house_rules() == chosen


def test_choices_of_a_newer_program_are_done_without(book: SqliteBook, reader: BookView) -> None:
    with book.writing():
        book.remember("house_rules", '{"is":"HouseRules","colour":"red"}')
    assert reader.house_rules() == HouseRules()
