from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from appliance.domain.account import Role

from .front_door import Box


@pytest.mark.parametrize("path", ["/", "/api/me", "/api/nothing", "/s/x", "/healthz", "/page/app.js", "/media/originals/x"])
def test_every_answer_carries_the_headers(box: Box, path: str) -> None:
    with box.visit(None) as browser:
        headers = browser.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"] == ("no-store" if path.startswith("/api/") else "no-cache")


def test_a_large_body_is_turned_away_before_it_is_read(box: Box) -> None:
    with box.visit(None) as browser:
        answer = browser.post("/api/sign-in", content=b"x" * (1024**2 + 1))
        assert answer.status_code == 413
        assert answer.json()["remedy"]


def test_a_body_of_unknown_length_is_turned_away_once_it_is_too_large(box: Box) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 65_536

    with box.visit(None) as browser:
        assert browser.post("/api/sign-in", content=endless()).status_code in (400, 413)


@pytest.mark.parametrize("headers", [{"Host": "x" * 300}, {"Content-Length": "many"}, {"Content-Length": "-1"}])
def test_absurd_headers_are_refused(box: Box, headers: dict[str, str]) -> None:
    with box.visit(Role.VIEWER) as browser:
        assert browser.get("/api/jobs", headers=headers).status_code == 400


def test_an_absurd_address_is_refused(box: Box) -> None:
    with box.visit(Role.VIEWER) as browser:
        assert browser.get("/api/jobs?x=" + "x" * 9000).status_code == 400
