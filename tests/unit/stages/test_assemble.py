"""Twin of stages/assemble.py."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.domain.errors import Unusable
from appliance.domain.facts import ReelAssembled, SegmentsSelected
from appliance.domain.media import Recording
from appliance.domain.reel import Cut, Reel, ReelPlan
from appliance.domain.timespan import Span
from appliance.ports import Progress
from appliance.stages.assemble import assemble

CUT = Cut(recording_id="r", span=Span(Fraction(0), Fraction(2)), title="t", poster_at=Fraction(1))


def selected(*cuts: Cut) -> SegmentsSelected:
    return SegmentsSelected(recordings=(), segments=(), signals=(), plan=ReelPlan(cuts=cuts))


def reel_at(path: Path) -> Reel:
    return Reel(
        path=path,
        poster=None,
        duration=Fraction(2),
        width_px=2,
        height_px=2,
        frame_rate_hz=Fraction(25),
        encoder="fake",
        size_bytes=1,
    )


@dataclass
class FakeEncoder:
    """Tells progress until `enough` reports are made; cleans up whatever stops it."""

    enough: int = 1
    begun: threading.Event = field(default_factory=threading.Event)
    cleaned: bool = False

    @property
    def name(self) -> str:
        return "fake"

    def assemble(self, plan: ReelPlan, recordings: Sequence[Recording], target: Path, progress: Progress) -> Reel:
        try:
            for count in range(self.enough):
                self.begun.set()
                progress.advance("assemble", float(count), float(self.enough))
        finally:
            self.cleaned = True
        return reel_at(target)


@dataclass
class Heard:
    told: list[float] = field(default_factory=list)

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        self.told.append(done_s)


def test_a_finished_reel_is_told_and_progress_passed_on() -> None:
    progress = Heard()
    facts = asyncio.run(assemble(selected(CUT), encoder=FakeEncoder(enough=3), target=Path("r.mp4"), progress=progress))
    assert facts == [ReelAssembled(reel=reel_at(Path("r.mp4")))]
    assert progress.told == [0.0, 1.0, 2.0]


def test_an_empty_edit_list_makes_no_reel() -> None:
    encoder = FakeEncoder()
    with pytest.raises(Unusable, match="nothing moves"):
        asyncio.run(assemble(selected(), encoder=encoder, target=Path("r.mp4"), progress=Heard()))
    assert not encoder.begun.is_set()


def test_a_cancelled_stage_stops_its_encoder_before_it_returns() -> None:
    encoder = FakeEncoder(enough=10**9)

    async def cancel_it() -> None:
        task = asyncio.create_task(assemble(selected(CUT), encoder=encoder, target=Path("r.mp4"), progress=Heard()))
        await asyncio.to_thread(encoder.begun.wait)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel_it())
    assert encoder.cleaned
