"""Puts the fleet into a table for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from appliance.domain.fleet import RinkStanding


class Row(NamedTuple):
    """One rink, in words."""

    rink: str
    state: str
    heard: str
    open: str
    disk_free: str
    last_reel: str
    given_up: str
    version: str
    what: str


HEAD = Row("rink", "state", "heard", "open", "disk free", "last reel", "given up", "version", "what")


def rows_from(standings: Sequence[RinkStanding], now_s: float) -> list[Row]:
    """A row for each rink."""
    return [_row(each, now_s) for each in standings]


def table_from(standings: Sequence[RinkStanding], now_s: float) -> str:
    """All rinks as lines of equal columns."""
    rows = [HEAD, *rows_from(standings, now_s)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)
    return "\n".join(lines)


def age_from_seconds(seconds: float) -> str:
    """How long ago, in the largest unit that fits: 40 s, 12 min, 5 h, 3 d."""
    for unit, length_s in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length_s:
            return f"{seconds // length_s:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def _row(standing: RinkStanding, now_s: float) -> Row:
    heard = standing.heard
    report = heard.report if heard is not None else None
    ago = "never" if heard is None else f"{age_from_seconds(now_s - heard.at_s)} ago"
    what = "; ".join(standing.words)
    if report is None:
        return Row(standing.rink, standing.state, ago, "-", "-", "-", "-", "-", what)
    # The box's clock tells its own ages, so that one that is off does not make them wrong.
    reel = "none" if report.last_reel_at_s is None else f"{age_from_seconds(report.at_s - report.last_reel_at_s)}"
    free = f"{report.disk_free_bytes / 10**9:.0f} GB"
    waiting = str(sum(report.orders.values()))
    return Row(standing.rink, standing.state, ago, waiting, free, reel, str(report.dead_letters), report.version, what)
