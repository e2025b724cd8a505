from __future__ import annotations

import asyncio

import pytest
from starlette.requests import Request

from appliance.domain.account import Role
from appliance.domain.request import RetryItem
from appliance.services.api.deps import address_of, ask, item_now, item_soon
from appliance.services.api.refusals import Refusal

from .front_door import Box


@pytest.mark.parametrize("role", [None, *Role])
@pytest.mark.parametrize(
    ("method", "path", "least"),
    [
        ("GET", "/api/jobs", Role.VIEWER),
        ("POST", "/api/dead-letters/x/retry", Role.OPERATOR),
        ("GET", "/api/accounts", Role.ADMIN),
        ("DELETE", "/api/items/x", Role.ADMIN),
    ],
)
def test_each_role_may_do_what_those_below_it_may(box: Box, role: Role | None, method: str, path: str, least: Role) -> None:
    with box.visit(role) as browser:
        status = browser.ask(method, path).status_code
    if role is None:
        assert status == 401
    else:
        assert (status == 403) is not role.covers(least)


def test_every_path_that_changes_something_asks_who_it_is(box: Box) -> None:
    open_to_all = {"/api/sign-in", "/api/first-run", "/api/tus/"}
    operations = [
        (method.upper(), path)
        for path, methods in box.app.openapi()["paths"].items()
        for method in methods
        if method in {"post", "put", "patch", "delete"}
    ]
    assert len(operations) > 15
    with box.visit(None) as browser:
        for method, path in operations:
            if path in open_to_all:
                continue
            place = path.replace("{upload_id}", "a" * 32)
            for name in ("item_id", "job_id", "share_id", "key_id", "name", "order_id"):
                place = place.replace("{" + name + "}", "x")
            headers = {"Upload-Offset": "0", "Tus-Resumable": "1.0.0"}
            assert browser.ask(method, place, json={}, headers=headers).status_code in (401, 422), place
        assert browser.post("/api/tus/", headers={"Upload-Length": "1"}).status_code == 401


def test_what_the_ledger_says_no_to_is_a_conflict(box: Box) -> None:
    box.book.refusal = "No."
    with pytest.raises(Refusal) as caught:
        asyncio.run(ask(box.house, RetryItem(item_id="x")))
    assert (caught.value.status, caught.value.why, caught.value.remedy) == (409, "No.", "Do something else.")


def test_items_are_found_or_not(box: Box) -> None:
    item = box.add_item()
    assert item_now(box.house, item.id) == asyncio.run(item_soon(box.house, item.id)) == item
    with pytest.raises(Refusal):
        item_now(box.house, "x")


def test_a_request_without_an_address_has_one_all_the_same() -> None:
    assert address_of(Request({"type": "http", "headers": [], "client": None})) == "unknown"
