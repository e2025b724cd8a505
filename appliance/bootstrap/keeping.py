"""What is kept on this box's disk, and how much of it stays free."""

from __future__ import annotations

from appliance.algorithms.retaining import RetainingRule
from appliance.bootstrap.surroundings import Surroundings
from appliance.settings import Settings

#: Free disk that is left alone when nothing else is said: a share of the disk, but no more than this.
FLOOR_SHARE, FLOOR_MOST_BYTES = 0.02, 5 * 1024**3


def floor_bytes(settings: Settings, around: Surroundings) -> int:
    """Free disk below which nothing new is begun."""
    if settings.retention.min_free is not None:
        return settings.retention.min_free
    return min(FLOOR_MOST_BYTES, int(around.disk.total_bytes(settings.storage.data_folder.root) * FLOOR_SHARE))


def keeping_rule(settings: Settings) -> RetainingRule:
    """What is kept for how long."""
    table = settings.retention
    return RetainingRule(
        reels_for_s=None if table.reels_for is None else float(table.reels_for),
        originals=table.originals,
        originals_for_s=float(table.originals_for),
        make_room=table.make_room,
    )
