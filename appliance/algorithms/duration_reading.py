"""Reading and writing durations the way people do: 90, 90s, 3m, 1m30s, 1:30, 1:02:03.5, 200ms, 30d."""

from __future__ import annotations

import re
from fractions import Fraction

from appliance.domain.timespan import Seconds

NUMBER = r"\d+(?:\.\d*)?|\.\d+"
PLAIN = re.compile(rf"(?:{NUMBER})(?:e-?\d{{1,2}})?")
CLOCK = re.compile(r"(?:(\d+):)?(\d+):([0-5]?\d(?:\.\d+)?)")
SPOKEN = re.compile(
    rf"(?:(?P<d>{NUMBER})d)?(?:(?P<h>{NUMBER})h)?(?:(?P<m>{NUMBER})m(?:in)?)?(?:(?P<s>{NUMBER})s)?(?:(?P<ms>{NUMBER})ms)?",
)
SECONDS_PER = {"d": Fraction(86_400), "h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}


def seconds_from_text(text: str) -> Seconds:
    """Exact seconds, never negative. Raises ValueError with an example when the text is no duration."""
    plain = text.strip().lower().replace(" ", "")
    if PLAIN.fullmatch(plain):
        return Fraction(plain)
    if clock := CLOCK.fullmatch(plain):
        hours, minutes, seconds = clock.groups(default="0")
        return int(hours) * 3600 + int(minutes) * 60 + Fraction(seconds)
    spoken = SPOKEN.fullmatch(plain)
    if not plain or spoken is None:
        raise ValueError(f"a duration looks like 90, 90s, 3m, 1m30s or 1:30; found {text!r}")
    amounts = {unit: amount for unit, amount in spoken.groupdict().items() if amount}
    return sum((Fraction(amount) * SECONDS_PER[unit] for unit, amount in amounts.items()), Fraction(0))


def clock_from_seconds(seconds: float) -> str:
    """Seconds as people read them: 0:07, 12:30, 1:02:03."""
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
