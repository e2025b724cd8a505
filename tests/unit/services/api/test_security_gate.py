from __future__ import annotations

import pytest
from starlette.requests import Request

from appliance.domain.account import Role
from appliance.services.api.refusals import Refusal
from appliance.services.api.security_gate import Gate, Visitor
from appliance.services.api.security_keys import make_key

from .front_door import Box


def request_with(**headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": pairs, "path": "/", "query_string": b""})


def test_a_session_is_good_for_as_long_as_its_accounts_epoch(box: Box) -> None:
    account = box.add_account("anna", Role.OPERATOR)
    request = request_with(cookie=f"rinkreel_session={box.house.sessions.issue(account)}")
    visitor = box.house.gate.visitor(request)
    assert visitor is not None
    assert (visitor.name, visitor.role, visitor.by) == ("anna", Role.OPERATOR, "session")
    box.book.account_rows["anna"] = box.add_account("anna", Role.ADMIN)
    del box.book.account_rows["anna"]
    assert box.house.gate.visitor(request) is None


def test_a_wrong_key_is_not_made_good_by_a_cookie(box: Box) -> None:
    cookie = f"rinkreel_session={box.house.sessions.issue(box.add_account('anna', Role.ADMIN))}"
    _, text = make_key("gone", Role.ADMIN, 1.0)
    assert box.house.gate.visitor(request_with(cookie=cookie, authorization=f"Bearer {text}")) is None


def test_without_sign_in_everybody_comes_in(box: Box) -> None:
    gate = Gate(box.book, box.house.sessions, sign_in=False)
    visitor = gate.visitor(request_with())
    assert visitor is not None
    assert (visitor.role, visitor.by) == (Role.ADMIN, "open")
    assert gate.visitor(request_with(authorization="Bearer rk_x")) is None


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"host": "rink.local"}, True),
        ({"host": "rink.local:8080", "origin": "http://rink.local:8080"}, True),
        ({"host": "RINK.local", "origin": "http://rink.LOCAL"}, True),
        ({"host": "rink.local", "origin": "http://rink.local:8080"}, False),
        ({"host": "rink.local", "origin": "http://evil.example"}, False),
        ({"host": "rink.local", "origin": "http://rink.local.evil.example"}, False),
        ({"host": "rink.local", "origin": "null"}, False),
        ({"host": "rink.local", "origin": "http://[rink"}, False),
        ({"host": "", "origin": ""}, False),
        ({"host": "rink.local", "sec_fetch_site": "same-site"}, False),
        ({"host": "rink.local", "sec_fetch_site": "none"}, True),
    ],
)
def test_other_sites_pages_are_told_by_what_browsers_say(box: Box, headers: dict[str, str], ours: bool) -> None:
    if ours:
        box.house.gate.check_origin(request_with(**headers))
        return
    with pytest.raises(Refusal) as caught:
        box.house.gate.check_origin(request_with(**headers))
    assert caught.value.status == 403


def test_only_sessions_need_the_pages_token(box: Box) -> None:
    for by in ("key", "open"):
        box.house.gate.check_page_token(request_with(), Visitor(name="x", role=Role.ADMIN, by=by))
    visitor = Visitor(name="x", role=Role.ADMIN, by="session", cookie="c")
    token = box.house.sessions.page_token("c")
    box.house.gate.check_page_token(request_with(x_rinkreel_csrf=token), visitor)
    for wrong in ("", token[:-1], token.upper(), "\xff"):
        with pytest.raises(Refusal):
            box.house.gate.check_page_token(request_with(x_rinkreel_csrf=wrong), visitor)
