"""Looks at the whole fleet when asked, and puts what needs somebody first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appliance.algorithms.fleet_judging import judge_rink
from appliance.domain.fleet import RinkStanding
from appliance.domain.health import State
from appliance.ports.fleet import FleetEars
from appliance.ports.surroundings import Clock

_FIRST = (State.BAD, State.WARN, State.OK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overseer:
    """rinks: names of all rinks that were added, asked anew each time."""

    ears: FleetEars
    clock: Clock
    rinks: Callable[[], Sequence[str]]
    silent_after_s: float

    async def look(self) -> tuple[RinkStanding, ...]:
        """Every rink. Raises Transient while headquarters' own server is away."""
        rinks = self.rinks()
        newest = await self.ears.newest(rinks)
        now_s = self.clock.now_s()
        standings = [judge_rink(rink, newest.get(rink), now_s, self.silent_after_s) for rink in rinks]
        return tuple(sorted(standings, key=lambda each: (_FIRST.index(each.state), each.rink)))
