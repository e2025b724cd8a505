from __future__ import annotations

from pathlib import Path

import pytest

from appliance.domain.account import Role
from appliance.services.api.parts import ApiRule
from appliance.services.api.routes import media

from ..front_door import Box, Browser, build_box

CREDENTIAL = "a long credential"


@pytest.fixture
def head(tmp_path: Path) -> Box:
    return build_box(tmp_path, ApiRule(bus_credential=CREDENTIAL))


def as_worker(browser: Browser) -> Browser:
    browser.client.headers["Authorization"] = f"Bearer {CREDENTIAL}"
    return browser


def test_without_a_credential_there_is_nothing_here(box: Box) -> None:
    with box.visit(Role.ADMIN) as browser:
        assert browser.get("/media/originals/a/b.mp4").status_code == 404
        assert as_worker(browser).get("/media/originals/a/b.mp4").status_code == 404


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", f"Basic {CREDENTIAL}", "Bearer ", "Bearer \xff"])
def test_only_the_credential_opens(head: Box, authorization: str) -> None:
    with head.visit(Role.ADMIN) as browser:
        headers = {"Authorization": authorization.encode("latin-1")} if authorization else {}
        assert browser.get("/media/originals/a/b.mp4", headers=headers).status_code == 401
        assert browser.ask("PUT", "/media/features/item-0/a.npz", content=b"x", headers=headers).status_code == 401


def test_workers_read_footage_in_ranges(head: Box) -> None:
    folder = head.data.originals / "item-0"
    folder.mkdir()
    (folder / "Spiel über.mp4").write_bytes(b"0123456789")
    with head.visit(None) as browser:
        place = "/media/originals/item-0/Spiel%20%C3%BCber.mp4"
        assert as_worker(browser).get(place, headers={"Range": "bytes=3-4"}).content == b"34"
        whole = browser.ask("HEAD", place)
        assert (whole.headers["content-length"], whole.headers["accept-ranges"], whole.content) == ("10", "bytes", b"")


@pytest.mark.parametrize(
    "rest",
    ["../secrets/key", "%2e%2e/secrets/key", "item-0/..%2f..%2fsecrets/key", "/etc/passwd", "", "a//b", "out/key", "a%00b"],
)
def test_nothing_else_can_be_read(head: Box, rest: str) -> None:
    (head.data.secrets / "key").write_text("secret")
    (head.data.originals / "out").symlink_to(head.data.secrets)
    with head.visit(None) as browser:
        for part in ("originals", "features"):
            assert as_worker(browser).get(f"/media/{part}/{rest}").status_code == 404


def test_workers_leave_what_they_saw_whole(head: Box) -> None:
    item = head.add_item()
    with head.visit(None) as browser:
        place = f"/media/features/{item.id}/1/samples-00003.npz"
        for content in (b"first", b"second"):
            assert as_worker(browser).ask("PUT", place, content=content).status_code == 204
        assert browser.get(place).content == b"second"
    assert [path.name for path in (head.data.features / item.id).rglob("*") if path.is_file()] == ["samples-00003.npz"]


@pytest.mark.parametrize("name", ["x.txt", "..%2f..%2fx.npz", ".hidden.npz", "a/%2e%2e/b.npz", "-.npz/", "a%5cb.npz"])
def test_only_names_of_features_are_written(head: Box, name: str) -> None:
    item = head.add_item()
    with head.visit(None) as browser:
        answer = as_worker(browser).ask("PUT", f"/media/features/{item.id}/{name}", content=b"x")
    assert answer.status_code in (400, 404, 405)
    assert not list(head.data.features.rglob("*.npz"))


def test_features_belong_to_an_item_and_have_a_limit(head: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    item = head.add_item()
    monkeypatch.setattr(media, "MOST_FEATURE_BYTES", 10)
    with head.visit(None) as browser:
        assert as_worker(browser).ask("PUT", "/media/features/nothing/a.npz", content=b"x").status_code == 404
        assert browser.ask("PUT", f"/media/features/{item.id}/a.npz", content=bytes(11)).status_code == 413
    assert [path for path in head.data.features.rglob("*") if path.is_file()] == []
