"""What a rink's box tells headquarters, and what headquarters makes of it.

A report holds numbers, versions and words that this program chose. No field can hold the name of a file, a person or a place in
the folder tree, and none can hold a picture.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from appliance.domain.errors import Misconfigured, Unusable
from appliance.domain.health import State

#: What a rink may be called: it becomes a subject, a domain and a file's name.
RINK_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
#: Words that a report may hold: a stage, a state, a lane, a version. No blank, no slash: no sentence and no path.
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+_-]{0,39}")
#: Most entries of each list in a report.
MOST_ENTRIES = 32
#: A report is some hundred bytes; a longer one than this is none.
MOST_REPORT_BYTES = 16 * 1024


def require_rink_name(name: str) -> str:
    """The name, if a rink may be called that. Raises Misconfigured."""
    if not RINK_NAME.fullmatch(name):
        raise Misconfigured(
            f"{name!r} is no name for a rink",
            remedy="Use up to 40 small letters, digits and dashes, such as north-hall.",
        )
    return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishap:
    """One order that did not end well: at which stage, how (`setback`: tried again; `failed`: given up), and when."""

    stage: str
    verdict: str
    at_s: float

    def __post_init__(self) -> None:
        _require_words((self.stage, self.verdict))
        _require_numbers((self.at_s,))


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxReport:
    """How a box stands. Times are on the box's clock.

    since_s: when the box's programs were started. troubles: keys of what people on the spot are told (`disk`, `clock`, …).
    orders: what is not done, by lane. items: recordings by state. waits_s: how long the oldest open recording has waited.
    last_reel_at_s: None before the first. mishaps: the last ones of a day, newest first.
    """

    rink: str
    at_s: float
    version: str
    since_s: float = 0.0
    troubles: tuple[str, ...] = ()
    orders: Mapping[str, int] = field(default_factory=dict)
    items: Mapping[str, int] = field(default_factory=dict)
    waits_s: float = 0.0
    dead_letters: int = 0
    last_reel_at_s: float | None = None
    disk_free_bytes: int = 0
    disk_total_bytes: int = 0
    disk_wanted_bytes: int = 0
    hottest_c: float | None = None
    mishaps: tuple[Mishap, ...] = ()

    def __post_init__(self) -> None:
        if not RINK_NAME.fullmatch(self.rink):
            raise Unusable("a report of a rink that has no name")
        _require_words((self.version, *self.troubles, *self.orders, *self.items))
        amounts = (*self.orders.values(), *self.items.values(), self.dead_letters)
        sizes = (self.disk_free_bytes, self.disk_total_bytes, self.disk_wanted_bytes)
        times = (self.at_s, self.since_s, self.waits_s, self.last_reel_at_s, self.hottest_c)
        _require_numbers((*amounts, *sizes, *times))
        if max(map(len, (self.troubles, self.orders, self.items, self.mishaps))) > MOST_ENTRIES:
            raise Unusable("a report that is too long")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The newest that headquarters has of a rink.

    at_s: when it came, on headquarters' clock. sent_at_s: when it was sent, on the box's. kept: how many of its reports are kept.
    report: None when it cannot be read.
    """

    at_s: float
    sent_at_s: float | None
    kept: int
    report: BoxReport | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RinkStanding:
    """A rink as headquarters sees it. silent_since_s: None while it reports. clock_off_s: how far its clock is ahead."""

    rink: str
    state: State
    words: tuple[str, ...]
    heard: Heard | None = None
    silent_since_s: float | None = None
    clock_off_s: float | None = None


def _require_words(words: Iterable[str]) -> None:
    for word in words:
        if not WORD.fullmatch(word):
            raise Unusable("a report with something in it that is no word of this program")


def _require_numbers(numbers: Iterable[float | None]) -> None:
    for number in numbers:
        if number is not None and not (math.isfinite(number) and abs(number) < 2**63):
            raise Unusable("a report with an impossible number in it")
