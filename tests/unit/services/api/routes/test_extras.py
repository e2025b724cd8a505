from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from appliance.domain.account import Role
from appliance.domain.errors import Unusable

from .....extras_fakes import PaperExtras
from ..front_door import Box, build_box
from ..seen_items import add_seen


@pytest.fixture
def extras() -> PaperExtras:
    return PaperExtras()


@pytest.fixture
def box(tmp_path: Path, extras: PaperExtras) -> Box:
    return build_box(tmp_path, extras=extras)


def test_the_sheet_comes_with_a_map_of_its_moments(box: Box, extras: PaperExtras) -> None:
    item = add_seen(box)
    with box.visit(Role.VIEWER) as browser:
        told = browser.get(f"/api/items/{item.id}/thumbnails?columns=8").json()
        picture = browser.get(told["url"])
        again = browser.get(told["url"])
    assert (told["columns"], told["rows"], told["width_px"], told["height_px"]) == (8, 8, 160, 90)
    assert (told["times_s"][0], told["times_s"][-1], len(told["times_s"])) == (0.5, 59.5, 60)
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert again.content == picture.content == b"sheet 8x8"
    assert extras.asked == ["sheet 8x8"]


def test_while_it_is_made_one_is_told_when_to_ask_again(box: Box, extras: PaperExtras) -> None:
    item, extras.gate = add_seen(box), Event()
    box.house.maker._patience_s = 0.0
    with box.visit(Role.VIEWER) as browser:
        waiting = browser.get(f"/api/items/{item.id}/rest.mp4")
        extras.gate.set()
        box.house.maker._patience_s = 30.0
        there = browser.get(f"/api/items/{item.id}/rest.mp4", headers={"Range": "bytes=0-3"})
    assert (waiting.status_code, waiting.json(), waiting.headers["Retry-After"]) == (202, {"making": True}, "2")
    assert (there.status_code, there.content) == (206, b"film")
    assert len(extras.asked) == 1


def test_what_was_left_out_is_told_with_its_place_in_the_film(box: Box) -> None:
    item = add_seen(box)
    with box.visit(Role.VIEWER) as browser:
        told = browser.get(f"/api/items/{item.id}/rest").json()
    assert told["url"] == f"/api/items/{item.id}/rest.mp4"
    assert (told["speed"], told["rest_s"]) == (8.0, 51.0)
    assert [piece["start_s"] for piece in told["pieces"]] == [0.0, 15.0, 44.0]
    assert told["pieces"][1]["film_at_s"] == pytest.approx(10 / 8, abs=0.1)
    assert told["film_s"] == pytest.approx(51 / 8, abs=0.1)


def test_what_cannot_be_made_is_said_with_its_reason(box: Box, extras: PaperExtras) -> None:
    item, extras.failure = add_seen(box), Unusable("Nothing decodes.", remedy="Play it.")
    with box.visit(Role.VIEWER) as browser:
        answer = browser.get(f"/api/items/{item.id}/thumbnails.jpg")
        unknown = browser.get("/api/items/nothing/thumbnails.jpg")
    assert (answer.status_code, answer.json()) == (415, {"error": "Nothing decodes.", "remedy": "Play it."})
    assert unknown.status_code == 404


def test_strangers_see_no_pictures(box: Box) -> None:
    item = add_seen(box)
    with box.visit(None) as browser:
        for what in ("thumbnails.jpg", "thumbnails", "rest.mp4", "rest"):
            assert browser.get(f"/api/items/{item.id}/{what}").status_code == 401
