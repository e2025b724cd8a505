from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from appliance.domain.account import Role
from appliance.domain.errors import Transient
from appliance.services.api.parts import ApiRule
from appliance.services.api.routes import health

from ..front_door import Box, build_box


def test_a_living_process_says_so_to_anybody(box: Box) -> None:
    box.book.away = True
    with box.visit(None) as browser:
        assert browser.get("/healthz").json() == {"ok": True, "reasons": []}


def test_a_box_is_ready_when_nothing_is_away(box: Box) -> None:
    with box.visit(None) as browser:
        answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "reasons": []})


def test_what_is_away_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PROBE_WITHIN_S", 0.05)

    async def away() -> str | None:
        raise Transient("nobody answers")

    async def slow() -> str | None:
        await asyncio.Event().wait()
        return None

    async def late() -> str | None:
        return "behind"

    box = build_box(tmp_path, ApiRule(min_free_bytes=10), probes={"bus": away, "ledger": slow, "clock": late})
    box.disk.free = 9
    box.book.away = True
    with box.visit(None) as browser:
        answer = browser.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == [
        "book: The ledger does not answer.",
        "disk: too little room",
        "bus: nobody answers",
        "ledger: no answer within 0.05 s",
        "clock: behind",
    ]


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("192.168.1.9", {}, 401),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.1"}, 401),
        ("unknown", {}, 401),
    ],
)
def test_figures_are_for_this_machine_or_who_signed_in(box: Box, address: str, headers: dict[str, str], status: int) -> None:
    with box.visit(None, address=address) as browser:
        assert browser.get("/metrics", headers=headers).status_code == status
    with box.visit(Role.VIEWER) as browser:
        assert "rinkreel_disk_free_bytes 1e+12" in browser.get("/metrics").text
