"""A whole front door on a loopback port: the real book, ledger, intake and server, with a bus in memory between them."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx

from appliance.adapters.artefacts import FolderArtefacts
from appliance.adapters.originals import FolderOriginals
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.sqlite import SqliteBookView
from appliance.algorithms.retaining import RetainingRule, expires_at_s
from appliance.domain.account import Role
from appliance.domain.facts import ReelAssembled, SegmentsSelected
from appliance.domain.job import CutRules
from appliance.domain.order import Order
from appliance.domain.place import DataFolder
from appliance.domain.request import SaveKey
from appliance.services.api.app import create_app
from appliance.services.api.first_run import PreparedSecrets, prepare_secrets
from appliance.services.api.parts import ApiLooks, ApiParts, ApiRule
from appliance.services.api.security_keys import make_key
from appliance.services.api.server import Listening, serve_app
from appliance.services.intake import Intake, IntakeTools

from .ledger_examples import Rink, facts_for, keep_made, opened_rink
from .unit.services.api.front_door import flat_signal

T = TypeVar("T")
REEL = b"a reel of moving pictures" * 1000


@dataclass
class OpenDoor:
    """A running box. Everything that touches the ledger runs on its loop."""

    rink: Rink
    secrets: PreparedSecrets
    view: SqliteBookView
    port: int
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    @property
    def data(self) -> DataFolder:
        return self.rink.data

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something beside the server, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def make_key(self, role: Role) -> str:
        key, text = make_key(f"test-{role}", role, self.rink.clock.now_s())
        assert self.run(self.rink.ask(SaveKey(key=key))).ok
        return text

    def client(self, role: Role | None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.make_key(role)}"} if role is not None else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def work_all(self) -> None:
        """Workers do whatever is there, and leave reels that can be downloaded."""
        self.run(self._work_all())

    async def _work_all(self) -> None:
        await self.rink.turn()
        while orders := self.rink.orders:
            for order in orders.values():
                await self._work(order)

    async def _work(self, order: Order) -> None:
        facts = facts_for(order)
        keep_made(self.data, facts, order.item_id)
        for fact in facts:
            if isinstance(fact, SegmentsSelected):
                for name in fact.signals:
                    FolderArtefacts(self.data.features / order.item_id).save_signal(name, flat_signal(100))
            if isinstance(fact, ReelAssembled):
                for path in (fact.reel.path, fact.reel.poster or fact.reel.path):
                    (self.data.root / path).write_bytes(REEL)
        await self.rink.tell(order.id, *facts)


@contextmanager
def open_door(folder: Path, rule: ApiRule | None = None) -> Iterator[OpenDoor]:
    """Open it, and close it again."""
    for each in DataFolder(root=folder).all_folders():
        each.mkdir(parents=True, exist_ok=True)
    with opened_rink(folder) as rink, socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        taken.close()
        secrets = prepare_secrets(rink.data, has_accounts=False)
        door = OpenDoor(rink=rink, secrets=secrets, view=SqliteBookView(rink.data.book), port=port)
        stop = asyncio.Event()
        thread = threading.Thread(target=_serve, args=(door, rule or ApiRule(), stop))
        thread.start()
        try:
            _wait_until_ready(door)
            yield door
        finally:
            door.loop.call_soon_threadsafe(stop.set)
            thread.join(30)
            door.view.close()
        assert not thread.is_alive()


def _serve(door: OpenDoor, rule: ApiRule, stop: asyncio.Event) -> None:
    async def serve() -> None:
        await door.rink.bus.serve(door.rink.ledger.answer)
        await serve_app(create_app(_parts(door, rule)), Listening(host="127.0.0.1", port=door.port), stop)

    asyncio.set_event_loop(door.loop)
    try:
        door.loop.run_until_complete(serve())
        door.loop.run_until_complete(door.loop.shutdown_asyncgens())
        door.loop.run_until_complete(door.loop.shutdown_default_executor())
    finally:
        door.loop.close()


def _parts(door: OpenDoor, rule: ApiRule) -> ApiParts:
    rink, retaining = door.rink, RetainingRule(reels_for_s=86_400.0)
    tools = IntakeTools(
        data=rink.data,
        desk=rink.bus,
        book=door.view,
        originals=FolderOriginals(data=rink.data),
        prober=PyavProber(),
        clock=rink.clock,
        journal=rink.journal,
        rules=CutRules(),
    )
    return ApiParts(
        data=rink.data,
        book=door.view,
        desk=rink.bus,
        ears=rink.bus,
        intake=Intake(tools),
        clock=rink.clock,
        disk=rink.disk,
        journal=rink.journal,
        looks=ApiLooks(
            signal=lambda item_id, name: FolderArtefacts(rink.data.features / item_id).load_signal(name),
            expires_at_s=lambda item, _now_s: expires_at_s(item, retaining),
        ),
        secrets=door.secrets.signing,
        rule=rule,
    )


def _wait_until_ready(door: OpenDoor) -> None:
    probe: Callable[[], httpx.Response] = lambda: httpx.get(f"{door.url}/readyz", timeout=5)  # noqa: E731
    for _ in range(500):
        try:
            if probe().status_code == 200:
                return
        except httpx.TransportError:
            threading.Event().wait(0.02)
    raise AssertionError("the front door did not open")
