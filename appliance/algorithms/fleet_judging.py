"""Judges how a rink stands from the newest that was heard of it."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.domain.fleet import BoxReport, Heard, RinkStanding
from appliance.domain.health import State

#: A clock that is off by more makes receipts and retention wrong.
CLOCK_OFF_S = 120.0
#: A recording that waits for longer, and a part that is hotter, is worth a look.
WAITS_S, HOT_C = 12 * 3600.0, 90.0

Judged = tuple[State, str]
_WORST = (State.BAD, State.WARN, State.OK)


def judge_rink(rink: str, heard: Heard | None, now_s: float, silent_after_s: float) -> RinkStanding:
    """How a rink stands at this moment on headquarters' clock."""
    if heard is None:
        return RinkStanding(rink=rink, state=State.BAD, words=("never heard of",))
    silent = now_s - heard.at_s > silent_after_s
    clock_off_s = None if heard.sent_at_s is None else heard.sent_at_s - heard.at_s
    judged = [*_silence(silent), *_clock(clock_off_s), *_content(heard, silent_after_s)]
    return RinkStanding(
        rink=rink,
        state=next((state for state in _WORST if any(state is each for each, _ in judged)), State.OK),
        words=tuple(words for _, words in judged),
        heard=heard,
        silent_since_s=heard.at_s if silent else None,
        clock_off_s=clock_off_s,
    )


def _silence(silent: bool) -> Iterator[Judged]:
    if silent:
        yield State.BAD, "silent"


def _clock(off_s: float | None) -> Iterator[Judged]:
    if off_s is not None and abs(off_s) > CLOCK_OFF_S:
        yield State.WARN, f"clock {abs(off_s):.0f} s {'ahead' if off_s > 0 else 'behind'}"


def _content(heard: Heard, late_after_s: float) -> Iterator[Judged]:
    report = heard.report
    if report is None:
        yield State.WARN, "its report cannot be read by this version"
        return
    if heard.sent_at_s is not None and heard.sent_at_s - report.at_s > late_after_s:
        yield State.WARN, "still sending what it kept"
    yield from _work(report)
    yield from _machine(report)


def _work(report: BoxReport) -> Iterator[Judged]:
    if report.dead_letters:
        yield State.WARN, f"{report.dead_letters} given up"
    if report.waits_s > WAITS_S:
        yield State.WARN, f"a recording waits for {report.waits_s / 3600:.0f} h"
    if failed := sum(mishap.verdict == "failed" for mishap in report.mishaps):
        yield State.OK, f"{failed} failed today"


def _machine(report: BoxReport) -> Iterator[Judged]:
    if report.disk_free_bytes < report.disk_wanted_bytes:
        yield State.BAD, "disk full"
    if report.hottest_c is not None and report.hottest_c > HOT_C:
        yield State.WARN, f"{report.hottest_c:.0f} °C"
    told = {"disk"} if report.disk_free_bytes < report.disk_wanted_bytes else set()
    for trouble in report.troubles:
        if trouble not in told:
            yield State.WARN, f"told on the spot: {trouble}"
