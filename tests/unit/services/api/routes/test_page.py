from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from ..front_door import Box
from ..test_built_page import build_in

PAGES = ("index.html", "share.html", "share-over.html")


def test_the_page_and_its_parts_are_served_to_anybody(box: Box) -> None:
    with box.visit(None) as browser:
        page = browser.get("/")
        assert page.headers["content-type"].startswith("text/html")
        parts = re.findall(r'(?:src|href)="(/page/[^"]+)"', page.text)
        assert len(parts) >= 3
        for part in parts:
            assert browser.get(part).status_code == 200, part
        assert browser.get("/page/index.html").status_code == 404
        assert browser.get("/page/..%2fapp.py").status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_no_page_holds_inline_code_or_leads_elsewhere(name: str) -> None:
    text = (files("appliance.services.api") / "page" / name).read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    assert not re.search(r"https?://", text)


def test_the_script_sets_text_as_text_only() -> None:
    text = (files("appliance.services.api") / "page" / "app.js").read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|\.style\b", text)
    assert not re.search(r"https?://", text)


def with_page(box: Box, folder: Path) -> Box:
    """The same box with a built page in it."""
    box.house = replace(box.house, parts=replace(box.house.parts, page=build_in(folder)))
    return box


@pytest.mark.parametrize("place", ["/", "/recordings/item-0", "/cards", "/cards/job-0", "/box", "/tv"])
def test_every_place_of_the_built_page_is_the_page_itself(box: Box, tmp_path: Path, place: str) -> None:
    with with_page(box, tmp_path / "dist").visit(None) as browser:
        answer = browser.get(place)
        assert answer.status_code == 200
        assert "<title>built</title>" in answer.text
        assert answer.headers["cache-control"] == "no-cache"
        assert "unsafe-inline" not in answer.headers["content-security-policy"]


def test_parts_of_the_built_page_are_kept_for_good_and_what_is_none_is_not_there(box: Box, tmp_path: Path) -> None:
    with with_page(box, tmp_path / "dist").visit(None) as browser:
        part = browser.get("/assets/index-3f2a.js", headers={"accept-encoding": "identity"})
        assert (part.text, part.headers["cache-control"]) == ("go()", "public, max-age=31536000, immutable")
        assert browser.get("/icon.svg").headers["content-type"].startswith("image/svg+xml")
        assert browser.get("/assets/none.js").status_code == 404
        assert browser.get("/assets/..%2findex.html").status_code == 404
        assert browser.get("/nowhere").status_code == 404


def test_a_place_of_the_built_page_leads_to_the_small_one_where_nothing_is_built(box: Box) -> None:
    with box.visit(None) as browser:
        moved = browser.get("/recordings/item-0")
        assert (moved.status_code, moved.headers["location"]) == (303, "/")
        assert browser.get("/assets/index-3f2a.js").status_code == 404
        assert browser.get("/icon.svg").status_code == 200
