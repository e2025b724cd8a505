from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
from starlette.requests import Request
from starlette.types import Message

from appliance.domain.account import Role
from appliance.domain.order import BookChanged
from appliance.services.api import events as newsroom
from appliance.services.api.routes import events

from ..front_door import Box, Browser


def listen(browser: Browser, box: Box, until: str) -> tuple[int, str]:
    """Ask for the events, and leave once a text was heard."""
    heard: list[bytes] = []
    statuses: list[int] = []
    gone = asyncio.Event()

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])
        heard.append(message.get("body", b""))
        if message.get("body", b"").startswith(b"retry"):
            box.ears.say(BookChanged(job_id="j", item_id="i", what="item"))
        if until.encode() in b"".join(heard):
            gone.set()

    async def run() -> None:
        news = asyncio.create_task(box.house.newsroom.run())
        async with asyncio.timeout(10):
            await box.app(scope_of(browser), receive, send)
        news.cancel()
        with suppress(asyncio.CancelledError):
            await news

    browser.runner.run(run())
    return statuses[0], b"".join(heard).decode()


def scope_of(browser: Browser) -> dict[str, object]:
    cookie = browser.client.cookies.get("rinkreel_session", "")
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/api/events",
        "raw_path": b"/api/events",
        "query_string": b"",
        "headers": [(b"host", b"rink.local"), (b"cookie", f"rinkreel_session={cookie}".encode()), (b"last-event-id", b"\xff7")],
        "client": ("192.168.1.20", 50_000),
        "server": ("rink.local", 80),
    }


def test_a_page_hears_that_the_book_has_changed(box: Box) -> None:
    with box.visit(Role.VIEWER) as browser:
        status, heard = listen(browser, box, "changed")
    assert status == 200
    assert heard.startswith("retry: ")
    assert 'event: changed\ndata: {"job_id": "j", "item_id": "i", "what": "item"}\n\n' in heard


def test_a_stream_ends_once_its_session_has(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LOOK_AGAIN_S", 0.0)
    monkeypatch.setattr(newsroom, "HEARTBEAT_S", 0.01)
    with box.visit(Role.VIEWER) as browser:
        request = Request(scope_of(browser))

        async def hear_until_it_ends() -> int:
            count = 0
            async with asyncio.timeout(10):
                async for _ in events.while_welcome(request, box.house):
                    count += 1
                    if count == 3:
                        del box.book.account_rows["some-viewer"]
            return count

        assert browser.runner.run(hear_until_it_ends()) == 3


def test_no_more_pages_listen_than_there_are_places(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newsroom, "MOST_LISTENERS", 0)
    with box.visit(Role.VIEWER) as browser:
        assert browser.get("/api/events").status_code == 503
