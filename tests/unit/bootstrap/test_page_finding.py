from __future__ import annotations

from pathlib import Path

import appliance
from appliance.bootstrap.page_finding import find_page, page_kind, page_places
from tests.appliance_fakes import HeardJournal


def test_a_build_in_the_package_comes_before_one_in_the_working_copy() -> None:
    package = Path(appliance.__file__).parent
    assert page_places() == (package / "services" / "api" / "page" / "dist", package.parent / "web" / "dist")


def test_the_first_place_with_a_page_in_it_is_taken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "built").mkdir()
    (tmp_path / "built" / "index.html").write_text("<!doctype html>")
    journal = HeardJournal()
    assert find_page(journal, [tmp_path / "none", tmp_path / "empty", tmp_path / "built"]) == tmp_path / "built"
    assert journal.events == []


def test_a_page_that_was_not_built_is_said_in_the_log_and_among_the_versions(tmp_path: Path) -> None:
    journal = HeardJournal()
    assert find_page(journal, [tmp_path]) is None
    assert journal.events == ["the page is not built, a small one is shown"]
    assert page_kind(None) != page_kind(tmp_path) == "built"
