from __future__ import annotations

from dataclasses import dataclass, field

from appliance.domain.errors import Transient
from appliance.domain.program import Happening, HappeningKind, ProgramStanding, ProgramState
from appliance.services.caretaker import Caretaker, Patience
from tests.appliance_fakes import HeardJournal

TICK = Happening(kind=HappeningKind.TICK)
NATS = ProgramStanding(name="nats-server", state=ProgramState.RUNNING, pid=7, up_s=100.0)
OTHER = ProgramStanding(name="ledger", state=ProgramState.RUNNING, pid=8, up_s=100.0)


@dataclass
class ToldKeeper:
    """A keeper whose programs stand as told, and that remembers what it was asked for."""

    programs: tuple[ProgramStanding, ...] = (OTHER, NATS)
    answers: bool = True
    asked: list[str] = field(default_factory=list)

    def standings(self) -> tuple[ProgramStanding, ...]:
        self._answer()
        return self.programs

    def restart(self, name: str) -> None:
        self._answer()
        self.asked.append(f"restart {name}")

    def end(self, why: str) -> None:
        self._answer()
        self.asked.append(f"end {why}")

    def _answer(self) -> None:
        if not self.answers:
            raise Transient("nobody there", remedy="")


@dataclass
class Scene:
    """A caretaker among stand-ins."""

    keeper: ToldKeeper = field(default_factory=ToldKeeper)
    journal: HeardJournal = field(default_factory=HeardJournal)
    well: bool = True
    bus: str | None = "nats-server"

    def __post_init__(self) -> None:
        self.caretaker = Caretaker(
            self.keeper,
            self.journal,
            bus=self.bus,
            bus_is_well=lambda: self.well,
            patience=Patience(expendable=frozenset({"reporter"})),
        )

    def tick(self, times: int) -> list[str]:
        for _ in range(times):
            self.caretaker.hear(TICK)
        return self.keeper.asked


def test_a_bus_that_is_well_is_left_alone() -> None:
    assert Scene().tick(20) == []


def test_a_bus_that_is_unwell_three_ticks_in_a_row_is_started_anew() -> None:
    scene = Scene(well=False)
    assert scene.tick(2) == []
    assert scene.tick(1) == ["restart nats-server"]
    assert scene.journal.events == ["the bus is unwell and is started anew"]


def test_one_good_answer_in_between_starts_the_count_again() -> None:
    scene = Scene(well=False)
    scene.tick(2)
    scene.well = True
    scene.tick(1)
    scene.well = False
    assert scene.tick(2) == []
    assert scene.tick(1) == ["restart nats-server"]


def test_a_bus_that_was_started_less_than_a_minute_ago_is_left_to_recover() -> None:
    young = ProgramStanding(name="nats-server", state=ProgramState.RUNNING, pid=7, up_s=59.0)
    scene = Scene(keeper=ToldKeeper(programs=(young,)), well=False)
    assert scene.tick(10) == []
    scene.keeper.programs = (NATS,)
    assert scene.tick(1) == ["restart nats-server"]


def test_a_bus_that_is_not_up_is_its_keepers_business() -> None:
    starting = ProgramStanding(name="nats-server", state=ProgramState.BACKOFF)
    assert Scene(keeper=ToldKeeper(programs=(starting,)), well=False).tick(10) == []


def test_a_bus_that_runs_elsewhere_is_not_looked_after() -> None:
    assert Scene(bus=None, well=False).tick(10) == []


def test_everything_is_ended_when_a_program_is_given_up() -> None:
    scene = Scene()
    scene.caretaker.hear(Happening(kind=HappeningKind.FATAL, program="watcher"))
    assert scene.keeper.asked == ["end watcher"]
    assert scene.journal.lines == [("a program does not stay up, so everything is ended", {"given_up": "watcher"})]


def test_a_keeper_that_does_not_answer_is_asked_again_at_the_next_tick() -> None:
    scene = Scene()
    scene.keeper.answers = False
    scene.caretaker.hear(Happening(kind=HappeningKind.FATAL, program="watcher"))
    assert scene.tick(1) == []
    scene.keeper.answers = True
    assert scene.tick(1) == ["end watcher"]
    assert scene.journal.events.count("the programs' keeper does not answer") == 2


def test_for_the_sake_of_a_program_that_the_box_can_do_without_nothing_is_ended() -> None:
    scene = Scene()
    scene.caretaker.hear(Happening(kind=HappeningKind.FATAL, program="reporter"))
    assert scene.tick(3) == []
    assert scene.journal.events == ["a program does not stay up, and the others go on"]
    scene.caretaker.hear(Happening(kind=HappeningKind.FATAL, program="ledger"))
    assert scene.keeper.asked == ["end ledger"]
