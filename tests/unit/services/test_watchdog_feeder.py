from __future__ import annotations

from dataclasses import dataclass, field

from appliance.domain.errors import Transient
from appliance.services.watchdog_feeder import FeederTools, WatchdogFeeder
from tests.appliance_fakes import HeardJournal

LIMIT_S = 900.0


@dataclass
class Scene:
    """A feeder among stand-ins."""

    silences: dict[str, float] = field(default_factory=lambda: {"ledger": 1.0, "worker-pose-1": 4.0})
    answers: bool = True
    listens: bool = True
    fed: int = 0
    journal: HeardJournal = field(default_factory=HeardJournal)

    def __post_init__(self) -> None:
        tools = FeederTools(
            silences_s=lambda: self.silences, page_answers=lambda: self.answers, feed=self.feed, journal=self.journal
        )
        self.feeder = WatchdogFeeder(tools, LIMIT_S)

    def feed(self) -> None:
        if not self.listens:
            raise Transient("nobody listens", remedy="")
        self.fed += 1

    def look(self, times: int = 1) -> int:
        for _ in range(times):
            self.feeder.look()
        return self.fed


def test_as_long_as_everything_goes_on_the_watchdog_is_fed() -> None:
    scene = Scene()
    assert scene.look(3) == 3
    assert scene.journal.lines == []


def test_one_program_that_stands_still_is_enough_to_starve_it_and_is_named_once() -> None:
    scene = Scene()
    scene.silences["worker-pose-1"] = LIMIT_S + 1
    assert scene.look(3) == 0
    assert scene.journal.lines == [("the watchdog is not fed", {"why": "no progress for 900 s: worker-pose-1"})]
    scene.silences["worker-pose-1"] = 0.0
    assert scene.look() == 1


def test_a_page_that_does_not_answer_starves_it() -> None:
    scene = Scene(answers=False)
    assert scene.look(2) == 0
    assert scene.journal.lines == [("the watchdog is not fed", {"why": "the page does not answer"})]


def test_programs_that_still_start_are_waited_for() -> None:
    assert Scene(silences={}).look() == 1


def test_a_watchdog_that_cannot_be_reached_is_told_and_tried_again() -> None:
    scene = Scene(listens=False)
    assert scene.look(2) == 0
    assert scene.journal.lines == [("the watchdog is not fed", {"why": "nobody listens"})]
    scene.listens = True
    assert scene.look() == 1
