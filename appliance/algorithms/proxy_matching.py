"""Whether a low-resolution file may be watched in place of its full one."""

from __future__ import annotations

from fractions import Fraction

from appliance.domain.media import MediaFile

#: Seconds, and part of the length, that cameras let the two differ by when they close them.
SLACK_S = Fraction(1, 2)
SLACK_PART = Fraction(1, 100)


def proxy_matches(full: MediaFile, proxy: MediaFile) -> bool:
    """Whether both show the same time line: equally long within half a second or one per cent."""
    return abs(full.duration - proxy.duration) <= max(SLACK_S, full.duration * SLACK_PART)
