from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from watchdog.events import FileClosedNoWriteEvent, FileModifiedEvent, FileOpenedEvent

from appliance.adapters.watchdog import folder_watch
from appliance.adapters.watchdog.folder_watch import EventWatch, SilentWatch, open_watch

from ....appliance_fakes import HeardJournal


async def heard(watch: EventWatch, doing: Callable[[], object]) -> None:
    """Do something again and again until it is heard of."""
    waiting = asyncio.create_task(watch.changed())
    async with asyncio.timeout(20):
        while not waiting.done():
            doing()
            await asyncio.sleep(0.02)
    await waiting


def test_a_new_file_deep_in_the_folder_is_heard_of(tmp_path: Path) -> None:
    (tmp_path / "DCIM/100").mkdir(parents=True)
    numbers = iter(range(10_000))

    def touch_another() -> None:
        (tmp_path / f"DCIM/100/{next(numbers)}.mp4").touch()

    with closing(EventWatch(tmp_path, HeardJournal())) as watch:
        asyncio.run(heard(watch, touch_another))


def test_a_rename_into_place_is_heard_of(tmp_path: Path) -> None:
    (tmp_path / "a").touch()

    def turn() -> None:
        here, there = (tmp_path / name for name in ("ab" if (tmp_path / "a").exists() else "ba"))
        here.rename(there)

    with closing(EventWatch(tmp_path, HeardJournal())) as watch:
        asyncio.run(heard(watch, turn))


def test_our_own_reading_rings_no_bell() -> None:
    async def run() -> None:
        bell = folder_watch._Bell()
        bell.belong_to(asyncio.get_running_loop())
        for event in (FileOpenedEvent, FileClosedNoWriteEvent, FileModifiedEvent):
            assert not bell.rung.is_set()
            bell.on_any_event(event("a"))
            await asyncio.sleep(0)
        assert bell.rung.is_set()

    asyncio.run(run())


def test_after_a_renewal_the_folder_that_lies_there_now_is_watched(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()

    async def run(watch: EventWatch) -> None:
        await heard(watch, (share / "a").touch)
        share.rename(tmp_path / "old")
        share.mkdir()
        watch.renew()
        await asyncio.wait_for(watch.changed(), 20)
        await heard(watch, (share / "b").touch)

    with closing(EventWatch(share, HeardJournal())) as watch:
        asyncio.run(run(watch))


def test_a_kernel_that_watches_no_more_is_said_once_and_looks_have_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refused:
        """An observer on a machine whose watches are used up."""

        def schedule(self, *_: object, **__: object) -> None:
            raise OSError(28, "inotify watch limit reached")

        def stop(self) -> None:
            """It never began."""

        def join(self, timeout: float | None = None) -> None:
            raise RuntimeError("cannot join thread before it is started")

    monkeypatch.setattr(folder_watch, "Observer", Refused)
    journal = HeardJournal()

    async def run() -> None:
        watch = EventWatch(tmp_path, journal)
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(watch.changed(), 0.05)
        watch.close()

    asyncio.run(run())
    assert journal.events == ["the share is not watched, only looked at"]


@pytest.mark.parametrize(
    ("mode", "mounts", "kind"),
    [
        ("events", "", EventWatch),
        ("polling", "", SilentWatch),
        ("auto", "1 1 0:1 / / rw - ext4 /dev/vda rw", EventWatch),
        ("auto", "1 1 0:1 / / rw - cifs //nas/x rw", SilentWatch),
    ],
)
def test_how_it_is_watched_is_resolved_once_and_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, mounts: str, kind: type
) -> None:
    (tmp_path / "mounts").write_text(mounts)
    monkeypatch.setattr(folder_watch, "MOUNTS", tmp_path / "mounts")
    journal = HeardJournal()
    watch = open_watch(tmp_path, mode, journal)
    watch.renew()
    watch.close()
    assert isinstance(watch, kind)
    assert journal.lines[0][1]["how"] == ("events" if kind is EventWatch else "polling")
