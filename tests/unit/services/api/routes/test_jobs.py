from __future__ import annotations

from dataclasses import replace

from appliance.domain.account import Role
from appliance.domain.job import Fate, FileRow, ItemState, Job, Source

from ..front_door import Box


def test_jobs_come_newest_first_a_page_at_a_time(box: Box) -> None:
    for number in range(5):
        job = Job(id=f"j{number}", name=f"drop {number}", source=Source.FOLDER, created_at_s=float(number), trace_id="t")
        box.book.job_rows[job.id] = job
    with box.visit(Role.VIEWER) as browser:
        first = browser.get("/api/jobs?limit=2").json()
        second = browser.get(f"/api/jobs?limit=2&before={first['next_before']}").json()
        last = browser.get(f"/api/jobs?limit=2&before={second['next_before']}").json()
    assert [[job["job_id"] for job in page["jobs"]] for page in (first, second, last)] == [["j4", "j3"], ["j2", "j1"], ["j0"]]
    assert last["next_before"] is None


def test_a_jobs_status_tells_each_recording_and_what_to_do(box: Box) -> None:
    done = box.add_reel("good")
    box.add_item("bad", job_id=done.job_id, state=ItemState.FAILED, message="It is no video.", remedy="Check the card.")
    with box.visit(Role.VIEWER) as browser:
        body = browser.get(f"/api/status/{done.job_id}").json()
    assert body["status"] == "partial"
    assert body["counts"] == {"completed": 1, "failed": 1}
    good, bad = body["items"]
    assert good["download_url"] == f"/api/download/{done.job_id}/{done.id}"
    assert good["progress"] == 1.0
    assert (bad["status"], bad["message"], bad["remedy"]) == ("failed", "It is no video.", "Check the card.")
    assert bad["download_url"] is None


def test_a_large_jobs_items_come_in_pages(box: Box) -> None:
    first = box.add_item("0")
    for number in range(1, 5):
        box.add_item(str(number), job_id=first.job_id)
    with box.visit(Role.VIEWER) as browser:
        body = browser.get(f"/api/status/{first.job_id}?offset=3&limit=10").json()
    assert body["total"] == 5
    assert [item["name"] for item in body["items"]] == ["3", "4"]


def test_the_receipt_tells_what_became_of_each_file_and_whether_the_card_is_safe(box: Box) -> None:
    first, other = box.add_reel("first"), box.add_reel("elsewhere")
    row = FileRow(
        place="DCIM/1.mp4",
        size_bytes=1_000_000,
        modified_s=1.0,
        fate=Fate.RECORDING,
        sha256="ab" * 32,
        item_id=first.id,
        stored="originals/x",
    )
    again = replace(row, place="DCIM/2.mp4", fate=Fate.DUPLICATE, item_id=other.id, reason="the same footage")
    box.book.file_rows[first.job_id] = [row, again]
    with box.visit(Role.VIEWER) as browser:
        body = browser.get(f"/api/jobs/{first.job_id}/receipt?limit=1").json()
        text = browser.get(f"/api/jobs/{first.job_id}/receipt.txt")
    assert (body["safe_to_format"], body["total"], len(body["files"])) == (True, 2, 1)
    assert body["files"][0]["status"] == "completed"
    assert text.headers["content-type"].startswith("text/plain")
    assert body["verdict"] in text.text
    assert "1,000,000  abababababababab  DCIM/2.mp4  the same footage" in text.text


def test_unknown_and_impossible_jobs_are_told_apart(box: Box) -> None:
    with box.visit(Role.VIEWER) as browser:
        assert browser.get("/api/status/nothing").status_code == 404
        assert browser.get("/api/status/no%20thing").status_code == 422
        assert browser.get("/api/jobs?limit=0").status_code == 422


def test_without_a_book_the_box_says_that_it_is_not_there_yet(box: Box) -> None:
    with box.visit(Role.VIEWER) as browser:
        box.book.away = True
        answer = browser.get("/api/jobs")
    assert answer.status_code == 503
    assert answer.json() == {"error": "The ledger does not answer.", "remedy": "Ask again."}
    assert answer.headers["Retry-After"]
