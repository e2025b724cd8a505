from __future__ import annotations

from appliance.adapters.sqlite.version import library_version


def test_the_version_is_three_numbers_of_sqlite_three() -> None:
    assert library_version()[0] == 3
    assert len(library_version()) == 3
