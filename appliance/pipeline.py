"""The floor plan: stages in order, what each hears and tells, and which lane runs it. Read this first.

    files ─ RecordingArrived ─▶ probe ─ n × ChunkPlanned ─▶ analyse ─ ChunkAnalysed ─┐
                                  └─ RecordingProbed ──────────────▶ (gathering) ◀───┘
    (gathering) ─ FootageAnalysed ─▶ select ─ SegmentsSelected ─▶ assemble ─ ReelAssembled

Gathering belongs to whoever runs the plan: it knows when every chunk of a recording has been told of.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from appliance.domain import facts
from appliance.domain.order import Lane
from appliance.stages.analyse import analyse
from appliance.stages.assemble import assemble
from appliance.stages.probe import probe
from appliance.stages.select import select

__all__ = ["BEGINNINGS", "ENDS", "GATHERED", "PLAN", "Lane", "Room", "Stage", "room_named"]

Stage = Callable[..., Coroutine[Any, Any, list[facts.Fact]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One stage's place in the plan."""

    stage: Stage
    hears: type[facts.Fact]
    tells: tuple[type[facts.Fact], ...]
    lane: Lane

    @property
    def name(self) -> str:
        """The order's name."""
        return self.stage.__name__


PLAN = (
    Room(stage=probe, hears=facts.RecordingArrived, tells=(facts.RecordingProbed, facts.ChunkPlanned), lane=Lane.CPU),
    Room(stage=analyse, hears=facts.ChunkPlanned, tells=(facts.ChunkAnalysed,), lane=Lane.POSE),
    Room(stage=select, hears=facts.FootageAnalysed, tells=(facts.SegmentsSelected,), lane=Lane.CPU),
    Room(stage=assemble, hears=facts.SegmentsSelected, tells=(facts.ReelAssembled,), lane=Lane.CPU),
)

#: Facts that come from outside, facts that are gathered into another one, and facts that nobody needs to act upon.
BEGINNINGS: tuple[type[facts.Fact], ...] = (facts.RecordingArrived,)
GATHERED: dict[type[facts.Fact], tuple[type[facts.Fact], ...]] = {
    facts.FootageAnalysed: (facts.RecordingProbed, facts.ChunkAnalysed),
}
ENDS: tuple[type[facts.Fact], ...] = (facts.ReelAssembled, facts.StageFailed)


def room_named(name: str) -> Room:
    """The room of a stage. Raises KeyError for a name that is not in the plan."""
    return {room.name: room for room in PLAN}[name]
