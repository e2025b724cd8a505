from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

import pytest
from sqlite_utils import Database

from appliance.adapters.sqlite.schema import bring_up_to_date, is_behind, strange_steps
from appliance.domain.account import Account, ApiKey, Share
from appliance.domain.job import DeadLetter, FileRow, Item, Job, Notice, Revision
from appliance.domain.outbox import OrderRow, OutcomeNote


@pytest.fixture
def db() -> Iterator[Database]:
    db = Database(memory=True)
    yield db
    db.close()


def test_an_empty_book_is_behind_until_it_is_brought_up_to_date(db: Database) -> None:
    assert is_behind(db)
    bring_up_to_date(db)
    assert not is_behind(db)
    assert strange_steps(db) == ()
    bring_up_to_date(db)


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        *(("jobs", Job), ("items", Item), ("files", FileRow), ("revisions", Revision), ("orders", OrderRow)),
        *(("outcomes", OutcomeNote), ("dead_letters", DeadLetter), ("notices", Notice), ("accounts", Account)),
        *(("keys", ApiKey), ("shares", Share)),
    ],
)
def test_there_is_a_column_for_every_field(db: Database, table: str, kind: type) -> None:
    bring_up_to_date(db)
    columns = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
    assert {each.name for each in fields(kind)} <= columns


def test_steps_that_this_program_does_not_know_are_named(db: Database) -> None:
    bring_up_to_date(db)
    db.execute("UPDATE _sqlite_migrations SET name = 'from_the_future'")
    assert strange_steps(db) == ("from_the_future",)
