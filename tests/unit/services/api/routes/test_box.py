from __future__ import annotations

from pathlib import Path

from appliance.domain.account import Role
from appliance.domain.health import Choices, Finding, State
from appliance.domain.job import DeadLetter, Item, Notice, Tallies
from appliance.domain.request import RetryItem

from ..front_door import Box, build_box


def test_the_box_tells_its_notices_figures_and_what_goes_soon(tmp_path: Path) -> None:
    def expires_at_s(item: Item, now_s: float) -> float | None:
        return now_s + {"soon": 3600.0, "sooner": 60.0, "later": 30 * 86_400.0}[item.name]

    box = build_box(tmp_path, expires_at_s=expires_at_s, versions={"rinkreel": "1"}, gpu=lambda: True)
    for name in ("soon", "sooner", "later"):
        box.add_reel(name)
    box.add_reel("soon", pinned=True)
    box.book.notice_rows = [Notice(key="disk", why="The disk is full.", remedy="Delete something.", at_s=1.0)]
    box.book.figures = Tallies(
        items={"completed": 4}, orders={"cpu": 2}, footage_s=100.0, kept_s=10.0, dead_letters=1, stage_s={"analyse": (12.5, 4)}
    )
    with box.visit(Role.VIEWER) as browser:
        body = browser.get("/api/box").json()
    assert [each["name"] for each in body["expiring"]] == ["sooner", "soon"]
    assert body["notices"][0]["error"] == "The disk is full."
    assert (body["disk_free_bytes"], body["disk_total_bytes"]) == (10**12, 2 * 10**12)
    assert (body["footage_s"], body["watched_s"]) == (100.0, 12.5)
    assert (body["gpu"], body["dead_letters"], body["versions"]) == (True, 1, {"rinkreel": "1"})


def test_given_up_orders_are_shown_and_tried_again(box: Box) -> None:
    letter = DeadLetter(order_id="item-0.1.analyse.00003", item_id="item-0", stage="analyse", why="w", remedy="r", at_s=1.0)
    box.book.letters = [letter]
    with box.visit(Role.OPERATOR) as browser:
        assert browser.get("/api/dead-letters").json()[0]["order_id"] == letter.order_id
        assert browser.post(f"/api/dead-letters/{letter.order_id}/retry").status_code == 200
        assert browser.post("/api/dead-letters/item-9.1.probe/retry").status_code == 404
    assert box.book.asked == [RetryItem(item_id="item-0")]
    with box.visit(Role.VIEWER) as browser:
        assert browser.post(f"/api/dead-letters/{letter.order_id}/retry").status_code == 403


def test_lights_choices_and_temperatures_are_shown(tmp_path: Path) -> None:
    light = Finding(name="disk", state=State.WARN, found="3 GB free", remedy="Delete something.")
    chosen = Choices(backend="onnx", encoder="libx264", encoder_why="no hardware encoder answers here", fell_back=("a",))
    box = build_box(tmp_path, lights=lambda: [light], choices=lambda: chosen, temperatures=lambda: {"cpu": 51.26})
    with box.visit(Role.VIEWER) as browser:
        body = browser.get("/api/box").json()
    assert body["lights"] == [{"name": "disk", "state": "warn", "why": "3 GB free", "remedy": "Delete something."}]
    assert body["choices"]["fell_back"] == ["a"]
    assert body["temperatures"] == [{"name": "cpu", "celsius": 51.3}]


def test_what_is_not_known_yet_is_left_open(box: Box) -> None:
    with box.visit(Role.VIEWER) as browser:
        body = browser.get("/api/box").json()
    assert (body["lights"], body["choices"], body["temperatures"]) == ([], None, [])
