from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.domain.account import Role
from appliance.domain.job import Fate, FileRow

from ..front_door import Box

REEL = b"0123456789" * 10


def test_a_reel_is_saved_under_its_originals_name(box: Box) -> None:
    item = box.add_reel("Übung 1", REEL)
    with box.visit(Role.VIEWER) as browser:
        answer = browser.get(f"/api/download/{item.job_id}/{item.id}")
        assert answer.content == REEL
        assert answer.headers["content-type"] == "video/mp4"
        assert "attachment" in answer.headers["content-disposition"]
        assert "highlight_%C3%9Cbung%201.mp4" in answer.headers["content-disposition"]
        played = browser.get(f"/api/download/{item.job_id}/{item.id}?inline=true")
        assert "inline" in played.headers["content-disposition"]


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-9", 206, REEL[:10]),
        ("bytes=90-", 206, REEL[90:]),
        ("bytes=-5", 206, REEL[-5:]),
        ("bytes=200-", 416, None),
        ("bytes=99-1000", 206, REEL[99:]),
    ],
)
def test_players_ask_for_ranges(box: Box, asked: str, status: int, content: bytes | None) -> None:
    item = box.add_reel("game", REEL)
    with box.visit(Role.VIEWER) as browser:
        answer = browser.get(f"/api/download/{item.job_id}/{item.id}", headers={"Range": asked})
    assert answer.status_code == status
    if content is not None:
        assert answer.content == content


def test_a_reel_of_another_job_and_one_that_is_gone_are_not_found(box: Box) -> None:
    item = box.add_reel("game", REEL)
    with box.visit(Role.VIEWER) as browser:
        assert browser.get(f"/api/download/other/{item.id}").status_code == 404
        (box.data.root / str(item.reel)).unlink()
        gone = browser.get(f"/api/download/{item.job_id}/{item.id}")
    assert gone.status_code == 404
    assert gone.json()["remedy"]


def test_no_row_and_no_link_leads_out_of_the_reels(box: Box, tmp_path: Path) -> None:
    (box.data.root / "secrets" / "signing-key").write_text("secret")
    item = box.add_reel("game", REEL)
    with box.visit(Role.VIEWER) as browser:
        for place in ("secrets/signing-key", "reels/../secrets/signing-key"):
            box.book.item_rows[item.id] = replace(item, reel=place)
            assert browser.get(f"/api/download/{item.job_id}/{item.id}").status_code == 404
        (box.data.reels / "out").symlink_to(box.data.secrets)
        box.book.item_rows[item.id] = replace(item, reel="reels/out/signing-key")
        assert browser.get(f"/api/download/{item.job_id}/{item.id}").status_code == 404


def test_posters_are_shown(box: Box) -> None:
    item = box.add_reel()
    with box.visit(Role.VIEWER) as browser:
        assert browser.get(f"/api/items/{item.id}/poster").content == b"picture"


def test_operators_may_have_an_original_a_chapter_at_a_time(box: Box) -> None:
    item = box.add_item()
    folder = box.data.original_folder(item.id)
    folder.mkdir(parents=True)
    rows = []
    for number, name in enumerate(("a.mov", "b.mov")):
        (folder / name).write_bytes(name.encode())
        stored = str(box.data.relative(folder / name))
        rows.append(FileRow(place=name, size_bytes=5, modified_s=1.0, fate=Fate.RECORDING, part=number, stored=stored))
    box.book.part_rows[item.id] = rows
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.get(f"/api/items/{item.id}/original?part=1", headers={"Range": "bytes=0-0"})
        assert (answer.status_code, answer.content) == (206, b"b")
        assert browser.get(f"/api/items/{item.id}/original?part=2").status_code == 404
        assert browser.get(f"/api/items/{item.id}/original?part=-1").status_code == 404
    with box.visit(Role.VIEWER) as browser:
        assert browser.get(f"/api/items/{item.id}/original").status_code == 403
