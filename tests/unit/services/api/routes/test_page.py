from __future__ import annotations

import re
from importlib.resources import files

import pytest

from ..front_door import Box

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
