"""A front door to knock at: the real app, on a book of paper and an intake that knows footage by its first bytes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from appliance.domain.account import Account, Role
from appliance.domain.errors import Transient, Unusable
from appliance.domain.job import CutRules, Item, ItemState, Job, Revision, Source
from appliance.domain.motion import MotionSignal
from appliance.domain.place import DataFolder
from appliance.ports.bus import News
from appliance.ports.extras import ExtrasMaker
from appliance.services.api.app import create_app
from appliance.services.api.first_run import SigningSecrets
from appliance.services.api.house import House, build_house
from appliance.services.api.parts import ApiLooks, ApiParts, ApiRule, SupportLooks
from appliance.services.api.security_passwords import hash_now
from appliance.services.intake import IncomingFile, Taken

from ....appliance_fakes import HandClock, HeardJournal, ToldDisk
from .paper_book import PaperBook

KEY = bytes(range(32))
#: What footage begins with, for this intake.
FOOTAGE = b"footage:"
PASSWORD = "correct horse battery"
#: Working out the routes takes time, and is the same for all.
APPS: list[FastAPI] = []


@cache
def secret() -> str:
    """Hashing is slow on purpose; one hash serves all tests."""
    return hash_now(PASSWORD)


@dataclass
class PaperIntake:
    """Takes what begins like footage into the originals, and writes it into the paper book."""

    book: PaperBook
    data: DataFolder
    clock: HandClock
    away: bool = False

    async def open_job(self, name: str, source: Source) -> Job:
        self._look()
        job = Job(id=f"job-{len(self.book.job_rows)}", name=name, source=source, created_at_s=self.clock.now_s(), trace_id="t")
        self.book.job_rows[job.id] = job
        return job

    async def take(self, job: Job, files: Sequence[IncomingFile], *, name: str | None = None) -> Taken:
        self._look()
        content_id = hashlib.sha256(b"".join(file.path.read_bytes() for file in files)).hexdigest()
        if (known := self.book.item_of_content(content_id)) is not None:
            return Taken(item_id=known.id, duplicate_of=known.id)
        item = self._add(job, name or Path(files[0].place).stem, content_id, ItemState.QUEUED)
        folder = self.data.original_folder(item.id)
        folder.mkdir(parents=True)
        for file in files:
            file.path.rename(folder / Path(file.place).name)
        return Taken(item_id=item.id)

    async def refuse(self, job: Job, place: str, size_bytes: int, why: str, remedy: str) -> str:
        item = self._add(job, place, f"refused {job.id} {place}", ItemState.FAILED)
        self.book.item_rows[item.id] = replace(item, message=why, remedy=remedy, has_original=False)
        return item.id

    async def settle(self, job: Job) -> None:
        self._look()
        self.book.job_rows[job.id] = replace(job, settled=True)

    def check(self, path: Path) -> None:
        if not path.read_bytes().startswith(FOOTAGE):
            raise Unusable(f"{path.name} is not a video.", remedy="Send recordings.")

    def _add(self, job: Job, name: str, content_id: str, state: ItemState) -> Item:
        number = len(self.book.item_rows)
        item = Item(
            id=f"item-{number}",
            job_id=job.id,
            name=name,
            content_id=content_id,
            trace_id="t",
            state=state,
            revision=1,
            created_at_s=self.clock.now_s(),
        )
        self.book.item_rows[item.id] = item
        return item

    def _look(self) -> None:
        if self.away:
            raise Transient("The ledger does not answer.", remedy="Ask again.")


@dataclass
class ToldEars:
    """Hears what is said to it, and fails as often as it is told to."""

    faults: int = 0
    _said: asyncio.Queue[News] = field(default_factory=asyncio.Queue)

    def say(self, news: News) -> None:
        self._said.put_nowait(news)

    async def listen(self) -> AsyncIterator[News]:
        if self.faults:
            self.faults -= 1
            raise Transient("The bus is away.")
        while True:
            yield await self._said.get()


@dataclass
class Box:
    """The app and all that it stands on."""

    data: DataFolder
    book: PaperBook
    clock: HandClock
    disk: ToldDisk
    journal: HeardJournal
    ears: ToldEars
    intake: PaperIntake
    signals: dict[str, MotionSignal]
    house: House

    @property
    def app(self) -> FastAPI:
        """The one app, with this box's house behind it."""
        if not APPS:
            APPS.append(create_app(self.house.parts))
        APPS[0].state.house = self.house
        return APPS[0]

    def add_account(self, name: str, role: Role) -> Account:
        account = Account(name=name, role=role, secret=secret(), epoch=1)
        self.book.account_rows[name] = account
        return account

    def add_item(self, name: str = "practice", **changes: Any) -> Item:
        job = Job(
            id=f"job-{len(self.book.job_rows)}", name=name, source=Source.FOLDER, created_at_s=1.0, trace_id="t", settled=True
        )
        if "job_id" not in changes:
            self.book.job_rows[job.id] = job
        item = Item(
            id=f"item-{len(self.book.item_rows)}",
            job_id=job.id,
            name=name,
            content_id=name,
            trace_id="t",
            state=ItemState.QUEUED,
            revision=1,
            created_at_s=1.0,
        )
        item = replace(item, **changes)
        self.book.item_rows[item.id] = item
        self.book.cuts[item.id] = [Revision(item_id=item.id, number=1, rules=CutRules(), created_at_s=1.0)]
        return item

    def add_reel(self, name: str = "practice", content: bytes = b"0123456789" * 10, **changes: Any) -> Item:
        item = self.add_item(name, state=ItemState.COMPLETED, **changes)
        folder = self.data.reel_folder(item.id, 1)
        folder.mkdir(parents=True)
        (folder / "reel.mp4").write_bytes(content)
        (folder / "poster.jpg").write_bytes(b"picture")
        relative = self.data.relative(folder)
        item = replace(item, reel=str(relative / "reel.mp4"), poster=str(relative / "poster.jpg"))
        self.book.item_rows[item.id] = item
        return item

    @contextmanager
    def visit(self, role: Role | None = Role.ADMIN, *, address: str = "192.168.1.20") -> Iterator[Browser]:
        """Come as somebody of this role, signed in; None: as a stranger."""
        with asyncio.Runner() as runner:
            browser = Browser(self, runner, address)
            if role is not None:
                browser.sign_in_as(self.add_account(f"some-{role}", role))
            yield browser
            browser.close()


def signal_of(box: dict[str, MotionSignal], name: str) -> MotionSignal:
    if name not in box:
        raise Transient("The motion signal is gone.")
    return box[name]


def flat_signal(count: int) -> MotionSignal:
    zeros = np.zeros(count, np.float32)
    return MotionSignal(
        times_s=np.arange(count) / 8,
        speed_hps=zeros.copy(),
        travel_hps=zeros,
        limb_hps=zeros,
        people=np.zeros(count, np.int32),
        camera=zeros,
    )


def build_box(
    root: Path,
    rule: ApiRule | None = None,
    *,
    extras: ExtrasMaker | None = None,
    support: SupportLooks | None = None,
    **looks: Any,
) -> Box:
    """A box with an empty book."""
    data, book, clock = DataFolder(root=root), PaperBook(), HandClock()
    for folder in data.all_folders():
        folder.mkdir(parents=True, exist_ok=True)
    disk, journal, ears, signals = ToldDisk(), HeardJournal(), ToldEars(), dict[str, MotionSignal]()
    intake = PaperIntake(book, data, clock)
    parts = ApiParts(
        data=data,
        book=book,
        desk=book,
        ears=ears,
        intake=intake,
        clock=clock,
        disk=disk,
        journal=journal,
        looks=ApiLooks(signal=lambda _item, name: signal_of(signals, name), **looks),
        secrets=SigningSecrets(key=KEY),
        rule=rule or ApiRule(),
        extras=extras,
        support=support or SupportLooks(),
    )
    return Box(data, book, clock, disk, journal, ears, intake, signals, build_house(parts))


class Browser:
    """Asks the app as a browser on the LAN does, and sends its page's token along."""

    def __init__(self, box: Box, runner: asyncio.Runner, address: str = "192.168.1.20") -> None:
        self.box = box
        self.runner = runner
        transport = httpx.ASGITransport(app=self._app, client=(address, 50_000), raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://rink.local")

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Two boxes may be visited in turns."""
        await self.box.app(scope, receive, send)

    def sign_in_as(self, account: Account) -> None:
        cookie = self.box.house.sessions.issue(account)
        self.client.cookies.set("rinkreel_session", cookie)
        self.client.headers["X-Rinkreel-CSRF"] = self.box.house.sessions.page_token(cookie)

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        return self.runner.run(self.client.request(method, path, **given))

    def get(self, path: str, **given: Any) -> httpx.Response:
        return self.ask("GET", path, **given)

    def post(self, path: str, **given: Any) -> httpx.Response:
        return self.ask("POST", path, **given)

    def close(self) -> None:
        self.runner.run(self.client.aclose())
