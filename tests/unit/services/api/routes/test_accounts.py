from __future__ import annotations

import pytest

from appliance.domain.account import Role

from ..front_door import FOOTAGE, PASSWORD, Box


def test_an_admin_makes_changes_and_removes_accounts(box: Box) -> None:
    with box.visit(Role.ADMIN) as browser:
        made = browser.post("/api/accounts", json={"name": "ben", "role": "viewer", "password": "first password"})
        assert made.status_code == 200, made.text
        assert made.json()["temporary"] is True
        assert {each["name"] for each in browser.get("/api/accounts").json()} == {"some-admin", "ben"}
        epoch = box.book.account_rows["ben"].epoch
        assert browser.post("/api/accounts", json={"name": "ben", "role": "operator"}).json()["role"] == "operator"
        assert box.book.account_rows["ben"].epoch > epoch
        assert browser.ask("DELETE", "/api/accounts/ben").status_code == 200
        assert browser.ask("DELETE", "/api/accounts/ben").status_code == 404
    assert "first password" not in str(box.journal.lines)


def test_no_answer_tells_a_secret(box: Box) -> None:
    with box.visit(Role.ADMIN) as browser:
        browser.post("/api/keys", json={"name": "script"})
        told = browser.get("/api/accounts").text + browser.get("/api/keys").text
    assert "scrypt" not in told
    assert box.book.key_rows[next(iter(box.book.key_rows))].digest not in told


def test_a_new_account_needs_a_password(box: Box) -> None:
    with box.visit(Role.ADMIN) as browser:
        assert browser.post("/api/accounts", json={"name": "ben", "role": "viewer"}).status_code == 422


def test_the_last_admin_stays_one(box: Box) -> None:
    with box.visit(Role.ADMIN) as browser:
        assert browser.post("/api/accounts", json={"name": "some-admin", "role": "viewer"}).status_code == 409


def test_an_account_made_anew_does_not_bring_old_sessions_back(box: Box) -> None:
    with box.visit(Role.ADMIN) as admin, box.visit(None) as old:
        admin.post("/api/accounts", json={"name": "ben", "role": "viewer", "password": PASSWORD})
        old.sign_in_as(box.book.account_rows["ben"])
        assert old.get("/api/me").status_code == 200
        admin.ask("DELETE", "/api/accounts/ben")
        assert old.get("/api/me").status_code == 401
        box.clock.time_s += 60
        admin.post("/api/accounts", json={"name": "ben", "role": "viewer", "password": PASSWORD})
        assert old.get("/api/me").status_code == 401


def test_a_key_opens_for_a_script_without_a_page_token_until_it_is_revoked(box: Box) -> None:
    with box.visit(Role.ADMIN) as admin, box.visit(None) as script:
        made = admin.post("/api/keys", json={"name": "backup", "role": "operator"}).json()
        script.client.headers["Authorization"] = f"Bearer {made['key']}"
        assert script.post("/api/upload?name=a.mp4", content=FOOTAGE).status_code == 200
        assert script.get("/api/keys").status_code == 403
        assert admin.get("/api/keys").json()[0]["key"] is None
        assert admin.ask("DELETE", f"/api/keys/{made['key_id']}").status_code == 200
        assert script.get("/api/jobs").status_code == 401
        assert admin.ask("DELETE", f"/api/keys/{made['key_id']}").status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
@pytest.mark.parametrize("path", ["/api/accounts", "/api/keys"])
def test_only_admins_see_accounts_and_keys(box: Box, role: Role, path: str) -> None:
    with box.visit(role) as browser:
        assert browser.get(path).status_code == 403
