"""The clock and the disk of this machine, as services ask for them."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path

from appliance.adapters.system.machine import free_bytes


class SystemClock:
    """The clock on the wall."""

    def now_s(self) -> float:
        """Seconds since 1970."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Come back after a while."""
        await asyncio.sleep(seconds)


class SystemDisk:
    """Disks as the operating system counts them."""

    def free_bytes(self, folder: Path) -> int:
        """Bytes that may still be written where this folder lies, or will lie."""
        return free_bytes(folder)

    def total_bytes(self, folder: Path) -> int:
        """Bytes that this disk holds in all."""
        existing = folder.absolute()
        while not existing.exists():
            existing = existing.parent
        return shutil.disk_usage(existing).total
