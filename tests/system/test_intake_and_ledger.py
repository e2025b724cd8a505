"""The way in with the real book behind it: whatever dies on the way, each recording ends up once, in one place."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from appliance.adapters.originals import FolderOriginals
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.sqlite import SqliteBookView
from appliance.algorithms.receipt_writing import write_receipt
from appliance.domain.job import CutRules, Fate, Job, Source
from appliance.domain.request import Answer, Request
from appliance.ports.bus import Desk
from appliance.ports.intake import OriginalStore
from appliance.services.intake import IncomingFile, Intake, IntakeTools, Taken
from tests.book_examples import opened_book
from tests.intake_fakes import Guillotine, Killed, MortalStore
from tests.ledger_examples import Rink


@dataclass
class HouseDesk:
    """The ledger's desk, without a bus between; whoever asks may die before and after."""

    rink: Rink
    guillotine: Guillotine

    async def ask(self, request: Request, timeout_s: float = 10.0) -> Answer:
        self.guillotine.step()
        answer = await self.rink.ask(request)
        self.guillotine.step()
        return answer


@dataclass
class House:
    """A ledger with its book, and an intake before it."""

    rink: Rink
    view: SqliteBookView

    def intake(self, guillotine: Guillotine | None = None) -> Intake:
        guillotine = guillotine or Guillotine(10**6)
        store: OriginalStore = MortalStore(FolderOriginals(data=self.rink.data), guillotine)
        desk: Desk = HouseDesk(self.rink, guillotine)
        tools = IntakeTools(
            data=self.rink.data,
            desk=desk,
            book=self.view,
            originals=store,
            prober=PyavProber(),
            clock=self.rink.clock,
            journal=self.rink.journal,
            rules=CutRules(),
        )
        return Intake(tools)

    def drop(self, name: str, content: bytes) -> IncomingFile:
        path = self.rink.data.footage / name
        path.write_bytes(content)
        return IncomingFile(path=path, place=name)

    def stored(self) -> list[bytes]:
        found = (path for path in self.rink.data.originals.rglob("*") if path.is_file() and path.suffix != ".json")
        return sorted(path.read_bytes() for path in found)

    def take(self, *files: IncomingFile, settle: bool = False) -> tuple[Job, Taken]:
        async def run() -> tuple[Job, Taken]:
            intake = self.intake()
            job = await intake.open_job("card", Source.FOLDER)
            taken = await intake.take(job, files)
            if settle:
                await intake.settle(job)
            return job, taken

        return asyncio.run(run())


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened_book(tmp_path) as book:
        rink = Rink(folder=tmp_path, book=book)
        for folder in rink.data.all_folders():
            folder.mkdir(parents=True, exist_ok=True)
        with closing(SqliteBookView(rink.data.book)) as view:
            yield House(rink=rink, view=view)


def test_dying_at_any_step_leaves_each_recording_once(house: House) -> None:
    for steps in range(100):
        content = f"footage {steps}".encode()
        file, guillotine = house.drop("a.mp4", content), Guillotine(steps)

        async def live(file: IncomingFile = file, guillotine: Guillotine = guillotine) -> bool:
            job = await house.intake().open_job("card", Source.FOLDER)
            with suppress(Killed):
                await house.intake(guillotine).take(job, [file])
                return False
            await house.intake().resume()
            if file.path.exists():
                await house.intake().take(job, [file])
            return True

        died = asyncio.run(live())
        assert not file.path.exists()
        assert house.stored().count(content) == 1
        assert len(house.view.known_items()) == len(house.stored()) == steps + 1
        if not died:
            break
    assert steps == 8


def test_a_card_waits_for_nothing_but_its_opening_once_taken_and_so_does_its_copy(house: House) -> None:
    first, taken = house.take(house.drop("a.mp4", b"footage"), settle=True)
    second, again = house.take(house.drop("b.mp4", b"footage"), settle=True)
    assert again.duplicate_of == taken.item_id
    items = house.view.items_of([first.id])
    for job in (first, second):
        settled = house.view.job(job.id)
        assert settled is not None
        assert write_receipt(settled, house.view.files_of(job.id), items).verdict.endswith("1 file is still to be opened.")
        opened = [replace(item, duration_s=60.0) for item in items]
        assert write_receipt(settled, house.view.files_of(job.id), opened).safe_to_format
    assert house.stored() == [b"footage"]


def test_an_original_that_was_removed_comes_back_with_a_copy_of_it(house: House) -> None:
    _, taken = house.take(house.drop("a.mp4", b"footage"))
    item = house.rink.item(taken.item_id)
    with house.rink.book.writing():
        house.rink.book.save_item(replace(item, has_original=False))
    (house.rink.data.original_folder(taken.item_id) / "a.mp4").unlink()
    job, again = house.take(house.drop("b.mp4", b"footage"))
    assert again == Taken(item_id=taken.item_id, duplicate_of=taken.item_id)
    (row,) = house.view.parts_of(taken.item_id)
    assert row.stored is not None
    assert (house.rink.data.root / row.stored).read_bytes() == b"footage"
    assert house.rink.item(taken.item_id).has_original
    assert [row.fate for row in house.view.files_of(job.id)] == [Fate.RECORDING]
