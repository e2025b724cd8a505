"""The API as a whole: a real server, a real book, a real ledger, real files, and a bus in memory."""

from __future__ import annotations

import hashlib
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from appliance.domain.account import Role

from ..media_files import Clip, write_clip
from ..open_door import REEL, OpenDoor, open_door

#: What a clip and its sound weigh does not matter here.
CLIP = Clip(seconds=1.0, rate_hz=10)
TUS = {"Tus-Resumable": "1.0.0"}
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


@pytest.fixture
def door(tmp_path: Path) -> Iterator[OpenDoor]:
    with open_door(tmp_path / "data") as opened:
        yield opened


def test_from_the_printed_code_to_a_reel_on_somebody_elses_phone(door: OpenDoor, tmp_path: Path) -> None:
    good, other = write_clip(tmp_path / "good.mp4", CLIP), write_clip(tmp_path / "other.mp4", Clip(seconds=1.5, rate_hz=10))
    again = shutil.copy(good, tmp_path / "again.mp4")
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(good.read_bytes()[:200])
    playlist = tmp_path / "list.mp4"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n")
    with httpx.Client(base_url=door.url, timeout=30) as page, httpx.Client(base_url=door.url, timeout=30) as guest:
        me = page.post("/api/first-run", json={"code": door.secrets.first_run_code, "name": "boss", "password": "on thin ice"})
        assert me.status_code == 200, me.text
        page.headers["X-Rinkreel-CSRF"] = me.json()["csrf"]
        files = [("files", (path.name, path.read_bytes())) for path in (good, other, broken, playlist, Path(again))]
        sent = page.post("/api/upload/batch", files=files)
        assert sent.status_code == 200, sent.text
        told = {each["name"]: each["status"] for each in sent.json()["items"]}
        assert sorted(told.values()) == ["accepted", "accepted", "duplicate", "failed", "failed"]
        assert told["broken.mp4"] == told["list.mp4"] == "failed"
        job_id = sent.json()["job_id"]
        assert page.get(f"/api/status/{job_id}").json()["status"] == "processing"
        door.work_all()
        status = page.get(f"/api/status/{job_id}").json()
        assert status["status"] == "partial"
        assert status["counts"] == {"completed": 2, "failed": 2}
        assert all(item["message"] and item["remedy"] for item in status["items"] if item["status"] == "failed")
        reel = next(item for item in status["items"] if item["download_url"])
        assert page.get(reel["download_url"], headers={"Range": "bytes=5-9"}).content == REEL[5:10]
        receipt = page.get(f"/api/jobs/{job_id}/receipt").json()
        assert receipt["safe_to_format"] is False
        assert receipt["total"] == 5
        assert receipt["verdict"] in page.get(f"/api/jobs/{job_id}/receipt.txt").text
        link = page.post(f"/api/items/{reel['item_id']}/share", json={}).json()
        place = urlsplit(link["url"]).path
        assert guest.get(f"{place}/reel.mp4").content == REEL
        assert guest.get(reel["download_url"]).status_code == 401
        page.delete(f"/api/shares/{link['share_id']}")
        assert guest.get(place).status_code == 404
        assert page.get("/api/box").json()["items"] == {"completed": 2, "failed": 2}
        assert page.delete(f"/api/items/{reel['item_id']}").status_code == 200
        assert page.get(f"/api/items/{reel['item_id']}").status_code == 404


def test_a_recording_that_comes_in_random_pieces_lies_in_the_originals_byte_for_byte(door: OpenDoor, tmp_path: Path) -> None:
    content = write_clip(tmp_path / "long.mp4", Clip(seconds=20.0, size_px=(320, 240), options={"crf": "5"})).read_bytes()
    chance = random.Random(7)
    with door.client(Role.OPERATOR) as client:
        made = client.post(
            "/api/tus/", headers={**TUS, "Upload-Length": str(len(content)), "Upload-Metadata": "filename bG9uZy5tcDQ="}
        )
        place = made.headers["Location"]
        while (offset := int(client.head(place, headers=TUS).headers["Upload-Offset"])) < len(content):
            size = chance.randrange(1, len(content) // 3)
            cut_off_at = chance.randrange(size + 1) if chance.random() < 0.5 else None
            send_piece(client, place, offset, content[offset : offset + size], cut_off_at)
        job_id = client.head(place, headers=TUS).headers["X-Rinkreel-Job"]
        (item,) = client.get(f"/api/status/{job_id}").json()["items"]
        stored = client.get(f"/api/items/{item['item_id']}/original").content
    assert hashlib.sha256(stored).digest() == hashlib.sha256(content).digest()
    assert item["name"] == "long"


def send_piece(client: httpx.Client, place: str, offset: int, piece: bytes, cut_off_at: int | None) -> None:
    """Send a piece, and hang up in its midst when asked to."""

    def body() -> Iterator[bytes]:
        yield piece[:cut_off_at]
        if cut_off_at is not None:
            raise ConnectionAbortedError

    headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
    headers["Content-Length"] = str(len(piece))
    try:
        answer = client.patch(place, content=body(), headers=headers)
    except ConnectionAbortedError:
        return
    # The server may not have noticed yet that the one before has hung up.
    assert answer.status_code in (204, 423, 409)


def test_whatever_is_asked_the_box_does_not_fail(door: OpenDoor, tmp_path: Path) -> None:
    with door.client(Role.ADMIN) as client:
        uploaded = client.put("/api/upload?name=a.mp4", content=write_clip(tmp_path / "a.mp4", CLIP).read_bytes()).json()
        door.work_all()
        item_id = uploaded["items"][0]["item_id"]
        link = client.post(f"/api/items/{item_id}/share", json={}).json()
        upload = client.post("/api/tus/", headers={**TUS, "Upload-Length": "100"}).headers["Location"].rsplit("/", 1)[1]
        known = {"item_id": item_id, "job_id": uploaded["job_id"], "share_id": link["share_id"], "upload_id": upload}
        schema = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json()).exclude(path="/api/events")
        operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
        faults: list[str] = []
        asked = 0

        @settings(
            max_examples=8,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(data=st.data())
        def ask(data: st.DataObject) -> None:
            nonlocal asked
            for operation in operations:
                case = data.draw(operation.as_strategy())
                if data.draw(st.booleans()):
                    case.path_parameters.update({name: known[name] for name in case.path_parameters if name in known})
                asked += 1
                answer = case.call(base_url=door.url, headers={"Authorization": client.headers["Authorization"]}, timeout=30)
                if answer.status_code >= 500 and answer.status_code != 503:
                    faults.append(f"{case.method} {answer.request.url}: {answer.status_code} {answer.text[:200]}")

        ask()
    assert faults == []
    assert asked > 200
    assert "request failed" not in door.rink.journal.events
