from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.domain.account import Role

from .....extras_fakes import PaperExtras
from ..front_door import Box, build_box
from ..seen_items import add_seen


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return build_box(tmp_path, extras=PaperExtras())


def test_the_pack_is_an_archive_under_the_recordings_name(box: Box) -> None:
    item = add_seen(box, box.add_reel("Été 1"))
    with box.visit(Role.VIEWER) as browser:
        answer = browser.get(f"/api/items/{item.id}/pack.zip")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert "filename*=UTF-8''%C3%89t%C3%A9%201_pack.zip" in answer.headers["content-disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert sum(name.endswith(".mp4") for name in archive.namelist()) == 2
    assert list(box.data.work.glob("pack-*")) == []
    assert box.house.packs.busy == 0


def test_without_a_reel_there_is_no_pack(box: Box) -> None:
    item = add_seen(box)
    with box.visit(Role.VIEWER) as browser:
        assert browser.get(f"/api/items/{item.id}/pack.zip").status_code == 409
        assert browser.get("/api/items/nothing/pack.zip").status_code == 404


def test_only_so_many_are_made_at_once(box: Box) -> None:
    item = add_seen(box, box.add_reel())
    box.house.packs.busy = 2
    with box.visit(Role.VIEWER) as browser:
        answer = browser.get(f"/api/items/{item.id}/pack.zip")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


def test_a_reel_that_is_gone_from_the_disk_is_not_found(box: Box) -> None:
    item = box.add_reel()
    add_seen(box, item)
    box.book.item_rows[item.id] = replace(item, reel=f"reels/{item.id}/001/gone.mp4")
    with box.visit(Role.VIEWER) as browser:
        assert browser.get(f"/api/items/{item.id}/pack.zip").status_code == 404
