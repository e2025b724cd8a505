from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from appliance.domain.account import Role
from appliance.domain.job import CutRules, Revision
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.request import CancelItem, DeleteItem, PinItem, RecutItem, RetryItem, UndoCut
from appliance.domain.segment import Segment
from appliance.domain.timespan import Span

from ..front_door import Box, flat_signal


def cut_of(item_id: str) -> Revision:
    segments = tuple(
        Segment(span=Span(Fraction(n), Fraction(n) + 1), score=1.0, peak_hps=0.5, peak_at=Fraction(n), reason="skates")
        for n in range(0, 20, 2)
    )
    cuts = tuple(
        Cut(recording_id="r", span=Span(Fraction(n), Fraction(n + 4)), title=f"Moment {n}", poster_at=Fraction(n))
        for n in (0, 10)
    )
    return Revision(
        item_id=item_id, number=1, rules=CutRules(), created_at_s=1.0, segments=segments, plan=ReelPlan(cuts=cuts), signal="s"
    )


def test_one_recording_is_told_with_its_cuts(box: Box) -> None:
    item = box.add_item()
    box.book.cuts[item.id] = [cut_of(item.id)]
    with box.visit(Role.VIEWER) as browser:
        body = browser.get(f"/api/items/{item.id}").json()
    assert body["item"]["item_id"] == item.id
    assert body["revisions"][0]["moments"] == 10
    assert body["revisions"][0]["rules"]["threshold"] == 0.08


def test_segments_come_in_pages_beside_what_is_in_the_reel(box: Box) -> None:
    item = box.add_item()
    box.book.cuts[item.id] = [cut_of(item.id)]
    with box.visit(Role.VIEWER) as browser:
        body = browser.get(f"/api/items/{item.id}/segments?offset=8&limit=500").json()
    assert body["total"] == 10
    assert [segment["start_s"] for segment in body["segments"]] == [16.0, 18.0]
    assert [cut["reel_at_s"] for cut in body["cuts"]] == [0.0, 4.0]


def test_the_motion_signal_is_thinned_without_losing_its_peak(box: Box) -> None:
    item = box.add_item()
    box.book.cuts[item.id] = [cut_of(item.id)]
    signal = flat_signal(1000)
    signal.speed_hps[777] = 1.5
    signal.people[777] = 3
    box.signals["s"] = signal
    with box.visit(Role.VIEWER) as browser:
        body = browser.get(f"/api/items/{item.id}/signal?points=10").json()
        none = browser.get(f"/api/items/{box.add_item('other').id}/signal")
        box.signals.clear()
        gone = browser.get(f"/api/items/{item.id}/signal")
    assert len(body["times_s"]) == len(body["speed_hps"]) == len(body["people"]) == 10
    assert max(body["speed_hps"]) == 1.5
    assert body["people"][body["speed_hps"].index(1.5)] == 3
    assert none.status_code == gone.status_code == 404
    assert gone.json()["remedy"]


@pytest.mark.parametrize(
    ("what", "json", "request_kind"),
    [("retry", None, RetryItem), ("cancel", None, CancelItem), ("undo", None, UndoCut), ("pin", {"pinned": True}, PinItem)],
)
def test_operators_ask_the_ledger_and_viewers_may_not(box: Box, what: str, json: object, request_kind: type) -> None:
    item = box.add_item()
    with box.visit(Role.OPERATOR) as browser:
        assert browser.post(f"/api/items/{item.id}/{what}", json=json).status_code == 200
        assert browser.post(f"/api/items/nothing/{what}", json=json).status_code == 404
    assert [type(request) for request in box.book.asked] == [request_kind]
    with box.visit(Role.VIEWER) as browser:
        assert browser.post(f"/api/items/{item.id}/{what}", json=json).status_code == 403


def test_a_recut_changes_what_was_asked_for_and_nothing_else(box: Box) -> None:
    item = box.add_item()
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post(f"/api/items/{item.id}/recut", json={"threshold": 0.16, "pad_before": 1.25, "budget": 60})
    assert answer.status_code == 200, answer.text
    (request,) = box.book.asked
    assert isinstance(request, RecutItem)
    assert request.rules.motion.movement_threshold_hps == 0.16
    assert request.rules.motion.release_hps == pytest.approx(0.05)
    assert request.rules.reel.pad_before == Fraction(5, 4)
    assert request.rules.reel.budget == 60
    assert request.rules.reel.pad_after == CutRules().reel.pad_after


@pytest.mark.parametrize("json", [{"threshold": 0}, {"threshold": 1e9}, {"pad_before": -1}, {"no_such": 1}, {"budget": "long"}])
def test_a_recut_out_of_range_is_refused(box: Box, json: dict[str, object]) -> None:
    item = box.add_item()
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post(f"/api/items/{item.id}/recut", json=json)
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert box.book.asked == []


def test_only_admins_delete(box: Box) -> None:
    item = box.add_item()
    with box.visit(Role.OPERATOR) as browser:
        assert browser.ask("DELETE", f"/api/items/{item.id}").status_code == 403
    with box.visit(Role.ADMIN) as browser:
        assert browser.ask("DELETE", f"/api/items/{item.id}").status_code == 200
        assert browser.get(f"/api/items/{item.id}").status_code == 404
    assert box.book.asked == [DeleteItem(item_id=item.id)]


def test_what_the_ledger_refuses_is_told_with_its_reason(box: Box) -> None:
    item = box.add_item()
    box.book.refusal = "There is no earlier cut."
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post(f"/api/items/{item.id}/undo")
    assert (answer.status_code, answer.json()["error"]) == (409, "There is no earlier cut.")


def test_a_ledger_that_is_away_is_no_fault_of_the_request(box: Box) -> None:
    item = box.add_item()
    with box.visit(Role.OPERATOR) as browser:
        box.book.away = True
        assert browser.post(f"/api/items/{item.id}/retry").status_code == 503


def test_a_request_by_cookie_needs_the_pages_token(box: Box) -> None:
    item = box.add_item()
    with box.visit(Role.OPERATOR) as browser:
        del browser.client.headers["X-Rinkreel-CSRF"]
        assert browser.post(f"/api/items/{item.id}/cancel").status_code == 403
        assert browser.post(f"/api/items/{item.id}/cancel", headers={"X-Rinkreel-CSRF": "0" * 64}).status_code == 403
    assert box.book.asked == []


def test_progress_is_what_the_book_and_the_workers_say(box: Box) -> None:
    item = box.add_item()
    box.book.item_rows[item.id] = replace(item, revision=1)
    with box.visit(Role.VIEWER) as browser:
        assert browser.get(f"/api/items/{item.id}").json()["item"]["progress"] == 0.0


def test_a_recut_by_hand_asks_for_exactly_those_stretches(box: Box) -> None:
    item = box.add_item()
    with box.visit(Role.OPERATOR) as browser:
        answer = browser.post(f"/api/items/{item.id}/recut", json={"parts": [[3, 4.5], [1, 2]]})
        nothing = browser.post(f"/api/items/{item.id}/recut", json={"parts": []})
        backwards = browser.post(f"/api/items/{item.id}/recut", json={"parts": [[4, 3]]})
        many = browser.post(f"/api/items/{item.id}/recut", json={"parts": [[n, n + 0.5] for n in range(2001)]})
    assert answer.status_code == 200, answer.text
    assert (nothing.status_code, backwards.status_code, many.status_code) == (422, 422, 422)
    (request,) = box.book.asked
    assert isinstance(request, RecutItem)
    assert request.rules.reel.parts == (Span(Fraction(1), Fraction(2)), Span(Fraction(3), Fraction(9, 2)))
