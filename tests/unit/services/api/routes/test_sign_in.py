from __future__ import annotations

from pathlib import Path

import pytest

from appliance.domain.account import Role
from appliance.services.api.first_run import prepare_secrets
from appliance.services.api.parts import ApiRule

from ..front_door import PASSWORD, Box, build_box


def test_without_signing_in_nothing_of_the_box_is_told(box: Box) -> None:
    box.add_reel()
    with box.visit(None) as browser:
        for path in ("/api/jobs", "/api/status/job-0", "/api/download/job-0/item-0", "/api/box", "/api/me", "/api/events"):
            answer = browser.get(path)
            assert answer.status_code == 401, path
            assert answer.json()["remedy"]
        assert browser.get("/api/door").json() == {"box_name": "Rinkreel", "sign_in": True, "first_run": True}


def test_signing_in_gives_a_cookie_that_scripts_cannot_read_and_other_sites_cannot_send(box: Box) -> None:
    box.add_account("anna", Role.OPERATOR)
    with box.visit(None) as browser:
        answer = browser.post("/api/sign-in", json={"name": "anna", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        me = browser.get("/api/me").json()
    assert (me["name"], me["role"], me["csrf"]) == ("anna", "operator", answer.json()["csrf"])


def test_by_https_the_cookie_stays_on_https(tmp_path: Path) -> None:
    box = build_box(tmp_path, ApiRule(secure=True))
    box.add_account("anna", Role.OPERATOR)
    with box.visit(None) as browser:
        answer = browser.post("/api/sign-in", json={"name": "anna", "password": PASSWORD})
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong password"), ("nobody", PASSWORD), ("anna", "")])
def test_a_wrong_name_and_a_wrong_password_look_the_same(box: Box, name: str, password: str) -> None:
    box.add_account("anna", Role.OPERATOR)
    with box.visit(None) as browser:
        answer = browser.post("/api/sign-in", json={"name": name, "password": password})
    assert answer.status_code == 401
    assert answer.json()["error"] == "Name or password is wrong."
    assert "set-cookie" not in answer.headers


def test_guessing_has_to_wait(tmp_path: Path) -> None:
    box = build_box(tmp_path, ApiRule(attempts=2))
    box.add_account("anna", Role.OPERATOR)
    with box.visit(None) as browser:
        for _ in range(2):
            assert browser.post("/api/sign-in", json={"name": "anna", "password": "wrong one"}).status_code == 401
        answer = browser.post("/api/sign-in", json={"name": "anna", "password": PASSWORD})
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        box.clock.time_s += 301
        assert browser.post("/api/sign-in", json={"name": "anna", "password": PASSWORD}).status_code == 200


def test_the_first_admin_is_made_once_with_the_printed_code(box: Box) -> None:
    code = prepare_secrets(box.data, has_accounts=False).first_run_code
    assert code is not None
    asked = {"code": code.upper(), "name": "boss", "password": "a long password"}
    with box.visit(None) as browser:
        assert browser.post("/api/first-run", json={**asked, "code": "abcd-abcd-abcd"}).status_code == 401
        short = browser.post("/api/first-run", json={**asked, "password": "short"})
        assert short.status_code == 422
        assert "8 to 256" in short.json()["error"]
        made = browser.post("/api/first-run", json=asked)
        assert made.status_code == 200, made.text
        assert made.json()["role"] == "admin"
        assert browser.get("/api/accounts").status_code == 200
        assert browser.get("/api/door").json()["first_run"] is False
        assert browser.post("/api/first-run", json=asked).status_code == 409
    assert not (box.data.secrets / "first-run").exists()


def test_signing_out_ends_the_session_even_for_who_kept_the_cookie(box: Box) -> None:
    with box.visit(Role.VIEWER) as browser:
        kept = dict(browser.client.cookies)
        assert browser.post("/api/sign-out", json={}).status_code == 200
        browser.client.cookies.update(kept)
        assert browser.get("/api/me").status_code == 401


def test_signing_out_everywhere_ends_all_sessions_of_the_account(box: Box) -> None:
    with box.visit(Role.VIEWER) as here:
        account = box.book.account_rows["some-viewer"]
        with box.visit(None) as there:
            there.sign_in_as(account)
            assert there.get("/api/me").status_code == 200
            assert here.post("/api/sign-out", json={"everywhere": True}).status_code == 200
            assert there.get("/api/me").status_code == 401


def test_a_new_password_ends_other_sessions_and_keeps_this_one(box: Box) -> None:
    with box.visit(Role.VIEWER) as here, box.visit(None) as there:
        there.sign_in_as(box.book.account_rows["some-viewer"])
        wrong = here.post("/api/me/password", json={"old": "not it at all", "new": "another password"})
        assert wrong.status_code == 403
        assert here.post("/api/me/password", json={"old": PASSWORD, "new": "another password"}).status_code == 200
        assert here.get("/api/me").status_code == 200
        assert there.get("/api/me").status_code == 401
        assert there.post("/api/sign-in", json={"name": "some-viewer", "password": PASSWORD}).status_code == 401
        assert there.post("/api/sign-in", json={"name": "some-viewer", "password": "another password"}).status_code == 200


def test_another_sites_page_cannot_sign_anybody_in(box: Box) -> None:
    box.add_account("anna", Role.OPERATOR)
    asked = {"name": "anna", "password": PASSWORD}
    with box.visit(None) as browser:
        for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert browser.post("/api/sign-in", json=asked, headers=headers).status_code == 403
        same = {"Origin": "http://rink.local", "Sec-Fetch-Site": "same-origin"}
        assert browser.post("/api/sign-in", json=asked, headers=same).status_code == 200


def test_where_nobody_signs_in_everybody_is_an_admin_but_other_sites_stay_out(tmp_path: Path) -> None:
    box = build_box(tmp_path, ApiRule(sign_in=False))
    with box.visit(None) as browser:
        assert browser.get("/api/me").json()["role"] == "admin"
        assert browser.post("/api/keys", json={"name": "script"}).status_code == 200
        assert browser.post("/api/keys", json={"name": "x"}, headers={"Origin": "http://evil.example"}).status_code == 403
