"""What follows from a failure: another try later, waiting for room, or giving up."""

from __future__ import annotations

from zlib import crc32

from appliance.domain.errors import DiskFull, RinkreelError, Transient, Unusable
from appliance.domain.verdict import GiveUp, Hold, TryAgain, Verdict

#: A share that blinked is back after this; a box that is being repaired is asked no more often than that.
SHORTEST_S, LONGEST_S = 5.0, 300.0
#: Tries of orders that failed together are spread by up to this part of the wait, so that they do not fail together again.
SPREAD = 0.25


def decide(error: RinkreelError, attempt: int, most_attempts: int, *, key: str = "") -> Verdict:
    """The verdict on an order that failed. key: tells orders apart whose tries should not fall together."""
    if isinstance(error, DiskFull):
        return Hold(why=error.why)
    if isinstance(error, Unusable):
        return GiveUp(why=error.why, remedy=error.remedy)
    if isinstance(error, Transient) and attempt < most_attempts:
        return TryAgain(after_s=wait_before_next(attempt, key=key), why=error.why)
    return GiveUp(why=error.why, remedy=error.remedy, dead=True)


def refuse_delivery(attempt: int, most_attempts: int) -> GiveUp | None:
    """The verdict on an order that ended its workers without a word, again and again; None when it may be tried."""
    if attempt <= most_attempts:
        return None
    return GiveUp(
        why=f"this recording stopped the worker {attempt - 1} times",
        remedy="Retry it once; if that does not help, play it on a computer and copy it from the camera again.",
        dead=True,
    )


def wait_before_next(attempt: int, *, key: str = "") -> float:
    """Seconds until the next try: doubled each time, within bounds, and the same whenever it is asked for the same key."""
    doubled_s = SHORTEST_S * 2.0 ** min(max(attempt, 1) - 1, 10)
    chance = crc32(f"{key}#{attempt}".encode()) / 2**32
    spread_s = min(doubled_s, LONGEST_S) * (1 + SPREAD * (2 * chance - 1))
    return min(max(spread_s, SHORTEST_S), LONGEST_S)
