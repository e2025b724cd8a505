"""How a worker gets at footage: beside it on the same disk, or fetched from the box that has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from appliance.domain.facts import Fact
from appliance.domain.order import Order
from appliance.ports import ArtefactStore

#: Where one item's artefacts are kept, by the item's id.
ArtefactsFor = Callable[[str], ArtefactStore]


class MediaAccess(Protocol):
    """Turns what travels into what can be opened, and back. Called from a stage's own thread; may block."""

    def localise(self, order: Order, moved: Callable[[], None]) -> AbstractContextManager[Order]:
        """The order with paths that can be opened while the context lasts; `moved` is called from real progress only.

        Raises:
            Transient: what is needed could not be had this time. DiskFull: there is no room for it. Unusable: it is gone.
        """

    def portable(self, facts: Sequence[Fact]) -> tuple[Fact, ...]:
        """Facts with paths as they travel. Raises ValueError for a path that would mean nothing elsewhere."""
