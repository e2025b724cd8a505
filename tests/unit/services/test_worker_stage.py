from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from appliance.domain.errors import Unusable
from appliance.domain.facts import ChunkAnalysed, Fact, RecordingArrived
from appliance.domain.job import CutRules
from appliance.domain.order import Order
from appliance.ports import Progress
from appliance.services.worker_stage import StageInterrupted, StageProgress, StageRunner, start_stage

ORDER = Order(
    id="i.1.probe",
    item_id="i",
    revision=1,
    stage="probe",
    heard=RecordingArrived(paths=(Path("a.mp4"),)),
    rules=CutRules(),
    trace_id="t",
)
FACT = ChunkAnalysed(recording_id="r", chunk_index=0, features="f")


class Media:
    """Media that is there already; `open_now` says whether the context lasts."""

    def __init__(self) -> None:
        self.open_now = False

    @contextmanager
    def localise(self, order: Order, moved: Callable[[], None]) -> Iterator[Order]:
        self.open_now = True
        moved()
        yield order
        self.open_now = False

    def portable(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        return tuple(facts)


def outcome_of(run: StageRunner, media: Media | None = None, progress: StageProgress | None = None) -> tuple[Fact, ...]:
    async def wait() -> tuple[Fact, ...]:
        return await asyncio.wait_for(start_stage(ORDER, run, media or Media(), progress or StageProgress()), 10)

    return asyncio.run(wait())


def test_a_stage_that_blocks_leaves_the_event_loop_free() -> None:
    freed = threading.Event()

    async def blocking(order: Order, progress: Progress) -> Sequence[Fact]:
        assert freed.wait(10)
        return [FACT]

    async def both() -> tuple[Fact, ...]:
        stage = start_stage(ORDER, blocking, Media(), StageProgress())
        await asyncio.sleep(0)
        freed.set()
        return await asyncio.wait_for(stage, 10)

    assert asyncio.run(both()) == (FACT,)


def test_media_stays_at_hand_while_the_stage_runs_and_no_longer() -> None:
    media, seen = Media(), []

    async def look(order: Order, progress: Progress) -> Sequence[Fact]:
        seen.append(media.open_now)
        return []

    assert outcome_of(look, media) == ()
    assert seen == [True]
    assert not media.open_now


def test_what_a_stage_raises_arrives_as_it_was_raised() -> None:
    async def refuse(order: Order, progress: Progress) -> Sequence[Fact]:
        raise Unusable("not a video", remedy="Copy it again.")

    with pytest.raises(Unusable, match="not a video"):
        outcome_of(refuse)


def test_a_stage_that_wants_to_end_the_process_only_ends_itself() -> None:
    async def leave(order: Order, progress: Progress) -> Sequence[Fact]:
        raise SystemExit(3)

    with pytest.raises(RuntimeError, match="SystemExit: 3"):
        outcome_of(leave)


def test_a_stage_ends_at_its_next_word_once_it_is_interrupted() -> None:
    progress = StageProgress()

    async def speak(order: Order, heard: Progress) -> Sequence[Fact]:
        heard.advance("probe", 1, 2)
        progress.interrupt()
        heard.advance("probe", 2, 2)
        return [FACT]

    with pytest.raises(StageInterrupted):
        outcome_of(speak, progress=progress)
    assert progress.latest == (2, 2)


def test_each_word_moves_the_time_of_the_last_progress() -> None:
    progress = StageProgress()
    before = progress.moved_at
    progress.advance("probe", 1, 2)
    after = progress.moved_at
    progress.move()
    assert before <= after <= progress.moved_at
    assert progress.latest == (1, 2)


def test_a_stage_runs_in_the_context_of_whoever_started_it() -> None:
    trace: contextvars.ContextVar[str] = contextvars.ContextVar("trace", default="none")

    async def say(order: Order, progress: Progress) -> Sequence[Fact]:
        return [ChunkAnalysed(recording_id=trace.get(), chunk_index=0, features="f")]

    trace.set("abc")
    (fact,) = outcome_of(say)
    assert isinstance(fact, ChunkAnalysed)
    assert fact.recording_id == "abc"


def test_a_stage_that_was_left_behind_ends_without_a_word() -> None:
    go, ended = threading.Event(), threading.Event()

    async def linger(order: Order, progress: Progress) -> Sequence[Fact]:
        go.wait(10)
        ended.set()
        return [FACT]

    async def start_only() -> None:
        start_stage(ORDER, linger, Media(), StageProgress())

    asyncio.run(start_only())
    thread = next(each for each in threading.enumerate() if each.name == "stage probe")
    go.set()
    thread.join(10)
    assert ended.is_set()
    assert not thread.is_alive()
