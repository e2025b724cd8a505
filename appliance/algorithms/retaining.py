"""What is kept for how long, and what goes first when room is short. What is pinned is never named here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from appliance.domain.job import Item, ItemState


@dataclass(frozen=True, slots=True, kw_only=True)
class RetainingRule:
    """reels_for_s: how long reels stay, None for good. originals: whether originals go at all once their reel is there, and
    originals_for_s after how long. make_room: whether reels may go before their time when room is short."""

    reels_for_s: float | None
    originals: Literal["keep", "remove"] = "keep"
    originals_for_s: float = 7 * 86400.0
    make_room: bool = True


def expires_at_s(item: Item, rule: RetainingRule) -> float | None:
    """When an item's reel is removed by its age; None when it is not."""
    if rule.reels_for_s is None or not _reel_may_go(item):
        return None
    return made_at_s(item) + rule.reels_for_s


def original_expires_at_s(item: Item, rule: RetainingRule) -> float | None:
    """When an item's original is removed; None when it is not. An original whose reel is not there always stays."""
    if not _original_may_go(item, rule):
        return None
    return made_at_s(item) + rule.originals_for_s


def overdue_reels(items: Sequence[Item], rule: RetainingRule, now_s: float) -> tuple[Item, ...]:
    """Items whose reel has had its time, oldest first."""
    return _oldest_first(item for item in items if _is_over(expires_at_s(item, rule), now_s))


def overdue_originals(items: Sequence[Item], rule: RetainingRule, now_s: float) -> tuple[Item, ...]:
    """Items whose original has had its time, oldest first."""
    return _oldest_first(item for item in items if _is_over(original_expires_at_s(item, rule), now_s))


def reels_to_spare(items: Sequence[Item], rule: RetainingRule) -> tuple[Item, ...]:
    """Items whose reel may go when room is short, in the order in which they go."""
    return _oldest_first(item for item in items if rule.make_room and _reel_may_go(item))


def originals_to_spare(items: Sequence[Item], rule: RetainingRule) -> tuple[Item, ...]:
    """Items whose original may go when room is short, in the order in which they go."""
    return _oldest_first(item for item in items if rule.make_room and _original_may_go(item, rule))


def made_at_s(item: Item) -> float:
    """When an item's time began."""
    return item.created_at_s if item.finished_at_s is None else item.finished_at_s


def _reel_may_go(item: Item) -> bool:
    return item.reel is not None and item.state.is_final and not item.pinned


def _original_may_go(item: Item, rule: RetainingRule) -> bool:
    finished = item.state is ItemState.COMPLETED and item.reel is not None
    return rule.originals == "remove" and finished and item.has_original and not item.pinned


def _is_over(expires_s: float | None, now_s: float) -> bool:
    return expires_s is not None and expires_s <= now_s


def _oldest_first(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda item: (made_at_s(item), item.id)))
