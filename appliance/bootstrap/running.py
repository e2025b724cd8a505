"""Starts, stops and examines the whole appliance."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.adapters.supervisor.daemon import (
    RunningPlace,
    SupervisorProcess,
    end_supervisor,
    start_supervisor,
    stop_supervisor,
)
from appliance.bootstrap.addresses import health_address, page_addresses
from appliance.bootstrap.programs import (
    BUS,
    FLEET_PROGRAMS,
    ServeCall,
    bus_config,
    bus_config_file,
    outpost_config,
    outpost_config_file,
    plan_programs,
    reports_to_headquarters,
    runs_own_bus,
    works_along,
)
from appliance.domain.errors import Transient
from appliance.domain.job import Notice, Tallies
from appliance.domain.program import Happening, HappeningKind, ProgramStanding, ProgramState
from appliance.settings import Settings, watcher_socket

if TYPE_CHECKING:
    from appliance.adapters.systemd.notifying import SystemdLine
    from appliance.ports.surroundings import Journal
    from appliance.services.watchdog_feeder import WatchdogFeeder

#: Every program has its time to end, one group after the other.
STOP_WITHIN_S = 180.0
LOOK_EVERY_S = 0.2
#: A worker ends a stage that hangs by itself. One that is silent for this many times as long does not even do that.
STUCK_STALLS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplianceReport:
    """How the appliance stands. tallies: None while there is no book."""

    running: bool
    data: Path
    addresses: tuple[str, ...]
    programs: tuple[ProgramStanding, ...]
    tallies: Tallies | None
    notices: tuple[Notice, ...]
    free_bytes: int
    total_bytes: int

    @property
    def is_whole(self) -> bool:
        """Whether every program runs."""
        return self.running and all(each.state is ProgramState.RUNNING for each in self.programs)


class RunningAppliance:
    """An appliance that this process started."""

    def __init__(self, process: SupervisorProcess, place: RunningPlace, health: str | None) -> None:
        self.process, self._place, self._health = process, place, health

    def wait_until_ready(self, patience_s: float) -> bool:
        """Whether it can work within this time; False also when it ended."""
        until = time.monotonic() + patience_s
        while self.process.poll() is None and time.monotonic() < until:
            if self._is_ready():
                return True
            time.sleep(LOOK_EVERY_S)
        return False

    def unready(self) -> tuple[ProgramStanding, ...]:
        """Programs that do not run."""
        try:
            return tuple(each for each in self._place.control.standings() if each.state is not ProgramState.RUNNING)
        except Transient:
            return ()

    def why_ended(self) -> str:
        """The program for whose sake everything was ended; empty when that was not so."""
        return self._place.why_ended()

    def stop(self) -> None:
        """Stop everything, by force what does not end in time."""
        end_supervisor(self.process, STOP_WITHIN_S)

    def _is_ready(self) -> bool:
        from appliance.adapters.system.network import answers_well

        if self._health is not None:
            return answers_well(self._health, 2.0)
        try:
            standings = self._place.control.standings()
        except Transient:
            return False
        return all(each.state is ProgramState.RUNNING for each in standings)


def start_appliance(settings: Settings, call: ServeCall, *, to_terminal: bool = False) -> RunningAppliance:
    """Start every program; `prepare_appliance` came before.

    Raises:
        Misconfigured: it runs already, or a setting cannot be written into a program's configuration.
    """
    place = RunningPlace(settings.storage.data_folder.run)
    with place.claim() as lock:
        tree = plan_programs(settings, call, to_terminal=to_terminal)
        if runs_own_bus(settings):
            write_private(bus_config_file(settings), bus_config(settings))
        if reports_to_headquarters(settings):
            write_private(outpost_config_file(settings), outpost_config(settings))
        return RunningAppliance(start_supervisor(tree, lock), place, health_address(settings))


def stop_appliance(settings: Settings) -> bool:
    """Stop it, whoever started it; False when it does not run. Raises Transient when it does not end in time."""
    return stop_supervisor(RunningPlace(settings.storage.data_folder.run), STOP_WITHIN_S)


def appliance_status(settings: Settings) -> ApplianceReport:
    """How it stands, whether it runs or not."""
    from appliance.adapters.system.surroundings import SystemDisk

    data, disk = settings.storage.data_folder, SystemDisk()
    place = RunningPlace(data.run)
    running, programs = place.is_taken(), tuple[ProgramStanding, ...]()
    if running:
        try:
            programs = place.control.standings()
        except Transient as error:
            programs = (ProgramStanding(name="supervisord", state=ProgramState.UNKNOWN, why=error.why),)
    tallies, notices = _from_the_book(settings)
    return ApplianceReport(
        running=running,
        data=data.root,
        addresses=page_addresses(settings),
        programs=programs,
        tallies=tallies,
        notices=notices,
        free_bytes=disk.free_bytes(data.root),
        total_bytes=disk.total_bytes(data.root),
    )


def take_care(settings: Settings) -> None:
    """Be the caretaker until supervisor closes our standard input."""
    from appliance.adapters.supervisor.listener import listen
    from appliance.adapters.system.network import answers_well
    from appliance.bootstrap.surroundings import open_surroundings
    from appliance.services.caretaker import Caretaker, Patience

    health = f"http://127.0.0.1:{settings.bus.monitor_port}/healthz?js-enabled-only=true"
    with open_surroundings(settings, "caretaker") as around:
        caretaker = Caretaker(
            RunningPlace(settings.storage.data_folder.run).control,
            around.journal,
            bus=BUS if runs_own_bus(settings) else None,
            bus_is_well=lambda: answers_well(health, 2.0),
            patience=Patience(expendable=FLEET_PROGRAMS),
        )
        feeder = _feeder(settings, around.journal)

        def hear(happening: Happening) -> None:
            caretaker.hear(happening)
            if happening.kind is HappeningKind.TICK:
                feeder.look()

        listen(sys.stdin.buffer, sys.stdout.buffer, hear)


def watcher_line() -> SystemdLine:
    """The way to systemd; where it did not ask, nothing is said on it."""
    from appliance.adapters.systemd.notifying import SystemdLine

    return SystemdLine(address=watcher_socket())


def _feeder(settings: Settings, journal: Journal) -> WatchdogFeeder:
    """Who tells systemd of progress. A box that works along has its bus elsewhere: that one's silence is no standstill here."""
    from appliance.adapters.system.network import answers_well
    from appliance.adapters.system.pulses import silences_s
    from appliance.services.watchdog_feeder import FeederTools, WatchdogFeeder

    page, pulses = health_address(settings, "healthz"), settings.storage.data_folder.pulses
    tools = FeederTools(
        silences_s=lambda: {} if works_along(settings) else silences_s(pulses),
        page_answers=lambda: page is None or answers_well(page, 2.0),
        feed=watcher_line().alive,
        journal=journal,
    )
    return WatchdogFeeder(tools, STUCK_STALLS * float(settings.workers.stall_after))


def _from_the_book(settings: Settings) -> tuple[Tallies | None, tuple[Notice, ...]]:
    from appliance.adapters.sqlite import SqliteBookView

    book = SqliteBookView(settings.storage.data_folder.book)
    try:
        return book.tallies(), book.notices()
    except Transient:
        return None, ()
    finally:
        book.close()


def write_private(path: Path, text: str) -> None:
    """Write what only we may read."""
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    path.write_text(text, encoding="utf-8")
