from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from appliance.domain.fleet import Heard
from appliance.domain.health import State
from appliance.services.overseer import Overseer
from tests.appliance_fakes import HandClock
from tests.fleet_place import a_report


@dataclass
class ToldEars:
    heard: Mapping[str, Heard]

    async def newest(self, rinks: Sequence[str]) -> Mapping[str, Heard]:
        return {rink: heard for rink, heard in self.heard.items() if rink in rinks}


def test_whoever_needs_somebody_comes_first() -> None:
    clock = HandClock()
    well = Heard(at_s=clock.time_s, sent_at_s=clock.time_s, kept=1, report=replace(a_report("b"), at_s=clock.time_s))
    warned = replace(well, report=replace(a_report("c"), at_s=clock.time_s, dead_letters=1))
    ears = ToldEars({"b": well, "c": warned, "gone": well})
    overseer = Overseer(ears=ears, clock=clock, rinks=lambda: ("a", "b", "c", "d"), silent_after_s=300.0)
    standings = asyncio.run(overseer.look())
    assert [(each.rink, each.state) for each in standings] == [
        ("a", State.BAD),
        ("d", State.BAD),
        ("c", State.WARN),
        ("b", State.OK),
    ]
