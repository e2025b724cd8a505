"""A ledger on a real book and a bus in memory, and workers whose words are made by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from appliance.adapters.memory_bus import MemoryBus
from appliance.adapters.sqlite.book import SqliteBook
from appliance.domain.facts import (
    ChunkAnalysed,
    ChunkPlanned,
    Fact,
    FootageAnalysed,
    RecordingProbed,
    ReelAssembled,
    SegmentsSelected,
    StageFailed,
)
from appliance.domain.job import CutRules, Item, Source
from appliance.domain.order import Lane, Order, Outcome
from appliance.domain.place import DataFolder
from appliance.domain.reel import ReelPlan
from appliance.domain.request import AddItem, Answer, OpenJob, Request
from appliance.services.ledger import Ledger, LedgerParts, LedgerRule
from tests.appliance_fakes import HandClock, HeardJournal, ToldDisk
from tests.book_examples import a_file, a_plan, a_recording, a_reel, chunks_of, opened_book, some_segments

FLOOR_BYTES = 10**9


@dataclass
class Rink:
    """Everything around one ledger."""

    folder: Path
    book: SqliteBook
    clock: HandClock = field(default_factory=HandClock)
    disk: ToldDisk = field(default_factory=ToldDisk)
    journal: HeardJournal = field(default_factory=HeardJournal)
    rule: LedgerRule = field(default_factory=lambda: LedgerRule(min_free_bytes=FLOOR_BYTES, poll_s=0.0))
    numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.data = DataFolder(root=self.folder)
        self.bus = MemoryBus(clock=self.clock)
        self.start()

    def start(self) -> None:
        """A new ledger, as after a crash: it knows nothing but the book."""
        self.ledger = Ledger(self.parts(), self.rule)

    def parts(self) -> LedgerParts:
        return LedgerParts(book=self.book, bus=self.bus, clock=self.clock, disk=self.disk, journal=self.journal, data=self.data)

    async def ask(self, request: Request) -> Answer:
        return await self.ledger.answer(request)

    async def add(self, item_id: str = "item-1", *, content: str = "", size_bytes: int = 10**9, job_id: str = "job-1") -> Answer:
        """Take a recording in."""
        await self.ask(OpenJob(job_id=job_id, name="Drop", source=Source.FOLDER, trace_id="trace", at_s=self.clock.now_s()))
        return await self.ask(an_arrival(item_id, content=content, size_bytes=size_bytes, job_id=job_id))

    def item(self, item_id: str = "item-1") -> Item:
        item = self.book.item(item_id)
        assert item is not None
        return item

    @property
    def orders(self) -> dict[str, Order]:
        """What is on the bus."""
        return {order.id: order for order in self.bus.orders}

    async def turn(self) -> None:
        """Let the ledger send, until there is nothing more to send."""
        while await self.ledger.take_turn():
            pass

    async def hear(self) -> None:
        """Let the ledger hear, until nothing more is said; then let it send."""
        while await self.ledger.hear_one():
            pass
        await self.turn()

    async def tell(self, order_id: str, *facts: Fact, **more: object) -> Outcome:
        """A worker says what became of an order, and it leaves the bus."""
        outcome = self.outcome(order_id, *facts, **more)
        await self.bus.tell(outcome)
        await self.take_off(order_id)
        await self.hear()
        return outcome

    def outcome(self, order_id: str, *facts: Fact, **more: object) -> Outcome:
        item_id, revision, stage = order_id.split(".")[:3]
        made = Outcome(
            id=f"{order_id}.{next(self.numbers)}",
            order_id=order_id,
            item_id=item_id,
            revision=int(revision),
            stage=stage,
            facts=facts,
            attempt=1,
            took_s=1.5,
            worker="worker",
            trace_id="trace",
            at_s=self.clock.now_s(),
        )
        return replace(made, **more)  # type: ignore[arg-type]

    async def take_off(self, order_id: str) -> None:
        """Whatever is on the bus under this id was done."""
        held = []
        for lane in Lane:
            while (delivery := await self.bus.next_order(lane, 0)) is not None:
                if delivery.order.id == order_id:
                    await delivery.done()
                else:
                    held.append(delivery)
        for delivery in held:
            await delivery.put_back()

    async def work(self, order: Order) -> Outcome:
        """A worker does an order well."""
        facts = facts_for(order)
        keep_made(self.data, facts, order.item_id)
        return await self.tell(order.id, *facts)

    async def work_all(self) -> None:
        """Workers do whatever is there, until nothing is."""
        while orders := self.orders:
            for order in orders.values():
                await self.work(order)


def play(folder: Path, scene: Callable[[Rink], Coroutine[None, None, None]]) -> None:
    """Play a scene on a rink of its own."""
    with opened_rink(folder) as rink:
        asyncio.run(scene(rink))


@contextmanager
def opened_rink(folder: Path) -> Iterator[Rink]:
    with opened_book(folder) as book:
        yield Rink(folder=folder, book=book)


def an_arrival(item_id: str, *, content: str = "", size_bytes: int = 10**9, job_id: str = "job-1") -> AddItem:
    part = replace(a_file(f"{item_id}.MP4"), size_bytes=size_bytes, stored=f"originals/{item_id}/A.MP4")
    return AddItem(
        job_id=job_id,
        item_id=item_id,
        name=f"Name of {item_id}",
        content_id=content or f"content-{item_id}",
        parts=(part,),
        rules=CutRules(),
        at_s=1_790_000_000.0,
    )


def facts_for(order: Order, *, chunks: int = 3, moves: bool = True) -> tuple[Fact, ...]:
    """What a stage tells of an order that went well."""
    heard = order.heard
    recording = a_recording(f"rec-{order.item_id}")
    if order.stage == "probe":
        planned = (ChunkPlanned(recording=recording, chunk=chunk) for chunk in chunks_of(recording, chunks))
        return (RecordingProbed(recording=recording), *planned)
    if isinstance(heard, ChunkPlanned):
        name = f"{recording.id}-{heard.chunk.index:05}"
        return (ChunkAnalysed(recording_id=recording.id, chunk_index=heard.chunk.index, features=name),)
    if isinstance(heard, FootageAnalysed):
        plan = a_plan(recording.id) if moves else ReelPlan(cuts=())
        segments = some_segments() if moves else ()
        return (SegmentsSelected(recordings=(recording,), segments=(segments,), signals=("signal",), plan=plan),)
    assert order.target is not None
    return (ReelAssembled(reel=a_reel(order.target.parent.as_posix())),)


def keep_made(data: DataFolder, facts: tuple[Fact, ...], item_id: str) -> None:
    """Leave behind what watching and cutting leave behind."""
    for fact in facts:
        if isinstance(fact, ChunkAnalysed):
            made = data.features / item_id / f"{fact.features}.npz"
        elif isinstance(fact, ReelAssembled):
            made = data.root / fact.reel.path
        else:
            continue
        made.parent.mkdir(parents=True, exist_ok=True)
        made.touch()


def a_failure(why: str = "nothing in it decodes", remedy: str = "Copy it again.") -> StageFailed:
    return StageFailed(stage="any", subject="item", why=why, remedy=remedy)
