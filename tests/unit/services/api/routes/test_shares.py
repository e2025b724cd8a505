from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from appliance.domain.account import Role
from appliance.services.api.parts import ApiRule

from ..front_door import Box, Browser, build_box


def share(browser: Browser, item_id: str, **asked: float) -> dict[str, str]:
    answer = browser.post(f"/api/items/{item_id}/share", json=asked)
    assert answer.status_code == 200, answer.text
    body: dict[str, str] = answer.json()
    return body


def test_a_link_plays_one_reel_for_people_without_an_account(box: Box) -> None:
    item = box.add_reel("<b>Final</b> & more", b"0123456789")
    with box.visit(Role.OPERATOR) as browser, box.visit(None) as guest:
        link = share(browser, item.id)
        place = urlsplit(link["url"]).path
        page = guest.get(place)
        assert page.status_code == 200
        assert "&lt;b&gt;Final&lt;/b&gt; &amp; more" in page.text
        assert "<b>" not in page.text
        assert "<script" not in page.text
        assert guest.get(f"{place}/reel.mp4", headers={"Range": "bytes=2-3"}).content == b"23"
        assert guest.get(f"{place}/poster.jpg").content == b"picture"
        assert guest.get("/api/jobs").status_code == 401
        assert guest.get(f"/api/download/{item.job_id}/{item.id}").status_code == 401


def test_a_link_ends_with_its_time(box: Box) -> None:
    item = box.add_reel()
    with box.visit(Role.OPERATOR) as browser, box.visit(None) as guest:
        place = urlsplit(share(browser, item.id, hours=2)["url"]).path
        box.clock.time_s += 2 * 3600 - 1
        assert guest.get(place).status_code == 200
        box.clock.time_s += 1
        over = guest.get(place)
        assert over.status_code == 404
        assert "This link has ended" in over.text
        assert guest.get(f"{place}/reel.mp4").json()["error"] == "This link has ended."
        assert guest.get(f"{place}/poster.jpg").status_code == 404
        assert browser.get(f"/api/items/{item.id}/shares").json() == []


def test_a_link_ends_when_it_is_revoked_and_when_its_reel_goes(box: Box) -> None:
    item, other = box.add_reel("one"), box.add_reel("two")
    with box.visit(Role.OPERATOR) as browser, box.visit(None) as guest:
        first, second = share(browser, item.id), share(browser, other.id)
        assert browser.ask("DELETE", f"/api/shares/{first['share_id']}").status_code == 200
        assert guest.get(urlsplit(first["url"]).path).status_code == 404
        assert browser.ask("DELETE", f"/api/shares/{first['share_id']}").status_code == 404
        del box.book.item_rows[other.id]
        assert guest.get(urlsplit(second["url"]).path).status_code == 404


@pytest.mark.parametrize("token", ["x", "nothing", "a" * 300, "%2e%2e", "ImEi.AAAAAAAA"])
def test_links_that_were_not_made_here_lead_nowhere(box: Box, token: str) -> None:
    with box.visit(None) as guest:
        assert guest.get(f"/s/{token}").status_code in (404, 422)
        assert guest.get(f"/s/{token}/reel.mp4").status_code in (404, 422)


def test_the_code_and_the_address_are_what_people_type(tmp_path: Path) -> None:
    box = build_box(tmp_path, ApiRule(address="rink.example:8080", share_for_s=3600))
    item = box.add_reel()
    with box.visit(Role.OPERATOR) as browser:
        link = share(browser, item.id)
        assert link["url"].startswith("http://rink.example:8080/s/")
        assert float(link["expires_at_s"]) == box.clock.time_s + 3600
        code = browser.get(link["qr_svg_url"])
        assert code.headers["content-type"] == "image/svg+xml"
        assert b"<svg" in code.content
        assert browser.get("/api/shares/nothing/qr.svg").status_code == 404
        assert [each["url"] for each in browser.get(f"/api/items/{item.id}/shares").json()] == [link["url"]]


def test_what_has_no_reel_cannot_be_shared_and_viewers_share_nothing(box: Box) -> None:
    item = box.add_item()
    with box.visit(Role.OPERATOR) as browser:
        assert browser.post(f"/api/items/{item.id}/share", json={}).status_code == 409
        assert browser.post(f"/api/items/{item.id}/share", json={"hours": 0}).status_code == 422
    with box.visit(Role.VIEWER) as browser:
        assert browser.post(f"/api/items/{item.id}/share", json={}).status_code == 403
