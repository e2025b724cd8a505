"""Plans a sheet of small pictures: evenly over the recording, as many as a page can show one by one while a finger moves."""

from __future__ import annotations

from appliance.domain.extra import Sheet
from appliance.domain.timespan import Seconds

MOST_PICTURES = 100
WIDTH_PX, HEIGHT_PX = 160, 90


def plan_sheet(duration: Seconds, columns: int) -> Sheet:
    """At most a hundred pictures, no more than one a second, each from the middle of the stretch that it stands for."""
    count = max(1, min(MOST_PICTURES, int(duration)))
    moments = tuple(duration * (2 * number + 1) / (2 * count) for number in range(count))
    return Sheet(columns=min(columns, count), width_px=WIDTH_PX, height_px=HEIGHT_PX, moments=moments)
