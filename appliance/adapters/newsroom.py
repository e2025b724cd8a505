"""News of this process: handed to everybody who listens, and dropped for whoever does not keep up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from weakref import WeakSet

from appliance.ports.bus import News

#: Pieces of news that wait for one listener; the oldest are dropped. Whoever lost some reads the book anew anyway.
MOST_WAITING = 1000


class Listener(AsyncIterator[News]):
    """One who listens. Letting go of it ends it; waiting for the next piece may be cancelled without losing any."""

    def __init__(self) -> None:
        self._waiting: deque[News] = deque(maxlen=MOST_WAITING)
        self._woken = asyncio.Event()
        self._ended = False

    def hear(self, news: News) -> None:
        """Take a piece of news."""
        self._waiting.append(news)
        self._woken.set()

    def end(self) -> None:
        """There is no more after what waits."""
        self._ended = True
        self._woken.set()

    async def __anext__(self) -> News:
        while not self._waiting:
            if self._ended:
                raise StopAsyncIteration
            self._woken.clear()
            await self._woken.wait()
        return self._waiting.popleft()

    async def aclose(self) -> None:
        """Listen no longer."""
        self.end()
        self._waiting.clear()


class Newsroom:
    """Everybody who listens in this process."""

    def __init__(self) -> None:
        self._listeners: WeakSet[Listener] = WeakSet()
        self._closed = False

    def listen(self) -> Listener:
        """Hear everything from now on."""
        listener = Listener()
        if self._closed:
            listener.end()
        self._listeners.add(listener)
        return listener

    def spread(self, news: News) -> None:
        """Tell everybody."""
        for listener in tuple(self._listeners):
            listener.hear(news)

    def close(self) -> None:
        """End everybody's listening, now and later."""
        self._closed = True
        for listener in tuple(self._listeners):
            listener.end()
