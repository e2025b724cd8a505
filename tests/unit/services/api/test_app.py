from __future__ import annotations

import asyncio
import json

import pytest

from appliance.domain.account import Role
from appliance.domain.errors import Transient

from .front_door import Box


def test_the_api_describes_itself_without_anything_from_elsewhere(box: Box) -> None:
    with box.visit(None) as browser:
        answer = browser.get("/api/openapi.json")
        assert answer.status_code == 200
        assert browser.get("/docs").status_code == 404
        assert browser.get("/redoc").status_code == 404
    paths = answer.json()["paths"]
    assert {"/api/upload", "/api/upload/batch", "/api/status/{job_id}", "/api/download/{job_id}/{item_id}"} <= set(paths)
    assert "HTTPValidationError" not in json.dumps(answer.json())


def test_every_operation_says_what_it_does(box: Box) -> None:
    silent = [
        (path, method)
        for path, methods in box.app.openapi()["paths"].items()
        for method, operation in methods.items()
        if not operation.get("description")
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/api/nothing", 404), ("PUT", "/api/jobs", 405), ("GET", "/api/jobs?limit=x", 422), ("GET", "/api/me", 401)],
)
def test_every_refusal_has_the_same_shape(box: Box, method: str, path: str, status: int) -> None:
    with box.visit(None if status == 401 else Role.VIEWER) as browser:
        answer = browser.ask(method, path)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "remedy"}
    assert answer.json()["error"]


def test_a_fault_of_our_own_tells_nothing_of_the_inside(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("/secret/path")

    with box.visit(Role.VIEWER) as browser:
        monkeypatch.setattr(box.book, "jobs", fail)
        answer = browser.get("/api/jobs")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "request failed" in box.journal.events


def test_where_things_lie_on_this_machine_is_not_told(box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise Transient(f"{box.data.book} is busy")

    with box.visit(Role.VIEWER) as browser:
        monkeypatch.setattr(box.book, "jobs", fail)
        assert browser.get("/api/jobs").json()["error"] == "book.db is busy"


def test_what_runs_beside_the_routes_starts_and_ends_with_the_app(box: Box) -> None:
    async def live() -> set[str]:
        async with box.app.router.lifespan_context(box.app):
            await asyncio.sleep(0)
            return {task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr]

    assert {"Newsroom.run", "TusStore.run"} <= asyncio.run(live())
