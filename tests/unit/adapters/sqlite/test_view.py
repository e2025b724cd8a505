from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from appliance.adapters.sqlite.view import SqliteBookView
from appliance.domain.errors import Transient
from tests.book_examples import a_job, an_item, opened_book


def test_a_book_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    view = SqliteBookView(tmp_path / "book.db")
    for _ in range(2):
        with pytest.raises(Transient, match="no book"):
            view.jobs(5)
    (tmp_path / "book.db").touch()
    with pytest.raises(Transient, match="no book"):
        view.jobs(5)
    with opened_book(tmp_path) as book:
        assert view.jobs(5) == ()
        with book.writing():
            book.save_job(a_job())
        assert len(view.jobs(5)) == 1
    assert len(view.jobs(5)) == 1
    view.close()


def test_a_view_sees_the_last_commit_while_the_next_is_being_written(tmp_path: Path) -> None:
    view = SqliteBookView(tmp_path / "book.db")
    with opened_book(tmp_path) as book:
        with book.writing():
            book.save_job(a_job())
        with book.writing():
            book.save_item(an_item())
            assert view.item("item-1") is None
            assert len(view.jobs(5)) == 1
        assert view.item("item-1") == an_item()
    view.close()


def test_a_book_that_was_put_in_its_place_is_read_from_then_on(tmp_path: Path) -> None:
    view = SqliteBookView(tmp_path / "book.db")
    with opened_book(tmp_path) as book:
        with book.writing():
            book.save_job(a_job("old"))
        copy = book.back_up()
        with book.writing():
            book.save_job(a_job("new"))
        assert len(view.jobs(5)) == 2
    for tail in ("-wal", "-shm"):
        (tmp_path / f"book.db{tail}").unlink(missing_ok=True)
    copy.replace(tmp_path / "book.db")
    assert [job.id for job in view.jobs(5)] == ["old"]
    view.close()


def test_many_threads_may_ask_at_once(tmp_path: Path) -> None:
    view = SqliteBookView(tmp_path / "book.db")
    with opened_book(tmp_path) as book:
        with book.writing():
            book.save_job(a_job())
            for number in range(50):
                book.save_item(an_item(f"item-{number}"))
        with ThreadPoolExecutor(8) as threads:
            counts = list(threads.map(lambda _: len(view.items_of(["job-1"])), range(64)))
        assert counts == [50] * 64
    view.close()


def test_a_view_changes_nothing(tmp_path: Path) -> None:
    view = SqliteBookView(tmp_path / "book.db")
    with opened_book(tmp_path) as book:
        with pytest.raises(Exception, match="readonly"):
            view._rows("DELETE FROM jobs")
        assert book.jobs(5) == ()
    view.close()
