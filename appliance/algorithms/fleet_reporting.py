"""Puts a box's report together, writes it, and reads what another version wrote.

What goes out is chosen here by name. Whatever the book holds besides — names, messages, reasons, paths — has no way into it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from appliance.algorithms.message_coding import TAG, plain_from, value_from_plain
from appliance.domain.fleet import MOST_ENTRIES, MOST_REPORT_BYTES, BoxReport, Mishap
from appliance.domain.job import ItemState, Notice, Tallies
from appliance.domain.order import Lane
from appliance.domain.outbox import OutcomeNote

DAY_S = 86400.0
#: Keys of notices that have a meaning of their own; any other is told as OTHER.
TROUBLES = frozenset({"book", "clock", "disk", "intake-disk", "mount", "strays"})
OTHER = "other"
#: How orders end that somebody far away should hear of.
MISHAPS = frozenset({"failed", "setback"})
MOST_MISHAPS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxLook:
    """What was looked at for one report. tallies: None when the book could not be read."""

    tallies: Tallies | None
    notices: Sequence[Notice] = ()
    outcomes: Sequence[OutcomeNote] = ()
    disk_free_bytes: int = 0
    disk_total_bytes: int = 0
    disk_wanted_bytes: int = 0
    temperatures: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting:
    """What does not change from report to report. stages: the only names of steps that are told."""

    rink: str
    version: str
    since_s: float
    stages: frozenset[str]


def compose_report(look: BoxLook, reporting: Reporting, now_s: float) -> BoxReport:
    """What headquarters is told."""
    tallies = look.tallies or Tallies()
    asked_at_s = tallies.oldest_open_at_s
    return BoxReport(
        rink=reporting.rink,
        at_s=now_s,
        version=reporting.version,
        since_s=reporting.since_s,
        troubles=_troubles(look),
        orders=_counts(tallies.orders, Lane),
        items=_counts(tallies.items, ItemState),
        waits_s=0.0 if asked_at_s is None else max(0.0, now_s - asked_at_s),
        dead_letters=tallies.dead_letters,
        last_reel_at_s=tallies.last_reel_at_s,
        disk_free_bytes=look.disk_free_bytes,
        disk_total_bytes=look.disk_total_bytes,
        disk_wanted_bytes=look.disk_wanted_bytes,
        hottest_c=max(look.temperatures.values(), default=None),
        mishaps=tuple(_mishaps(look.outcomes, reporting.stages, now_s - DAY_S))[:MOST_MISHAPS],
    )


def text_from_report(report: BoxReport) -> str:
    """One line of JSON."""
    return json.dumps(plain_from(report), allow_nan=False, separators=(",", ":"))


def report_from_text(text: str) -> BoxReport:
    """What a box of any version wrote: fields that are not known here are passed over. Raises ValueError for anything else."""
    if len(text) > MOST_REPORT_BYTES:
        raise ValueError("longer than any report")
    try:
        plain = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value_from_plain(BoxReport, _known(BoxReport, plain))


def _known(kind: type, plain: object) -> object:
    """The same without fields that this version does not know, also in lists of mishaps."""
    if not isinstance(plain, dict):
        return plain
    names = {TAG, *(each.name for each in fields(kind))}
    kept = {name: value for name, value in plain.items() if name in names}
    if kind is BoxReport and isinstance(kept.get("mishaps"), list):
        kept["mishaps"] = [_known(Mishap, each) for each in kept["mishaps"]]
    return kept


def _troubles(look: BoxLook) -> tuple[str, ...]:
    keys = {notice.key if notice.key in TROUBLES else OTHER for notice in look.notices}
    return tuple(sorted(keys | ({"book"} if look.tallies is None else set())))


def _counts(counted: Mapping[str, int], known: Iterable[str]) -> dict[str, int]:
    return {str(name): counted[name] for name in known if counted.get(name)}


def _mishaps(outcomes: Sequence[OutcomeNote], stages: frozenset[str], from_s: float) -> Iterable[Mishap]:
    for note in outcomes[: MOST_ENTRIES * MOST_ENTRIES]:
        if note.verdict in MISHAPS and note.stage in stages and note.recorded_at_s >= from_s:
            yield Mishap(stage=note.stage, verdict=note.verdict, at_s=note.recorded_at_s)
