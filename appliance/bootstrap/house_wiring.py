"""Wires what the staff may choose: what counts without a choice, what stays fixed, and how long reels are kept in the end."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from time import monotonic

from appliance.algorithms.house_ruling import kept_by
from appliance.algorithms.retaining import RetainingRule, expires_at_s
from appliance.domain.errors import Transient
from appliance.domain.house_rules import HouseRules
from appliance.domain.job import Item
from appliance.domain.timespan import Seconds
from appliance.ports.book import BookView
from appliance.settings import Settings, environment_name

#: Lists ask for every row; a choice shows up within this time.
KNOWN_FOR_S = 2.0
#: Settings that staff may choose on the page.
CHOSEN = frozenset(
    {
        *("motion.threshold", "motion.min_moving", "motion.max_stationary", "motion.merge_gap"),
        *("reel.pad_before", "reel.pad_after", "reel.budget", "retention.reels_for", "server.name"),
    }
)


class KeptFor:
    """When a reel goes, as the settings and the staff have it."""

    def __init__(self, rule: RetainingRule, book: BookView) -> None:
        self._settings_rule, self._book = rule, book
        self._lock = threading.Lock()
        self._rule, self._read_at_s = rule, float("-inf")

    def expires_at_s(self, item: Item, _now_s: float) -> float | None:
        """When an item's reel is removed by its age; None when it is not."""
        return expires_at_s(item, self._rule_now())

    def _rule_now(self) -> RetainingRule:
        with self._lock:
            if monotonic() - self._read_at_s > KNOWN_FOR_S:
                try:
                    self._rule = kept_by(self._book.house_rules(), self._settings_rule)
                except Transient:
                    return self._rule
                self._read_at_s = monotonic()
            return self._rule


def default_rules(settings: Settings) -> HouseRules:
    """What counts where the staff chose nothing."""
    motion, reel = settings.motion, settings.reel
    return HouseRules(
        threshold_hps=motion.threshold,
        min_moving=motion.min_moving,
        max_stationary=motion.max_stationary,
        merge_gap=motion.merge_gap,
        pad_before=reel.pad_before,
        pad_after=reel.pad_after,
        budget=reel.budget or Seconds(0),
        reels_for=settings.retention.reels_for or Seconds(0),
        server_name=settings.server.name,
    )


def fixed_settings(settings: Settings) -> Mapping[str, tuple[str, str]]:
    """By key, what the staff may not change: its value, and the variable that sets it."""
    found = {}
    for section, table in settings.model_dump(mode="json").items():
        for key, value in table.items():
            if f"{section}.{key}" not in CHOSEN:
                found[f"{section}.{key}"] = ("" if value is None else str(value), environment_name(section, key))
    return found
