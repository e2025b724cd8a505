"""What a rink's staff may choose on the page, in place of what the settings say."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.timespan import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """None: as the settings say. threshold_hps: speed above which somebody moves. budget: longest reel, 0 for every moment.
    reels_for: how long a reel that is not pinned stays, 0 for good. server_name: what the page calls the box."""

    threshold_hps: float | None = None
    min_moving: Seconds | None = None
    max_stationary: Seconds | None = None
    merge_gap: Seconds | None = None
    pad_before: Seconds | None = None
    pad_after: Seconds | None = None
    budget: Seconds | None = None
    reels_for: Seconds | None = None
    server_name: str | None = None
