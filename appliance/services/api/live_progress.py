"""From workers' notes to what people see: the share of an item that is done, and when the rest will be."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from appliance.domain.job import Item, ItemState
from appliance.domain.order import ProgressNote

#: How much of the whole each stage is, as measured on two cores; watching takes nearly all of it.
WEIGHTS = {"probe": 0.02, "analyse": 0.86, "select": 0.02, "assemble": 0.10}
#: A note counts for this long; a worker that goes on tells more.
FRESH_S = 30.0
MOST_ITEMS, MOST_CHUNKS = 2_000, 256
#: Below this share, the time that is left is anybody's guess.
LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class StageShare:
    """How far one stage is, 0 to 1."""

    stage: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far an item is: in all, by stage, and the seconds that are left, if that can be said."""

    share: float
    stages: tuple[StageShare, ...] = ()
    eta_s: float | None = None


@dataclass(slots=True)
class _Heard:
    """The latest notes of an item's present cut, by stage and chunk."""

    revision: int
    notes: dict[tuple[str, int], ProgressNote] = field(default_factory=dict)


class LiveProgress:
    """Remembers the latest notes of the items that are being worked on; a bounded number of them."""

    def __init__(self) -> None:
        self._items: OrderedDict[str, _Heard] = OrderedDict()

    def hear(self, note: ProgressNote) -> None:
        """A worker told how far it has come."""
        heard = self._items.get(note.item_id)
        if heard is None or heard.revision < note.revision:
            heard = self._items[note.item_id] = _Heard(note.revision)
        if heard.revision == note.revision:
            heard.notes[(note.stage, note.chunk_index)] = note
            if len(heard.notes) > MOST_CHUNKS:
                del heard.notes[min(heard.notes, key=lambda key: heard.notes[key].at_s)]
        self._items.move_to_end(note.item_id)
        if len(self._items) > MOST_ITEMS:
            self._items.popitem(last=False)

    def forget(self, item_id: str) -> None:
        """Nothing more is expected of this item."""
        self._items.pop(item_id, None)

    def standing(self, item: Item, now_s: float) -> Standing:
        """How far an item is, from what the book and the workers say."""
        if item.state is ItemState.COMPLETED:
            return Standing(share=1.0)
        if item.state is not ItemState.PROCESSING:
            return Standing(share=0.0)
        stages = self._stages(item, now_s)
        share = min(0.999, sum(WEIGHTS[each.stage] * each.share for each in stages))
        return Standing(share=share, stages=stages, eta_s=_time_left_s(item, share, now_s))

    def _stages(self, item: Item, now_s: float) -> tuple[StageShare, ...]:
        """Stages before the present one are done; those behind it are not begun."""
        order = tuple(WEIGHTS)
        present = order.index(item.stage) if item.stage in order else 0
        shares = (
            1.0 if index < present else self._share(item, stage, now_s) if index == present else 0.0
            for index, stage in enumerate(order)
        )
        return tuple(StageShare(stage=stage, share=round(share, 4)) for stage, share in zip(order, shares, strict=True))

    def _share(self, item: Item, stage: str, now_s: float) -> float:
        heard = self._items.get(item.id)
        notes = heard.notes if heard is not None and heard.revision == item.revision else {}
        running = [
            min(1.0, note.done_s / note.total_s)
            for (of, _), note in notes.items()
            if of == stage and note.total_s > 0 and note.done_s < note.total_s and now_s - note.at_s < FRESH_S
        ]
        if stage != "analyse":
            return max(running, default=0.0)
        total = max(1, item.chunks_total)
        return min(1.0, (item.chunks_done + min(sum(running), total - item.chunks_done)) / total)


def _time_left_s(item: Item, share: float, now_s: float) -> float | None:
    if item.started_at_s is None or share < LEAST_SHARE:
        return None
    return round(max(0.0, now_s - item.started_at_s) * (1 - share) / share, 1)
