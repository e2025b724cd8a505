from __future__ import annotations

from appliance.domain.account import Role

from ..front_door import Box
from ..seen_items import add_seen


def test_operators_see_what_a_recut_would_make_and_nothing_is_asked_of_the_ledger(box: Box) -> None:
    item = add_seen(box)
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post(f"/api/items/{item.id}/preview", json={"pad_before": 0, "pad_after": 0})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["moments"] == len(body["cuts"]) == len(body["segments"]) == 2
    assert body["before"] == {"reel_s": 9.0, "moments": 2}
    assert body["thresholds"]["pad_after"] == 0
    assert box.book.asked == []


def test_viewers_may_not_and_what_makes_no_sense_is_refused(box: Box) -> None:
    item = add_seen(box)
    with box.visit(Role.VIEWER) as browser:
        assert browser.post(f"/api/items/{item.id}/preview", json={}).status_code == 403
    with box.visit(Role.OPERATOR) as browser:
        assert browser.post(f"/api/items/{item.id}/preview", json={"parts": [[50, 61]]}).status_code == 422
        assert browser.post("/api/items/nothing/preview", json={}).status_code == 404
