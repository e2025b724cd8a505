from __future__ import annotations

import asyncio
import base64
import hashlib
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import Message

from appliance.domain.account import Role
from appliance.services.api.parts import ApiRule

from ..front_door import FOOTAGE, Box, Browser, build_box

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}


def metadata(name: str) -> str:
    return f"filename {base64.b64encode(name.encode()).decode()},filetype {base64.b64encode(b'video/mp4').decode()}"


def begin(browser: Browser, length: int, name: str = "game.mp4") -> str:
    answer = browser.post("/api/tus/", headers={**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata(name)})
    assert answer.status_code == 201, answer.text
    return answer.headers["Location"]


def offset_of(browser: Browser, place: str) -> int:
    answer = browser.ask("HEAD", place, headers=TUS)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def send(browser: Browser, place: str, offset: int, content: Any, **headers: str) -> httpx.Response:
    return browser.ask("PATCH", place, content=content, headers={**PIECE, "Upload-Offset": str(offset), **headers})


def cut_off(browser: Browser, place: str, offset: int, pieces: list[bytes]) -> None:
    """Send some pieces of a larger body, and then let the connection drop."""
    messages: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    messages.append({"type": "http.disconnect"})
    headers = {**PIECE, "Upload-Offset": str(offset), "Host": "rink.local", "Cookie": f"rinkreel_session={_cookie(browser)}"}
    headers["X-Rinkreel-CSRF"] = browser.client.headers["X-Rinkreel-CSRF"]
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "PATCH",
        "scheme": "http",
        "path": place,
        "raw_path": place.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("192.168.1.20", 50_000),
        "server": ("rink.local", 80),
    }

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def nobody_hears(_: Message) -> None:
        pass

    browser.runner.run(browser.box.app(scope, receive, nobody_hears))


def _cookie(browser: Browser) -> str:
    return str(browser.client.cookies["rinkreel_session"])


def test_a_recording_comes_in_pieces_and_becomes_a_job(box: Box) -> None:
    content = FOOTAGE + bytes(1000)
    with box.visit(Role.OPERATOR) as browser:
        place = begin(browser, len(content), "Spiel.mp4")
        assert offset_of(browser, place) == 0
        first = send(browser, place, 0, content[:300])
        assert (first.status_code, first.headers["Upload-Offset"]) == (204, "300")
        assert first.headers["Upload-Expires"].endswith("GMT")
        last = send(browser, place, 300, content[300:])
        assert last.headers["X-Rinkreel-Job"] == "job-0"
        assert offset_of(browser, place) == len(content)
    assert box.book.job_rows["job-0"].settled
    assert (box.data.original_folder("item-0") / "Spiel.mp4").read_bytes() == content


@pytest.mark.parametrize("seed", range(5))
def test_an_upload_cut_off_at_random_bytes_is_the_identical_file_when_resumed(tmp_path: Path, seed: int) -> None:
    box = build_box(tmp_path, ApiRule(chunk_bytes=4096))
    chance = random.Random(seed)
    content = FOOTAGE + chance.randbytes(200_000)
    with box.visit(Role.OPERATOR) as browser:
        place = begin(browser, len(content))
        while (offset := offset_of(browser, place)) < len(content):
            rest = content[offset : offset + chance.randrange(1, 60_000)]
            pieces = [rest[at : at + 5000] for at in range(0, len(rest), 5000)]
            if offset + len(rest) < len(content):
                cut_off(browser, place, offset, pieces)
                assert offset_of(browser, place) == offset + len(rest)
            else:
                assert send(browser, place, offset, rest).status_code == 204
    (stored,) = box.data.originals.rglob("*.mp4")
    assert hashlib.sha256(stored.read_bytes()).digest() == hashlib.sha256(content).digest()


def test_bytes_that_a_crash_left_behind_the_recorded_offset_are_cut_away(tmp_path: Path) -> None:
    content = FOOTAGE + bytes(range(256)) * 4
    with build_box(tmp_path).visit(Role.OPERATOR) as browser:
        place = begin(browser, len(content))
        send(browser, place, 0, content[:500])
    (bytes_file,) = (tmp_path / "work" / "uploads").rglob("bytes")
    with bytes_file.open("ab") as stream:
        stream.write(b"half-written rubbish of the request that died")
    again = build_box(tmp_path)
    with again.visit(Role.OPERATOR) as browser:
        assert offset_of(browser, place) == 500
        assert send(browser, place, 500, content[500:]).status_code == 204
    (stored,) = again.data.originals.rglob("*.mp4")
    assert stored.read_bytes() == content


def test_a_wrong_offset_is_refused_and_changes_nothing(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        place = begin(browser, 100)
        send(browser, place, 0, bytes(10))
        for wrong in (0, 9, 11, 100):
            assert send(browser, place, wrong, bytes(5)).status_code == 409
        assert offset_of(browser, place) == 10


def test_more_than_was_announced_is_refused_and_the_upload_can_go_on(box: Box) -> None:
    content = FOOTAGE + bytes(92)
    with box.visit(Role.OPERATOR) as browser:
        place = begin(browser, len(content))
        send(browser, place, 0, content[:40])
        assert send(browser, place, 40, bytes(61)).status_code == 413
        assert send(browser, place, 40, content[40:]).status_code == 204
    (stored,) = box.data.originals.rglob("*.mp4")
    assert stored.read_bytes() == content


def test_two_requests_for_one_upload_do_not_mix(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        place = begin(browser, 100)
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield bytes(10)
            begun.set()
            await go_on.wait()
            yield bytes(10)

        async def both() -> tuple[int, int]:
            headers = {**PIECE, "Upload-Offset": "0"}
            first = asyncio.ensure_future(browser.client.patch(place, content=slowly(), headers=headers))
            # The test's transport reads the whole body before it asks; so the store itself is asked for the slow one.
            await begun.wait()
            second = await browser.client.patch(place, content=bytes(5), headers=headers)
            go_on.set()
            return (await first).status_code, second.status_code

        assert browser.runner.run(both()) == (204, 423)
        assert offset_of(browser, place) == 20


@pytest.mark.parametrize(
    ("length", "status"), [("0", 422), ("-1", 422), ("many", 422), (str(2**61), 422), (str(65 * 1024**3), 413)]
)
def test_impossible_and_too_large_uploads_are_refused_at_once(box: Box, length: str, status: int) -> None:
    with box.visit(Role.OPERATOR) as browser:
        assert browser.post("/api/tus/", headers={**TUS, "Upload-Length": length}).status_code == status


def test_room_that_was_promised_to_one_upload_is_not_promised_to_another(box: Box) -> None:
    box.disk.free = 1000
    with box.visit(Role.OPERATOR) as browser:
        begin(browser, 600)
        answer = browser.post("/api/tus/", headers={**TUS, "Upload-Length": "600"})
    assert answer.status_code == 507


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "..", "a\x00b", "C:\\videos\\x.mp4", "", "x" * 5000])
def test_claimed_names_reach_no_path(box: Box, name: str) -> None:
    content = FOOTAGE + b"x"
    with box.visit(Role.OPERATOR) as browser:
        place = begin(browser, len(content), name)
        send(browser, place, 0, content)
    (item,) = box.book.item_rows.values()
    stored = [path for path in box.data.originals.rglob("*") if path.is_file()]
    assert [path.parent for path in stored] == [box.data.original_folder(item.id)]


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_pieces_may_carry_a_checksum(box: Box, algorithm: str) -> None:
    content = FOOTAGE + b"content"
    good = f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"
    with box.visit(Role.OPERATOR) as browser:
        place = begin(browser, len(content))
        assert send(browser, place, 0, content.upper(), **{"Upload-Checksum": good}).status_code == 460
        assert offset_of(browser, place) == 0
        assert send(browser, place, 0, content, **{"Upload-Checksum": "crc32 AAAA"}).status_code == 400
        assert send(browser, place, 0, content, **{"Upload-Checksum": good}).status_code == 204
    assert len(box.book.item_rows) == 1


def test_an_upload_can_be_given_up(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        place = begin(browser, 100)
        assert browser.ask("DELETE", place, headers=TUS).status_code == 204
        assert browser.ask("HEAD", place, headers=TUS).status_code == 404
    assert list(box.data.uploads.iterdir()) == []


def test_an_upload_that_was_left_for_too_long_is_gone(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        place = begin(browser, 100)
        box.clock.time_s += box.house.parts.rule.upload_expires_s + 1
        assert browser.ask("HEAD", place, headers=TUS).status_code == 410
        assert send(browser, place, 0, bytes(10)).status_code == 410
        browser.runner.run(box.house.tus.mend())
        assert browser.ask("HEAD", place, headers=TUS).status_code == 404
    assert list(box.data.uploads.iterdir()) == []


def test_a_complete_upload_waits_for_the_ledger_and_is_taken_once(box: Box) -> None:
    content = FOOTAGE + b"1"
    box.intake.away = True
    with box.visit(Role.OPERATOR) as browser:
        place = begin(browser, len(content))
        assert send(browser, place, 0, content).status_code == 204
        assert box.book.item_rows == {}
        box.intake.away = False
        browser.runner.run(box.house.tus.mend())
        browser.runner.run(box.house.tus.mend())
        assert browser.ask("HEAD", place, headers=TUS).headers["X-Rinkreel-Job"] == "job-0"
    assert len(box.book.job_rows) == len(box.book.item_rows) == 1


def test_what_turns_out_to_be_no_recording_is_listed_with_the_reason(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        place = begin(browser, 7, "notes.mp4")
        assert send(browser, place, 0, b"nothing").status_code == 204
    (item,) = box.book.item_rows.values()
    assert item.message
    assert not list(box.data.uploads.rglob("bytes"))


def test_the_version_and_the_content_type_are_checked(box: Box) -> None:
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post("/api/tus/", headers={"Upload-Length": "5"})
        assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")
        place = begin(browser, 100)
        assert browser.ask("PATCH", place, content=b"x", headers={**TUS, "Upload-Offset": "0"}).status_code == 415


def test_abilities_are_told_to_whoever_asks(box: Box) -> None:
    with box.visit(None) as browser:
        answer = browser.ask("OPTIONS", "/api/tus/")
    assert answer.status_code == 204
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "termination", "expiration", "checksum"}
    assert answer.headers["Tus-Max-Size"] == str(64 * 1024**3)


@pytest.mark.parametrize("role", [None, Role.VIEWER])
def test_only_operators_begin_find_and_go_on(box: Box, role: Role | None) -> None:
    wanted = 401 if role is None else 403
    with box.visit(Role.OPERATOR) as operator:
        place = begin(operator, 10)
    ask: Callable[[Browser], list[httpx.Response]] = lambda browser: [  # noqa: E731
        browser.post("/api/tus/", headers={**TUS, "Upload-Length": "5"}),
        browser.ask("HEAD", place, headers=TUS),
        send(browser, place, 0, b"x"),
        browser.ask("DELETE", place, headers=TUS),
    ]
    with box.visit(role) as browser:
        assert {answer.status_code for answer in ask(browser)} == {wanted}
    with box.visit(Role.OPERATOR) as operator:
        assert offset_of(operator, place) == 0
