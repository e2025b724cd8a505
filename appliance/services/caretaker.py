"""Looks after the programs from within: ends everything when one of them cannot be kept up, and wakes a bus that froze.

Ending is right because whatever is above (systemd, a container's host) starts the whole appliance anew, while a program that
was given up would stay down for good. A bus freezes when its disk was full: it refuses all work until it is started again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from appliance.domain.errors import Transient
from appliance.domain.program import Happening, HappeningKind, ProgramStanding, ProgramState
from appliance.ports.surroundings import Journal, ProcessKeeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """bad_ticks: looks in a row that have to find the bus unwell. settled_s: a bus that is up for less is left to recover.
    expendable: programs without which the box works on; nothing is ended for their sake."""

    bad_ticks: int = 3
    settled_s: float = 60.0
    expendable: frozenset[str] = frozenset()


class Caretaker:
    """Hears what happens to the programs and acts on it. Never raises.

    Args:
        bus: the bus's program; None when this box does not run its own.
        bus_is_well: whether the bus says that it can work.
    """

    def __init__(
        self,
        keeper: ProcessKeeper,
        journal: Journal,
        *,
        bus: str | None,
        bus_is_well: Callable[[], bool],
        patience: Patience = Patience(),
    ) -> None:
        self._keeper, self._journal = keeper, journal
        self._bus, self._bus_is_well, self._patience = bus, bus_is_well, patience
        self._bad_ticks = 0
        self._given_up = ""

    def hear(self, happening: Happening) -> None:
        """Act on what happened; what could not be done is tried again at the next tick."""
        if happening.kind is HappeningKind.FATAL and happening.program in self._patience.expendable:
            self._journal.warn("a program does not stay up, and the others go on", given_up=happening.program)
        elif happening.kind is HappeningKind.FATAL and not self._given_up:
            self._given_up = happening.program
            self._journal.warn("a program does not stay up, so everything is ended", given_up=happening.program)
        try:
            self._act()
        except Transient as error:
            self._journal.warn("the programs' keeper does not answer", why=error.why)

    def _act(self) -> None:
        if self._given_up:
            self._keeper.end(self._given_up)
        elif self._bus is not None:
            self._look_after_bus(self._bus)

    def _look_after_bus(self, name: str) -> None:
        if self._bus_is_well():
            self._bad_ticks = 0
            return
        bus = next((each for each in self._keeper.standings() if each.name == name), None)
        if bus is None or bus.state is not ProgramState.RUNNING:
            self._bad_ticks = 0
            return
        self._bad_ticks += 1
        if self._bad_ticks >= self._patience.bad_ticks and bus.up_s >= self._patience.settled_s:
            self._wake(bus)

    def _wake(self, bus: ProgramStanding) -> None:
        self._journal.warn("the bus is unwell and is started anew", bad_ticks=self._bad_ticks, up_s=bus.up_s, pid=bus.pid)
        self._bad_ticks = 0
        self._keeper.restart(bus.name)
