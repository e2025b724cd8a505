"""What the ledger keeps to know what is still to be done: chunks that wait or were watched, orders that wait or are out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.domain.media import Chunk
from appliance.domain.order import Lane


class ChunkState(StrEnum):
    """Whether a chunk has been watched. A failed one counts as watched with nothing in it, as long as another was."""

    WAITING = "waiting"
    WATCHED = "watched"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkRow:
    """One chunk of an item. features: name of the artefact that watching left; empty before that. why, remedy: of a failure."""

    chunk: Chunk
    state: ChunkState = ChunkState.WAITING
    features: str = ""
    why: str = ""
    remedy: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkCounts:
    """How many chunks an item has, and how many of them were watched and failed."""

    total: int = 0
    watched: int = 0
    failed: int = 0

    @property
    def done(self) -> int:
        """Chunks that nothing more is expected of."""
        return self.watched + self.failed


class OrderState(StrEnum):
    """waiting: not on the bus. published: on the bus. void: to be taken off the bus. Orders that are done are forgotten."""

    WAITING = "waiting"
    PUBLISHED = "published"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """An order without its body, which is put together when it is sent.

    issue: a new number whenever it has to be sent anew. number: where the bus keeps it, once published. seen_at_s: when the bus
    was last known to hold it.
    """

    id: str
    item_id: str
    revision: int
    stage: str
    lane: Lane
    issue: int
    chunk_index: int | None = None
    state: OrderState = OrderState.WAITING
    not_before_s: float = 0.0
    number: int | None = None
    seen_at_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeNote:
    """A line of the log of outcomes. verdict: done, failed, setback, held, or ignored. why: in words, where there are any."""

    id: str
    at_s: float
    order_id: str
    item_id: str
    stage: str
    verdict: str
    attempt: int
    took_s: float
    worker: str
    recorded_at_s: float
    why: str = ""
