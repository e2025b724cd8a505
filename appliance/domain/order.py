"""What travels between the ledger and the workers: orders down, outcomes up, progress beside them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from appliance.domain.facts import Fact
from appliance.domain.job import CutRules


class Lane(StrEnum):
    """Who runs a stage: the POSE lane owns a pose model and, where there is one, a GPU; the CPU lane needs neither."""

    CPU = "cpu"
    POSE = "pose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One thing for a worker to do. Paths in `heard` and `target` are relative to the data folder.

    id: derived from item, revision, stage and chunk, so that the same work has the same id however often it is ordered.
    target: where the reel goes, for the stage that makes one.
    """

    id: str
    item_id: str
    revision: int
    stage: str
    heard: Fact
    rules: CutRules
    trace_id: str
    target: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an order; its id makes hearing it twice the same as hearing it once.

    facts: what the stage told; one StageFailed when it was given up. dead: it was given up although the footage may be fine
    (retries ran out, an operator has to act), so that it can be retried. setback: not finished; tried again later, for this
    reason; facts are empty. held: not finished; the order was handed back and waits until the ledger sends it anew (disk full).
    """

    id: str
    order_id: str
    item_id: str
    revision: int
    stage: str
    facts: tuple[Fact, ...]
    attempt: int
    took_s: float
    worker: str
    trace_id: str
    at_s: float
    dead: bool = False
    setback: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressNote:
    """How far a worker has come with an order, in seconds of footage. Lost ones are not missed. chunk_index: which chunk, for
    the stage that runs in chunks."""

    item_id: str
    revision: int
    stage: str
    done_s: float
    total_s: float
    worker: str
    at_s: float
    chunk_index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BookChanged:
    """A row that people see has changed; whoever shows it reads it anew. One of the two may be empty."""

    job_id: str = ""
    item_id: str = ""
    what: str = ""


def order_id(item_id: str, revision: int, stage: str, chunk_index: int | None = None) -> str:
    """The id of a piece of work."""
    tail = "" if chunk_index is None else f".{chunk_index:05}"
    return f"{item_id}.{revision}.{stage}{tail}"
