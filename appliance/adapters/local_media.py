"""Footage on this machine's own disk: paths are below the data folder, and a reel's folder is made ready for it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from appliance.adapters.system.whole_files import error_from_os
from appliance.algorithms.relocating import absolute_below, relative_to, with_paths
from appliance.domain.facts import Fact
from appliance.domain.order import Order

#: What an earlier try may have left beside a reel: working folders of the encoder, files that were not finished.
LEFTOVERS = (".rinkreel-*", ".*.part", "*.part")


class LocalMedia:
    """Media access for workers that share the head's data folder."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    @contextmanager
    def localise(self, order: Order, moved: Callable[[], None]) -> Iterator[Order]:
        """The order with absolute paths. Raises DiskFull or Misconfigured when a reel's folder cannot be made."""
        local = with_paths(order, absolute_below(self._root))
        if local.target is not None:
            _make_ready(local.target.parent)
            moved()
        yield local

    def portable(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """Facts with paths seen from the data folder. Raises ValueError for a path outside it."""
        return tuple(with_paths(fact, relative_to(self._root)) for fact in facts)


def _make_ready(folder: Path) -> None:
    """A folder without leftovers: a power cut leaves gigabytes that nobody would miss."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for pattern in LEFTOVERS:
            for leftover in folder.glob(pattern):
                _remove(leftover)
    except OSError as error:
        raise error_from_os(error, folder) from error


def _remove(leftover: Path) -> None:
    if leftover.is_dir() and not leftover.is_symlink():
        shutil.rmtree(leftover)
    else:
        leftover.unlink(missing_ok=True)
