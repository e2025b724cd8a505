"""A chosen edit list arrives, with the recordings it cuts. Nothing is decided here but that an interrupt reaches the encoder.
A finished, verified reel leaves."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

from appliance.domain.errors import Unusable
from appliance.domain.facts import Fact, ReelAssembled, SegmentsSelected
from appliance.domain.reel import Reel
from appliance.ports import Progress, ReelEncoder


async def assemble(heard: SegmentsSelected, *, encoder: ReelEncoder, target: Path, progress: Progress) -> list[Fact]:
    """Make the reel of `heard` at `target`; cancelling stops the encoder before this returns.

    Raises:
        Unusable: the edit list is empty. What `ports.ReelEncoder` raises.
    """
    if not heard.plan.cuts:
        raise Unusable("there is nothing to make a reel of: nothing moves", remedy="Lower the movement threshold.")
    relay = _InterruptibleProgress(progress)
    reel = await _assemble_interruptibly(heard, encoder, target, relay)
    return [ReelAssembled(reel=reel)]


class _InterruptibleProgress:
    """Passes progress on until the stage is cancelled; then the encoder's next report ends it."""

    def __init__(self, listener: Progress) -> None:
        self._listener = listener
        self.interrupted = threading.Event()

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        if self.interrupted.is_set():
            raise _InterruptedError
        self._listener.advance(stage, done_s, total_s)


class _InterruptedError(Exception):
    """Carries the interrupt through the encoder's own clean-up."""


async def _assemble_interruptibly(
    heard: SegmentsSelected, encoder: ReelEncoder, target: Path, relay: _InterruptibleProgress
) -> Reel:
    """The encoder blocks, so it runs on a thread; a cancelled stage waits until it has cleaned up after itself."""
    work = asyncio.create_task(asyncio.to_thread(encoder.assemble, heard.plan, heard.recordings, target, relay))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        relay.interrupted.set()
        await asyncio.wait([work])
        work.exception()
        raise
