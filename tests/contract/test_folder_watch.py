"""What every watch of a folder promises; see ports.intake.FolderWatch."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.adapters.watchdog.folder_watch import EventWatch
from appliance.adapters.watchdog.folder_watch import SilentWatch as NoEvents
from appliance.ports.intake import FolderWatch

from ..appliance_fakes import HeardJournal
from ..watching import SilentWatch

WATCHES: dict[str, Callable[[Path], FolderWatch]] = {
    "events": lambda folder: EventWatch(folder, HeardJournal()),
    "no events": lambda _: NoEvents(),
    "fake": lambda _: SilentWatch(),
}


@pytest.fixture(params=WATCHES)
def watch(request: pytest.FixtureRequest, tmp_path: Path) -> FolderWatch:
    return WATCHES[request.param](tmp_path)


class TestFolderWatch:
    def test_waiting_can_be_called_off_and_closing_twice_is_closing_once(self, watch: FolderWatch) -> None:
        async def run() -> None:
            for _ in range(2):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(watch.changed(), 0.05)

        asyncio.run(run())
        watch.close()
        watch.close()

    def test_renewing_before_anything_was_waited_for_is_harmless(self, watch: FolderWatch) -> None:
        watch.renew()
        watch.close()
