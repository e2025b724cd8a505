from __future__ import annotations

import pytest

from appliance.domain.account import Account, Role
from appliance.services.api import security_sessions
from appliance.services.api.security_sessions import Sessions

from ....appliance_fakes import HandClock
from .front_door import KEY

ANNA = Account(name="anna", role=Role.VIEWER, secret="", epoch=7)


def test_a_cookie_says_who_until_it_is_too_old() -> None:
    clock = HandClock()
    sessions = Sessions(KEY, clock, 100.0)
    cookie = sessions.issue(ANNA)
    claim = sessions.read(cookie)
    assert claim is not None
    assert (claim.name, claim.epoch) == ("anna", 7)
    clock.time_s += 99
    assert sessions.read(cookie) is not None
    clock.time_s += 1
    assert sessions.read(cookie) is None


def test_cookies_of_other_keys_and_changed_ones_say_nothing() -> None:
    sessions = Sessions(KEY, HandClock(), 100.0)
    cookie = sessions.issue(ANNA)
    assert Sessions(bytes(32), HandClock(), 100.0).read(cookie) is None
    for changed in (cookie[:-1], cookie + "A", "A" + cookie, "", "a.b", "x" * 2000, cookie.replace(".", "")):
        assert sessions.read(changed) is None


def test_cookies_from_the_far_future_are_none_of_ours() -> None:
    clock = HandClock()
    sessions = Sessions(KEY, clock, 100.0)
    cookie = sessions.issue(ANNA)
    clock.time_s -= 299
    assert sessions.read(cookie) is not None
    clock.time_s -= 10
    assert sessions.read(cookie) is None


def test_a_session_that_was_ended_is_over_and_others_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security_sessions, "MOST_ENDED", 1)
    sessions = Sessions(KEY, HandClock(), 100.0)
    first, second = sessions.issue(ANNA), sessions.issue(ANNA)
    sessions.end(first)
    assert sessions.read(first) is None
    assert sessions.read(second) is not None
    sessions.end(second)
    sessions.end("nonsense")
    assert sessions.read(second) is None


def test_page_tokens_belong_to_one_session_and_tell_nothing_of_the_key() -> None:
    sessions = Sessions(KEY, HandClock(), 100.0)
    first, second = sessions.issue(ANNA), sessions.issue(ANNA)
    assert sessions.page_token(first) == sessions.page_token(first)
    assert sessions.page_token(first) != sessions.page_token(second)
    assert Sessions(bytes(32), HandClock(), 1.0).page_token(first) != sessions.page_token(first)
