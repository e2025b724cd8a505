"""Counts wrong sign-ins, so that guessing takes forever. The table is bounded: the longest untouched row goes first."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict, deque

from appliance.ports.surroundings import Clock
from appliance.services.api.refusals import Refusal

WINDOW_S = 300.0
MOST_ROWS = 4096
#: A name may be tried from several places before it has to wait, so that nobody is shut out by a neighbour's guesses alone.
NAME_FACTOR = 5


class Attempts:
    """Tries of the last five minutes, by address and by name."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock = clock
        self._most = most
        self._rows: OrderedDict[str, deque[float]] = OrderedDict()

    def begin(self, address: str, name: str) -> None:
        """Count a try before it is looked at, so that many at once are counted too. Raises Refusal when there were too many."""
        now = self._clock.now_s()
        rows = ((f"from {network_of(address)}", self._most), (f"as {name.casefold()}", self._most * NAME_FACTOR))
        wait_s = max(self._wait_s(key, most, now) for key, most in rows)
        if wait_s > 0:
            raise Refusal(
                429,
                "There were too many wrong sign-ins.",
                remedy=f"Wait {round(wait_s / 60) or 1} minutes and try again.",
                headers={"Retry-After": str(int(wait_s) + 1)},
            )
        for key, most in rows:
            self._row(key, most).append(now)

    def passed(self, address: str, name: str) -> None:
        """It was right: forget the tries of this address and name."""
        self._rows.pop(f"from {network_of(address)}", None)
        self._rows.pop(f"as {name.casefold()}", None)

    def _wait_s(self, key: str, most: int, now: float) -> float:
        tries = [at for at in self._rows.get(key, ()) if 0 <= now - at < WINDOW_S]
        return tries[-most] + WINDOW_S - now if len(tries) >= most else 0.0

    def _row(self, key: str, most: int) -> deque[float]:
        row = self._rows.setdefault(key, deque(maxlen=most))
        self._rows.move_to_end(key)
        while len(self._rows) > MOST_ROWS:
            self._rows.popitem(last=False)
        return row


def network_of(address: str) -> str:
    """The address, and for IPv6 its network of 64 bits, all of which one machine may use."""
    try:
        found = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return address[:64]
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))
