"""Live news for pages: what the bus says is heard once and given to every page that listens, each with a bounded queue."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import asdict

from appliance.domain.errors import RinkreelError
from appliance.domain.order import BookChanged, ProgressNote
from appliance.ports.book import BookView
from appliance.ports.bus import Ears
from appliance.ports.surroundings import Clock, Journal
from appliance.services.api.live_progress import LiveProgress
from appliance.services.api.refusals import Refusal

MOST_LISTENERS, MOST_WAITING, MOST_DUE = 64, 256, 500
#: Progress is told at most this often; a comment keeps a silent line open.
TELL_EVERY_S, HEARTBEAT_S = 0.5, 15.0
BACK_OFF_S = 2.0


class Newsroom:
    """Hears the bus, remembers how far items are, and tells whoever listens."""

    def __init__(self, ears: Ears, book: BookView, clock: Clock, journal: Journal) -> None:
        self.live = LiveProgress()
        self._ears, self._book, self._clock, self._journal = ears, book, clock, journal
        self._listeners: set[asyncio.Queue[str]] = set()
        self._due: dict[str, None] = {}
        self._closed = asyncio.Event()

    def close(self) -> None:
        """Let everybody go who listens."""
        self._closed.set()

    async def run(self) -> None:
        """Hear and tell until cancelled; what is briefly away is waited for."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hear())
            tasks.create_task(self._tell_progress())

    def check_room(self) -> None:
        """Raise Refusal when as many listen as may."""
        if len(self._listeners) >= MOST_LISTENERS:
            raise Refusal(503, "Too many pages are open.", remedy="Close one and try again.", headers={"Retry-After": "30"})

    async def listen(self) -> AsyncGenerator[str, None]:
        """News as server-sent events, until the page leaves or the box does."""
        if len(self._listeners) >= MOST_LISTENERS:
            return
        queue: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        self._listeners.add(queue)
        try:
            yield "retry: 3000\n\n"
            while not self._closed.is_set():
                yield await self._next(queue)
        finally:
            self._listeners.discard(queue)

    async def _next(self, queue: asyncio.Queue[str]) -> str:
        """The next piece of news, or a comment that keeps the line open."""
        news, closed = asyncio.ensure_future(queue.get()), asyncio.ensure_future(self._closed.wait())
        try:
            await asyncio.wait({news, closed}, timeout=HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED)
            return news.result() if news.done() else ": still here\n\n"
        finally:
            for task in (news, closed):
                task.cancel()

    async def _hear(self) -> None:
        while True:
            try:
                async for news in self._ears.listen():
                    self._take(news)
            except RinkreelError as error:
                self._journal.warn("news cannot be heard", why=error.why)
            await self._clock.sleep(BACK_OFF_S)

    def _take(self, news: BookChanged | ProgressNote) -> None:
        if isinstance(news, ProgressNote):
            self.live.hear(news)
            if len(self._due) < MOST_DUE:
                self._due[news.item_id] = None
        else:
            self._send("changed", asdict(news))

    async def _tell_progress(self) -> None:
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            due, self._due = list(self._due), {}
            if due and self._listeners:
                with suppress(RinkreelError):
                    for event in await asyncio.to_thread(self._standings, due):
                        self._send("progress", event)

    def _standings(self, item_ids: list[str]) -> list[dict[str, object]]:
        now_s = self._clock.now_s()
        items = (item for item_id in item_ids if (item := self._book.item(item_id)) is not None)
        return [
            {"item_id": item.id, "job_id": item.job_id, "stage": item.stage, **asdict(self.live.standing(item, now_s))}
            for item in items
        ]

    def _send(self, kind: str, said: object) -> None:
        text = f"event: {kind}\ndata: {json.dumps(said)}\n\n"
        for queue in self._listeners:
            if queue.full():
                # Whoever is this far behind reads everything anew.
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait("event: changed\ndata: {}\n\n")
            queue.put_nowait(text)
