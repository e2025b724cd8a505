from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from appliance.domain.account import Account, Role
from appliance.domain.job import Notice
from tests.book_examples import AT_S, opened_book


def test_what_the_ledger_notes_for_itself_is_there_after_a_restart(tmp_path: Path) -> None:
    with opened_book(tmp_path) as book, book.writing():
        book.remember("store", "first")
        book.remember("store", "second")
    with opened_book(tmp_path) as book:
        assert book.remembered("store") == "second"
        assert book.remembered("nothing") == ""


def test_a_later_account_or_notice_of_the_same_name_replaces_the_earlier_one(tmp_path: Path) -> None:
    ann = Account(name="Ann", role=Role.VIEWER, secret="salted")
    notice = Notice(key="disk", why="full", remedy="make room", at_s=AT_S)
    with opened_book(tmp_path) as book:
        with book.writing():
            book.save_account(ann)
            book.save_notice(notice)
            book.save_account(replace(ann, role=Role.ADMIN, epoch=2))
            book.save_notice(replace(notice, why="fuller"))
        assert book.accounts() == (replace(ann, role=Role.ADMIN, epoch=2),)
        assert book.notices() == (replace(notice, why="fuller"),)
