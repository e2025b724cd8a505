"""Media access for workers on another machine than the head: what a stage reads is fetched first, and kept for the next chunk."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

from appliance.adapters.http_media.cache import CachedFile, MediaCache
from appliance.adapters.http_media.fetching import Fetcher
from appliance.adapters.http_media.line import MediaLine
from appliance.algorithms.media_needing import NeededFile, files_read_for
from appliance.algorithms.relocating import absolute_below, relative_to, with_paths
from appliance.domain.errors import Misconfigured, Transient
from appliance.domain.facts import Fact
from appliance.domain.order import Order

#: Times that a file may be evicted between being fetched and being held: a cache that is too small for its workers.
MOST_EVICTIONS = 3


class HttpMedia:
    """Implements `ports.media_access.MediaAccess` with a cache of the head's files."""

    def __init__(self, line: MediaLine, cache_folder: Path, cache_bytes: int) -> None:
        self._line = line
        self._cache = MediaCache(cache_folder, cache_bytes)

    @contextmanager
    def localise(self, order: Order, moved: Callable[[], None]) -> Iterator[Order]:
        """The order with paths in the cache, where the files stay as long as the context lasts.

        Raises:
            Transient: the head is not reached, or there is no room on this machine. Misconfigured: the head refuses this
            worker, or the order makes a reel, which has to be made where it is kept.
        """
        if order.target is not None:
            raise Misconfigured("a reel is made on the box that keeps it", remedy="Let this machine serve the pose lane alone.")
        local = with_paths(order, absolute_below(self._cache.folder))
        with ExitStack() as held:
            for needed in files_read_for(order.heard):
                held.enter_context(self._held(needed, moved))
            yield local

    def portable(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """Facts with paths as the head knows them. Raises ValueError for a path outside the cache."""
        return tuple(with_paths(fact, relative_to(self._cache.folder)) for fact in facts)

    @contextmanager
    def _held(self, needed: NeededFile, moved: Callable[[], None]) -> Iterator[None]:
        """Have a file whole, and nobody remove it."""
        watch = _Growth(moved)
        for _ in range(MOST_EVICTIONS):
            with _own_disk_watched(self._cache.folder):
                file = self._cache.file(needed.path)
                self._have(file, needed, watch)
            with self._cache.locked(file, alone=False, waiting=partial(watch.look, file)):
                if file.is_whole(needed.size_bytes):
                    os.utime(file.path)
                    yield
                    return
        raise Transient(f"{needed.path.name} does not stay in this worker's cache", remedy="Give the worker a larger cache.")

    def _have(self, file: CachedFile, needed: NeededFile, watch: _Growth) -> None:
        """Fetch a file, unless it is there or somebody else fetches it meanwhile."""
        with self._cache.locked(file, alone=False, waiting=partial(watch.look, file)):
            if file.is_whole(needed.size_bytes):
                return
        with self._cache.locked(file, alone=True, waiting=partial(watch.look, file)):
            if not file.is_whole(needed.size_bytes):
                fetcher = Fetcher(line=self._line, cache=self._cache, moved=watch.moved)
                fetcher.fetch(PurePosixPath(needed.path), file, needed.size_bytes)


class _Growth:
    """Sees that another worker fetches what this one waits for; that is progress, too."""

    def __init__(self, moved: Callable[[], None]) -> None:
        self.moved = moved
        self._seen_bytes = 0

    def look(self, file: CachedFile) -> None:
        size_bytes = file.size_bytes
        if size_bytes > self._seen_bytes:
            self._seen_bytes = size_bytes
            self.moved()


@contextmanager
def _own_disk_watched(folder: Path) -> Iterator[None]:
    """A full disk of this machine is no reason to wait for room on the head's: another worker may have some."""
    try:
        yield
    except OSError as error:
        why = f"footage could not be kept in {folder} for a while: {error.strerror or error}"
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise Misconfigured(why, remedy="Let the worker write to its cache.") from error
        raise Transient(why, remedy="Free some space on the worker's disk.") from error
