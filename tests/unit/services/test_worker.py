from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.local_media import LocalMedia
from appliance.adapters.memory_bus import MemoryBus
from appliance.domain.errors import DiskFull, Misconfigured, Transient, Unusable
from appliance.domain.facts import ChunkPlanned, Fact, FootageAnalysed, RecordingArrived, ReelAssembled, StageFailed
from appliance.domain.job import CutRules
from appliance.domain.media import Chunk, Recording
from appliance.domain.order import Lane, Order, Outcome
from appliance.domain.reel import Reel
from appliance.domain.timespan import Span
from appliance.ports import Progress
from appliance.services import worker as worker_module
from appliance.services import worker_watch
from appliance.services.worker import STALLED_EXIT, Worker, WorkerRule, WorkerTools
from appliance.services.worker_stage import StageRunner

from ...appliance_fakes import HandClock, HeardJournal

LIMIT_S = 20.0
ORDER = Order(
    id="i.1.probe",
    item_id="i",
    revision=1,
    stage="probe",
    heard=RecordingArrived(paths=(Path("originals/i/a.mp4"),)),
    rules=CutRules(),
    trace_id="trace-1",
)


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_watch, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(worker_module, "FIRST_WAIT_S", 0.01)


def a_rule(most_attempts: int = 3, stall_after_s: float = 60.0) -> WorkerRule:
    return WorkerRule(
        name="cpu-0",
        lane=Lane.CPU,
        most_attempts=most_attempts,
        stall_after_s=stall_after_s,
        heartbeat_every_s=0.01,
        leave_after_s=0.05,
        clean_up_s=0.3,
        poll_s=0.05,
    )


@dataclass
class Box:
    """A worker, its bus and what became of its orders."""

    root: Path
    run: StageRunner
    rule: WorkerRule = field(default_factory=a_rule)
    clock: HandClock = field(default_factory=HandClock)
    journal: HeardJournal = field(default_factory=HeardJournal)
    deaths: list[int] = field(default_factory=list)
    lives: int = 0

    def __post_init__(self) -> None:
        self.bus = MemoryBus(clock=self.clock)
        self.stop = asyncio.Event()

    @asynccontextmanager
    async def at_work(self, *orders: Order) -> AsyncIterator[asyncio.Task[None]]:
        for order in orders:
            await self.bus.send_order(order, Lane.CPU, 1)
        tools = WorkerTools(
            bus=self.bus,
            media=LocalMedia(self.root),
            run=self.run,
            clock=self.clock,
            journal=self.journal,
            die=self.deaths.append,
            alive=self._lived,
        )
        work = asyncio.create_task(Worker(tools, self.rule).run(self.stop))
        try:
            yield work
        finally:
            self.stop.set()
            await asyncio.wait_for(work, LIMIT_S)

    def _lived(self) -> None:
        self.lives += 1

    async def outcome(self) -> Outcome:
        heard = await self.bus.next_outcome(LIMIT_S)
        assert heard is not None
        await heard.recorded()
        return heard.outcome

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not condition():
                await asyncio.sleep(0.005)


def raising(error: Exception) -> StageRunner:
    async def run(order: Order, progress: Progress) -> Sequence[Fact]:
        raise error

    return run


async def telling_nothing(order: Order, progress: Progress) -> Sequence[Fact]:
    return []


def outcome_of(box: Box, order: Order = ORDER) -> Outcome:
    async def work() -> Outcome:
        async with box.at_work(order):
            outcome = await box.outcome()
            await box.until(lambda: bool(box.journal.lines))
            return outcome

    return asyncio.run(work())


def test_an_orders_facts_are_told_and_the_order_leaves_the_bus(tmp_path: Path) -> None:
    async def assemble(order: Order, progress: Progress) -> Sequence[Fact]:
        assert order.target == tmp_path / "reels/i/001/highlight_a.mp4"
        progress.advance("assemble", 3.0, 3.0)
        order.target.write_bytes(b"reel")
        return [ReelAssembled(reel=reel_at(order.target))]

    box = Box(tmp_path, assemble)
    outcome = outcome_of(box, replace(ORDER, target=Path("reels/i/001/highlight_a.mp4")))
    assert outcome.facts == (ReelAssembled(reel=reel_at(Path("reels/i/001/highlight_a.mp4"))),)
    assert (outcome.order_id, outcome.item_id, outcome.revision, outcome.stage) == ("i.1.probe", "i", 1, "probe")
    assert (outcome.attempt, outcome.worker, outcome.trace_id, outcome.at_s) == (1, "cpu-0", "trace-1", box.clock.now_s())
    assert (outcome.dead, outcome.setback, outcome.held) == (False, "", False)
    assert box.bus.orders == ()


def test_every_verdict_is_one_line_with_its_particulars(tmp_path: Path) -> None:
    box = Box(tmp_path, telling_nothing)
    outcome_of(box)
    ((event, fields),) = box.journal.lines
    assert event == "order done"
    assert {key: fields[key] for key in ("item_id", "stage", "attempt", "trace_id")} == {
        "item_id": "i",
        "stage": "probe",
        "attempt": 1,
        "trace_id": "trace-1",
    }
    assert isinstance(fields["took_s"], float)


def test_footage_that_will_never_work_is_given_up_with_its_reason(tmp_path: Path) -> None:
    box = Box(tmp_path, raising(Unusable("not a video", remedy="Copy it again.")))
    outcome = outcome_of(box)
    assert outcome.facts == (StageFailed(stage="probe", subject="a.mp4", why="not a video", remedy="Copy it again."),)
    assert not outcome.dead
    assert box.bus.orders == ()
    assert box.journal.events == ["order given up"]


def test_what_an_operator_has_to_mend_is_a_dead_letter(tmp_path: Path) -> None:
    outcome = outcome_of(Box(tmp_path, raising(Misconfigured("no encoder", remedy="Install one."))))
    assert outcome.dead
    assert outcome.facts == (StageFailed(stage="probe", subject="a.mp4", why="no encoder", remedy="Install one."),)


def test_a_full_disk_hands_the_order_back_until_there_is_room(tmp_path: Path) -> None:
    box = Box(tmp_path, raising(DiskFull("the disk is full")))
    outcome = outcome_of(box)
    assert (outcome.held, outcome.setback, outcome.facts, outcome.dead) == (True, "the disk is full", (), False)
    assert box.bus.orders == ()
    assert box.journal.events == ["order held"]


def test_what_may_go_away_is_tried_again_later_and_given_up_after_the_last_try(tmp_path: Path) -> None:
    box = Box(tmp_path, raising(Transient("the share went away", remedy="Plug it in.")), rule=a_rule(most_attempts=3))

    async def work() -> list[Outcome]:
        outcomes = []
        async with box.at_work(ORDER):
            for _ in range(3):
                outcomes.append(await box.outcome())
                before = len(outcomes)
                await box.until(lambda before=before: len(box.journal.lines) == before)  # type: ignore[misc]
                assert (await box.bus.next_outcome(0.1)) is None, "it is not tried before its time"
                box.clock.time_s += 400
        return outcomes

    first, second, last = asyncio.run(work())
    assert [first.setback, second.setback, last.setback] == ["the share went away", "the share went away", ""]
    assert [first.attempt, second.attempt, last.attempt] == [1, 2, 3]
    assert (first.facts, second.facts, first.dead) == ((), (), False)
    assert last.dead
    assert last.facts == (StageFailed(stage="probe", subject="a.mp4", why="the share went away", remedy="Plug it in."),)
    assert len({first.id, second.id, last.id}) == 3
    assert box.bus.orders == ()


def test_an_error_of_the_program_is_traced_and_tried_again(tmp_path: Path) -> None:
    box = Box(tmp_path, raising(ZeroDivisionError("by nothing")))
    outcome = outcome_of(box)
    assert outcome.setback == "the program stopped at an error of its own: ZeroDivisionError: by nothing"
    (event, fields), _ = box.journal.lines
    assert event == "stage broke"
    assert "ZeroDivisionError" in str(fields["trace"])


def test_an_order_that_killed_its_workers_again_and_again_is_given_up_untouched(tmp_path: Path) -> None:
    box = Box(tmp_path, raising(AssertionError("it must not run")), rule=a_rule(most_attempts=2))

    async def work() -> Outcome:
        await box.bus.send_order(ORDER, Lane.CPU, 1)
        for _ in range(2):
            assert await box.bus.next_order(Lane.CPU, 1.0) is not None
            box.clock.time_s += 2 * box.bus.ack_wait_s  # The worker was killed: nobody answers, and the order comes again.
        async with box.at_work():
            return await box.outcome()

    outcome = asyncio.run(work())
    assert outcome.dead
    assert isinstance(outcome.facts[0], StageFailed)
    assert outcome.facts[0].why == "this recording stopped the worker 2 times"
    assert box.bus.orders == ()


def test_an_outcome_is_told_as_often_as_it_takes(tmp_path: Path) -> None:
    ran = threading.Event()

    async def cut_off(order: Order, progress: Progress) -> Sequence[Fact]:
        box.bus.away = True
        ran.set()
        return [RecordingArrived(paths=())]

    box = Box(tmp_path, cut_off)

    async def work() -> Outcome:
        async with box.at_work(ORDER):
            await box.until(lambda: "outcome not taken" in box.journal.events)
            box.bus.away = False
            return await box.outcome()

    assert asyncio.run(work()).facts == (RecordingArrived(paths=()),)
    assert ran.is_set()
    assert box.bus.orders == ()


def test_a_bus_that_is_away_is_noted_once_and_waited_for(tmp_path: Path) -> None:
    box = Box(tmp_path, telling_nothing)

    async def work() -> Outcome:
        box.bus.away = True
        async with box.at_work():
            await box.until(lambda: box.journal.events == ["bus not reached"])
            await asyncio.sleep(0.1)
            assert box.lives == 0
            box.bus.away = False
            await box.bus.send_order(ORDER, Lane.CPU, 1)
            return await box.outcome()

    assert asyncio.run(work()).facts == ()
    assert box.lives > 0
    assert box.journal.events.count("bus not reached") == 1


def test_a_stage_that_hangs_ends_the_process_and_the_order_goes_to_another(tmp_path: Path) -> None:
    freed = threading.Event()

    async def hang(order: Order, progress: Progress) -> Sequence[Fact]:
        freed.wait(LIMIT_S)
        return []

    box = Box(tmp_path, hang, rule=a_rule(stall_after_s=0.2))

    async def work() -> Outcome:
        async with box.at_work(ORDER) as task:
            await asyncio.wait_for(task, LIMIT_S)
            return await box.outcome()

    try:
        outcome = asyncio.run(work())
    finally:
        freed.set()
    assert box.deaths == [STALLED_EXIT]
    assert outcome.setback == "probe made no progress for 0 s"
    assert [order.id for order in box.bus.orders] == [ORDER.id]
    assert box.journal.events == ["stage hangs", "order set back"]


def test_a_worker_that_is_stopped_puts_its_order_back(tmp_path: Path) -> None:
    started, cleaned = threading.Event(), threading.Event()

    async def speak(order: Order, progress: Progress) -> Sequence[Fact]:
        pause = threading.Event()
        try:
            while True:
                progress.advance("probe", 1, 9)
                started.set()
                pause.wait(0.005)
        finally:
            cleaned.set()

    box = Box(tmp_path, speak)

    async def work() -> None:
        async with box.at_work(ORDER) as task:
            await box.until(started.is_set)
            box.stop.set()
            await asyncio.wait_for(task, LIMIT_S)
        again = await box.bus.next_order(Lane.CPU, 1.0)
        assert again is not None
        assert again.attempt == 2

    asyncio.run(work())
    assert cleaned.is_set()
    assert box.deaths == []
    assert box.journal.events == ["order put back"]


def test_a_worker_that_is_stopped_leaves_a_hung_stage_behind(tmp_path: Path) -> None:
    started, freed = threading.Event(), threading.Event()

    async def hang(order: Order, progress: Progress) -> Sequence[Fact]:
        started.set()
        freed.wait(LIMIT_S)
        return []

    box = Box(tmp_path, hang)

    async def work() -> None:
        async with box.at_work(ORDER) as task:
            await box.until(started.is_set)
            box.stop.set()
            await asyncio.wait_for(task, LIMIT_S)
        assert await box.bus.next_order(Lane.CPU, 1.0) is not None

    try:
        asyncio.run(work())
    finally:
        freed.set()
    assert box.deaths == [0]


def test_an_order_whose_paths_lead_elsewhere_never_runs(tmp_path: Path) -> None:
    box = Box(tmp_path, raising(AssertionError("it must not run")))
    outcome = outcome_of(box, replace(ORDER, heard=RecordingArrived(paths=(Path("../../etc/passwd"),))))
    assert "below the data folder" in outcome.setback


@pytest.mark.parametrize(
    ("heard", "subject"),
    [
        (RecordingArrived(paths=()), "i"),
        (
            ChunkPlanned(
                recording=Recording(id="r", name="GX01", files=()),
                chunk=Chunk(recording_id="r", index=4, file_index=0, span=Span(Fraction(0), Fraction(1))),
            ),
            "GX01",
        ),
        (FootageAnalysed(recordings=(Recording(id="r", name="GX01", files=()),), features=((),)), "GX01"),
    ],
)
def test_a_failure_names_what_people_know(tmp_path: Path, heard: Fact, subject: str) -> None:
    outcome = outcome_of(Box(tmp_path, raising(Unusable("no"))), replace(ORDER, heard=heard))
    assert isinstance(outcome.facts[0], StageFailed)
    assert outcome.facts[0].subject == subject


def reel_at(path: Path) -> Reel:
    return Reel(
        path=path,
        poster=None,
        duration=Fraction(3),
        width_px=64,
        height_px=36,
        frame_rate_hz=Fraction(30),
        encoder="libx264",
        size_bytes=4,
    )
