from __future__ import annotations

import asyncio
import time
from pathlib import Path

from appliance.adapters.system.surroundings import SystemClock, SystemDisk


def test_the_clock_tells_the_time_of_the_wall() -> None:
    before = time.time()
    assert before <= SystemClock().now_s() <= time.time()


def test_sleeping_comes_back() -> None:
    asyncio.run(SystemClock().sleep(0))


def test_a_disk_holds_at_least_what_is_free_even_for_a_folder_that_is_not_made_yet(tmp_path: Path) -> None:
    disk, folder = SystemDisk(), tmp_path / "not" / "yet"
    assert 0 < disk.free_bytes(folder) <= disk.total_bytes(folder)
