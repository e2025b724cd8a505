from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from appliance.domain.job import Source
from appliance.domain.place import DataFolder
from appliance.services.watcher_drop import Drop, Look
from appliance.services.watcher_taking import NO_ROOM, WRITER, Taker, TakingRule

from ...watching import GIVE_UP_S, Rink


class Counter:
    """A drop with one recording, and a taker that counts how often files are opened."""

    def __init__(self, rink: Rink) -> None:
        self.rink, self.opened = rink, 0
        tools = rink.watcher._tools
        self.taker = Taker(tools.intake, tools.lister, tools.clock, tools.journal)
        self.drop = Drop("a", rink.watcher._drop_rule)
        self.drop.job = asyncio.run(tools.intake.open_job("a", Source.FOLDER))
        check = tools.intake.check

        def counted(path: Path) -> None:
            self.opened += 1
            check(path)

        tools.intake.check = counted  # type: ignore[method-assign]

    def take(self, room_bytes: int = 10**9, *, device: int | None = None) -> str:
        """Look and take; why it was not taken."""
        share = self.rink.data.footage
        files = [file for file in self.rink.lister.list_share(share).files if file.top == "a"]
        self.drop.see(Look(now_s=self.rink.clock.now_s(), files=files))
        here = self.rink.lister.device_of(self.rink.data.originals)
        self.taker.begin(TakingRule(give_up_after_s=GIVE_UP_S, device=here if device is None else device, room_bytes=room_bytes))
        (group,) = self.drop.reading.groups
        asyncio.run(self.taker.take(self.drop, group))
        return self.drop.reasons.get(group.place, "")


@pytest.fixture
def rink(tmp_path: Path) -> Rink:
    return Rink(data=DataFolder(root=tmp_path / "data"))


def test_what_opens_is_taken_and_leaves_the_drop(rink: Rink) -> None:
    rink.film("a/one.mp4")
    counter = Counter(rink)
    assert counter.take() == ""
    assert (list(rink.items()), counter.drop.reading.groups) == (["one"], ())


def test_what_does_not_open_is_tried_again_only_once_it_has_changed(rink: Rink) -> None:
    rink.put("a/one.mp4", b"no video at all")
    counter = Counter(rink)
    for _ in range(3):
        assert counter.take().startswith("does not open yet: ")
    assert counter.opened == 1
    rink.film("a/one.mp4")
    assert counter.take() == ""
    assert counter.opened == 2


def test_after_a_while_what_does_not_open_is_taken_all_the_same(rink: Rink) -> None:
    rink.put("a/one.mp4", b"no video at all")
    counter = Counter(rink)
    counter.take()
    rink.clock.time_s += GIVE_UP_S
    counter.take()
    assert list(rink.items()) == ["one"]


def test_a_file_that_somebody_writes_is_not_even_opened(rink: Rink) -> None:
    path = rink.film("a/one.mp4")
    counter = Counter(rink)
    with path.open("ab"):
        assert counter.take() == WRITER
    assert counter.opened == 0


def test_only_copies_from_another_disk_need_room(rink: Rink) -> None:
    rink.film("a/one.mp4")
    counter = Counter(rink)
    assert counter.take(room_bytes=0, device=-1) == NO_ROOM
    assert counter.taker.lacked_room
    assert counter.take(room_bytes=0) == ""
    assert not counter.taker.lacked_room


def test_a_failure_pauses_longer_each_time(rink: Rink, monkeypatch: pytest.MonkeyPatch) -> None:
    rink.film("a/one.mp4")
    counter, read = Counter(rink), os.read

    def failing(handle: int, size: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "read", failing)
    tries = 0
    for _ in range(60):
        counter.take()
        tries += counter.taker.is_unsure
        rink.clock.time_s += 5
    assert 4 <= tries <= 7
    monkeypatch.setattr(os, "read", read)
    rink.clock.time_s += 300
    counter.take()
    assert list(rink.items()) == ["one"]
