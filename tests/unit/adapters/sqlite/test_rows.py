from __future__ import annotations

from dataclasses import fields

import pytest

from appliance.adapters.sqlite.rows import READ, bindable, columns_of, row_from_thing, selecting, thing_from_row
from appliance.domain.job import CutRules, ItemState, Job
from tests.book_examples import a_file, a_job, a_revision, an_item


@pytest.mark.parametrize("thing", [a_job(), an_item(), a_file(), a_revision()], ids=lambda thing: type(thing).__name__)
def test_a_thing_comes_back_from_its_row(thing: object) -> None:
    assert thing_from_row(type(thing), tuple(row_from_thing(thing).values())) == thing


@pytest.mark.parametrize("kind", READ, ids=lambda kind: kind.__name__)
def test_columns_are_called_as_the_fields_are(kind: type) -> None:
    assert columns_of(kind) == tuple(each.name for each in fields(kind))
    assert set(READ[kind]) <= set(columns_of(kind))


def test_questions_name_every_column() -> None:
    assert selecting(Job, "FROM jobs") == "SELECT id, name, source, created_at_s, trace_id, settled FROM jobs"


def test_values_are_bound_as_sqlite_takes_them() -> None:
    assert bindable(ItemState.QUEUED) == "queued"
    assert type(bindable(ItemState.QUEUED)) is str
    assert bindable(("a", "ü")) == '["a", "\\u00fc"]'
    assert bindable(()) == "[]"
    assert bindable("Übung") == "Übung"
    assert bindable("\udcff.mp4") == b"\xff.mp4"
    assert bindable("\ud800") == "?"
    assert isinstance(bindable(CutRules()), str)
