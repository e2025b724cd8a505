from __future__ import annotations

import sqlite3
from contextlib import closing

from appliance.adapters.sqlite.writing import inserting


def test_a_row_of_the_same_key_is_changed_in_place_or_left_alone() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute("CREATE TABLE things (seq INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, UNIQUE (a, b))")
        names = ("a", "b", "c")
        for values in (("1", "1", "old"), ("1", "2", "other"), ("1", "1", "new")):
            db.execute(inserting("things", "a, b", names), values)
        db.execute(inserting("things", "a, b", names, replacing=False), ("1", "2", "ignored"))
        assert db.execute("SELECT * FROM things").fetchall() == [(1, "1", "1", "new"), (2, "1", "2", "other")]
