"""Chooses the best moments when a reel may not be longer than a budget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from appliance.domain.segment import Segment
from appliance.domain.timespan import Seconds

Item = TypeVar("Item")


def choose_within(
    items: Sequence[Item], budget: Seconds, score: Callable[[Item], float], length_of: Callable[[Sequence[Item]], Seconds]
) -> list[Item]:
    """Items that fit into the budget together, best score first, in their given order.

    Args:
        items: what there is, in time order.
        budget: how long all chosen ones may be.
        score: how good one is; higher is better, earlier wins ties.
        length_of: how long several are together, overlaps counted once.
    """
    chosen: set[int] = set()
    for index in sorted(range(len(items)), key=lambda i: (-score(items[i]), i)):
        trial = [items[i] for i in sorted(chosen | {index})]
        if length_of(trial) <= budget:
            chosen.add(index)
    return [items[i] for i in sorted(chosen)]


def best_of(segments: Sequence[Segment]) -> Segment:
    """The best segment, the earliest if several are. Raises ValueError when there is none."""
    return max(segments, key=lambda segment: segment.score)
