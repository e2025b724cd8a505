from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from appliance.adapters.memory_bus import MemoryBus
from appliance.domain.errors import Transient
from appliance.domain.facts import Fact, RecordingArrived
from appliance.domain.job import CutRules
from appliance.domain.order import Order, ProgressNote
from appliance.ports import Progress
from appliance.services import worker_watch
from appliance.services.worker_stage import StageInterrupted, StageProgress, StageRunner, start_stage
from appliance.services.worker_watch import StageAbandoned, StageStalled, StageWatch, WatchRule, WatchTools

from ...appliance_fakes import HandClock, HeardJournal

ORDER = Order(
    id="i.1.probe",
    item_id="i",
    revision=1,
    stage="probe",
    heard=RecordingArrived(paths=(Path("a.mp4"),)),
    rules=CutRules(),
    trace_id="t",
)
LIMIT_S = 20.0


@dataclass
class Delivery:
    """An order in hand that counts its heartbeats; `away` refuses them."""

    order: Order = ORDER
    attempt: int = 1
    beats: int = 0
    away: bool = False

    async def heartbeat(self) -> None:
        if self.away:
            raise Transient("the bus is away")
        self.beats += 1

    async def done(self) -> None:
        raise AssertionError("a watch ends no delivery")

    async def try_again(self, after_s: float) -> None:
        raise AssertionError("a watch ends no delivery")

    async def put_back(self) -> None:
        raise AssertionError("a watch ends no delivery")


class Here:
    @contextmanager
    def localise(self, order: Order, moved: Callable[[], None]) -> Iterator[Order]:
        yield order

    def portable(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        return tuple(facts)


@dataclass
class Scene:
    """A stage under watch."""

    run: StageRunner
    rule: WatchRule
    delivery: Delivery = field(default_factory=Delivery)
    journal: HeardJournal = field(default_factory=HeardJournal)
    notes: list[ProgressNote] = field(default_factory=list)
    moved_bytes: Callable[[], int] = lambda: 0
    lives: int = 0

    async def play(self, stop: asyncio.Event | None = None) -> tuple[Fact, ...]:
        bus = MemoryBus(clock=HandClock())
        ears = asyncio.create_task(self._listen(bus))
        await asyncio.sleep(0)
        tools = WatchTools(bus=bus, clock=HandClock(), journal=self.journal, moved_bytes=self.moved_bytes, alive=self._lived)
        progress = StageProgress()
        watch = StageWatch(self.delivery, progress, tools, self.rule)
        try:
            stage = start_stage(ORDER, self.run, Here(), progress)
            return await asyncio.wait_for(watch.wait_for(stage, stop or asyncio.Event()), LIMIT_S)
        finally:
            await bus.close()
            await ears

    def _lived(self) -> None:
        self.lives += 1

    async def _listen(self, bus: MemoryBus) -> None:
        async for news in bus.listen():
            if isinstance(news, ProgressNote):
                self.notes.append(news)


def rule(stall_after_s: float = 60.0, heartbeat_every_s: float = 0.01) -> WatchRule:
    return WatchRule(
        name="w1",
        stall_after_s=stall_after_s,
        heartbeat_every_s=heartbeat_every_s,
        show_every_s=0.01,
        leave_after_s=0.05,
        clean_up_s=0.2,
    )


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_watch, "LOOK_EVERY_S", 0.01)


@dataclass
class Hung:
    """A native call that does not come back until the test lets it."""

    freed: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, order: Order, progress: Progress) -> Sequence[Fact]:
        progress.advance("probe", 1, 9)
        assert self.freed.wait(LIMIT_S)
        return []


@pytest.fixture
def hung() -> Iterator[Hung]:
    stage = Hung()
    yield stage
    stage.freed.set()


def until(condition: Callable[[], bool]) -> None:
    """Wait on a stage's thread, without end but for the test's own limit."""
    pause = threading.Event()
    for _ in range(int(LIMIT_S / 0.005)):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it did not come to pass")


def test_progress_keeps_the_order_and_reaches_the_page() -> None:
    def heard_more_than(beats: int, shown: int) -> bool:
        return scene.delivery.beats > beats and len(scene.notes) > shown

    async def work(order: Order, progress: Progress) -> Sequence[Fact]:
        for second in range(3):
            beats, shown = scene.delivery.beats, len(scene.notes)
            progress.advance("probe", float(second), 3.0)
            until(partial(heard_more_than, beats, shown))
        return []

    scene = Scene(work, rule())
    assert asyncio.run(scene.play()) == ()
    assert scene.lives == scene.delivery.beats >= 3
    assert [(note.done_s, note.total_s, note.worker) for note in scene.notes] == [
        (0.0, 3.0, "w1"),
        (1.0, 3.0, "w1"),
        (2.0, 3.0, "w1"),
    ]


def test_heartbeats_stop_when_progress_stops(hung: Hung) -> None:
    scene = Scene(hung, rule(stall_after_s=0.5))
    with pytest.raises(StageStalled, match="no progress for"):
        asyncio.run(scene.play())
    assert scene.lives == scene.delivery.beats <= 1


def test_bytes_that_are_read_and_written_count_as_progress(hung: Hung) -> None:
    moved = iter(range(0, 10**12, worker_watch.WORK_BYTES))

    def moved_bytes() -> int:
        if scene.delivery.beats >= 5:
            hung.freed.set()
        return next(moved)

    scene = Scene(hung, rule(stall_after_s=0.5), moved_bytes=moved_bytes)
    assert asyncio.run(scene.play()) == ()
    assert scene.delivery.beats >= 5


def test_bytes_alone_do_not_keep_a_stage_alive_for_ever(hung: Hung, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_watch, "WORDLESS_LIMITS", 2)
    moved = iter(range(0, 10**12, worker_watch.WORK_BYTES))
    with pytest.raises(StageStalled):
        asyncio.run(Scene(hung, rule(stall_after_s=0.2), moved_bytes=lambda: next(moved)).play())


def test_a_trickle_of_bytes_is_no_work_however_long_it_lasts(hung: Hung) -> None:
    moved = iter(range(0, 10**12, worker_watch.WORK_BYTES // 4))
    scene = Scene(hung, rule(stall_after_s=0.3), moved_bytes=lambda: next(moved))
    with pytest.raises(StageStalled):
        asyncio.run(scene.play())
    assert scene.delivery.beats <= 1


def test_a_bus_that_is_away_does_not_disturb_the_stage() -> None:
    async def work(order: Order, progress: Progress) -> Sequence[Fact]:
        progress.advance("probe", 1, 3)
        until(lambda: bool(scene.journal.lines))
        return []

    scene = Scene(work, rule(), delivery=Delivery(away=True))
    assert asyncio.run(scene.play()) == ()
    assert scene.journal.events == ["bus not reached while a stage runs"]


def test_a_stage_that_is_almost_done_may_finish_when_the_worker_leaves() -> None:
    async def work(order: Order, progress: Progress) -> Sequence[Fact]:
        return [RecordingArrived(paths=())]

    async def leave_at_once() -> tuple[Fact, ...]:
        stop = asyncio.Event()
        stop.set()
        return await Scene(work, WatchRule(name="w1", leave_after_s=LIMIT_S)).play(stop)

    assert asyncio.run(leave_at_once()) == (RecordingArrived(paths=()),)


def test_a_stage_that_speaks_is_interrupted_when_the_worker_leaves() -> None:
    async def work(order: Order, progress: Progress) -> Sequence[Fact]:
        pause = threading.Event()
        while True:
            progress.advance("probe", 1, 9)
            pause.wait(0.005)

    async def leave_at_once() -> None:
        stop = asyncio.Event()
        stop.set()
        with pytest.raises(StageInterrupted):
            await Scene(work, rule()).play(stop)

    asyncio.run(leave_at_once())


def test_a_stage_that_hangs_is_left_behind_when_the_worker_leaves(hung: Hung) -> None:
    async def leave_at_once() -> None:
        stop = asyncio.Event()
        stop.set()
        with pytest.raises(StageAbandoned):
            await Scene(hung, rule()).play(stop)

    asyncio.run(leave_at_once())
