from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from appliance.domain.account import Role
from appliance.services.api.parts import ApiRule

from ..front_door import FOOTAGE, Box, build_box


def leftovers(box: Box) -> list[Path]:
    return [path for path in box.data.uploads.rglob("*") if path.is_file()]


def test_a_recording_in_a_form_becomes_a_job_with_one_item(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post("/api/upload", files={"file": ("game.mp4", FOOTAGE + b"1", "video/mp4")})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["items"] == [
        {"item_id": "item-0", "name": "game.mp4", "status": "accepted", "message": "", "remedy": "", "duplicate_of": None}
    ]
    assert box.book.job_rows[body["job_id"]].settled
    assert (box.data.original_folder("item-0") / "game.mp4").read_bytes() == FOOTAGE + b"1"
    assert leftovers(box) == []


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_the_body_may_be_the_recording_itself(box: Box, method: str) -> None:
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.ask(method, "/api/upload?name=Spiel%20%C3%BCber.mp4", content=FOOTAGE)
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"][0]["name"] == "Spiel über.mp4"


def test_what_is_no_recording_is_refused_by_its_content_and_leaves_no_job(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post("/api/upload", files={"file": ("game.mp4", b"#EXTM3U\n/etc/passwd", "video/mp4")})
    assert answer.status_code == 415
    assert answer.json() == {"error": "game.mp4 is not a video.", "remedy": "Send recordings."}
    assert box.book.job_rows == {}
    assert leftovers(box) == []


def test_names_never_leave_the_folder(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post("/api/upload?name=../../../etc/x%00y.mp4", content=FOOTAGE)
    assert answer.status_code == 200, answer.text
    assert ".." not in answer.json()["items"][0]["name"]
    assert not (box.data.root.parent / "etc").exists()


@pytest.mark.parametrize("announced", [True, False])
def test_more_than_the_limit_is_turned_away_and_leaves_nothing(tmp_path: Path, announced: bool) -> None:
    box = build_box(tmp_path, ApiRule(max_upload_bytes=3 * 1024**2, chunk_bytes=4096))

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield FOOTAGE * 8192

    with box.visit(Role.OPERATOR) as browser:
        content = FOOTAGE * 8192 * 64 if announced else endless()
        answer = browser.post("/api/upload?name=a.mp4", content=content)
    assert answer.status_code == 413
    assert "GiB" in answer.json()["error"]
    assert leftovers(box) == []


def test_without_room_nothing_is_taken(tmp_path: Path) -> None:
    box = build_box(tmp_path, ApiRule(min_free_bytes=1000))
    box.disk.free = 999
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post("/api/upload?name=a.mp4", content=FOOTAGE)
    assert answer.status_code == 507
    assert answer.json()["remedy"]


def test_a_batch_lists_what_is_no_recording_beside_what_is(box: Box) -> None:
    files = [
        ("files", ("GX010007.MP4", FOOTAGE + b"first", "video/mp4")),
        ("files", ("GX020007.MP4", FOOTAGE + b"second", "video/mp4")),
        ("files", ("broken.mp4", b"nothing", "video/mp4")),
        ("files", ("notes.txt", b"hello", "text/plain")),
        ("files", ("game.mp4", FOOTAGE + b"one", "video/mp4")),
        ("files", ("game.mp4", FOOTAGE + b"two", "video/mp4")),
    ]
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post("/api/upload/batch", files=files)
    assert answer.status_code == 200, answer.text
    statuses = {each["name"]: each["status"] for each in answer.json()["items"]}
    assert statuses == {
        "GX010007.MP4": "accepted",
        "broken.mp4": "failed",
        "notes.txt": "failed",
        "game.mp4": "accepted",
        "game (2).mp4": "accepted",
    }
    assert len(list(box.data.original_folder(_item_of(answer.json(), "GX010007.MP4")).iterdir())) == 2
    assert leftovers(box) == []


def test_the_same_footage_again_is_told_as_a_duplicate(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        first = browser.post("/api/upload?name=a.mp4", content=FOOTAGE).json()["items"][0]
        again = browser.post("/api/upload?name=b.mp4", content=FOOTAGE).json()["items"][0]
    assert (again["status"], again["duplicate_of"]) == ("duplicate", first["item_id"])


def test_too_many_files_at_once_are_turned_away(tmp_path: Path) -> None:
    box = build_box(tmp_path, ApiRule(max_files=2))
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post("/api/upload/batch", files=[("f", (f"{n}.mp4", FOOTAGE)) for n in range(3)])
    assert answer.status_code == 413
    assert box.book.job_rows == {}


@pytest.mark.parametrize("body", [b"", b"--x\r\n", b"--x\r\nContent-Disposition: form-data; name=a; filename=b\r\n\r\nfootage"])
def test_a_form_that_ends_half_way_is_refused(box: Box, body: bytes) -> None:
    with box.visit(Role.OPERATOR) as browser:
        for path in ("/api/upload", "/api/upload/batch"):
            answer = browser.post(path, content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
            assert answer.status_code == 400, answer.text
    assert leftovers(box) == []


def test_viewers_may_not_upload(box: Box) -> None:
    with box.visit(Role.VIEWER) as browser:
        assert browser.post("/api/upload?name=a.mp4", content=FOOTAGE).status_code == 403


def test_a_ledger_that_is_away_is_said_so(box: Box) -> None:
    box.intake.away = True
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post("/api/upload?name=a.mp4", content=FOOTAGE)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert leftovers(box) == []


def _item_of(body: dict[str, list[dict[str, str]]], name: str) -> str:
    return next(each["item_id"] for each in body["items"] if each["name"] == name)
