"""Recordings: what is known of one, and what may be done with it."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from appliance.domain.job import CutRules
from appliance.domain.request import CancelItem, DeleteItem, PinItem, RecutItem, RetryItem, UndoCut
from appliance.services.api.deps import (
    ERRORS,
    Administering,
    InHouse,
    Limit,
    Name,
    Offset,
    Operating,
    Viewing,
    ask,
    item_now,
    item_soon,
)
from appliance.services.api.house import House
from appliance.services.api.previewing import kept_signal
from appliance.services.api.recutting import check_parts, rules_from
from appliance.services.api.refusals import Refusal, not_found
from appliance.services.api.schemas import Done, ItemDetailBody, PartBody, SegmentsBody, SignalBody
from appliance.services.api.schemas_asked import PinAsked, RecutAsked
from appliance.services.api.views import cut_bodies, item_body, revision_body, segment_bodies, thinned

MOST_REVISIONS, MOST_PARTS = 100, 1_000
router = APIRouter(prefix="/api/items/{item_id}", tags=["recordings"], responses=ERRORS)


@router.get("")
def read_item(house: InHouse, _: Viewing, item_id: Name) -> ItemDetailBody:
    """One recording with its files and cuts."""
    item = item_now(house, item_id)
    parts = house.parts.book.parts_of(item_id)[:MOST_PARTS]
    return ItemDetailBody(
        item=item_body(house, item),
        files=[PartBody(place=row.place, size_bytes=row.size_bytes, sha256=row.sha256, fate=row.fate.value) for row in parts],
        revisions=[revision_body(revision) for revision in house.parts.book.revisions(item_id)[-MOST_REVISIONS:]],
    )


@router.get("/segments")
def read_segments(house: InHouse, _: Viewing, item_id: Name, offset: Offset = 0, limit: Limit = 500) -> SegmentsBody:
    """Stretches in which somebody moves, and what of them is in the reel."""
    item_now(house, item_id)
    revision = house.parts.book.revision(item_id)
    if revision is None:
        raise not_found("cut of this recording yet")
    return SegmentsBody(
        item_id=item_id,
        revision=revision.number,
        total=len(revision.segments),
        segments=segment_bodies(revision, slice(offset, offset + limit)),
        cuts=cut_bodies(revision),
    )


@router.get("/signal")
def read_signal(
    house: InHouse,
    _: Viewing,
    item_id: Name,
    points: Annotated[int, Query(ge=1, le=5000, description="Most steps in the answer.")] = 1000,
) -> SignalBody:
    """Motion over the recording's time."""
    item_now(house, item_id)
    revision = house.parts.book.revision(item_id)
    if revision is None or revision.signal is None:
        raise not_found("motion signal of this recording yet")
    times, speeds, people = thinned(kept_signal(house, item_id, revision.signal), points)
    return SignalBody(
        item_id=item_id,
        revision=revision.number,
        threshold_hps=revision.rules.motion.movement_threshold_hps,
        release_hps=revision.rules.motion.release_hps,
        times_s=times,
        speed_hps=speeds,
        people=people,
    )


@router.post("/retry")
async def retry_item(house: InHouse, _: Operating, item_id: Name) -> Done:
    """Try a failed or cancelled recording again, from the stage that failed."""
    await item_soon(house, item_id)
    await ask(house, RetryItem(item_id=item_id))
    return Done()


@router.post("/cancel")
async def cancel_item(house: InHouse, _: Operating, item_id: Name) -> Done:
    """Stop working on a recording; its original stays."""
    await item_soon(house, item_id)
    await ask(house, CancelItem(item_id=item_id))
    return Done()


@router.post("/recut")
async def recut_item(house: InHouse, _: Operating, item_id: Name, asked: RecutAsked) -> Done:
    """Cut anew from what was seen, without watching again; or exactly the stretches that somebody chose by hand."""
    await item_soon(house, item_id)
    await ask(house, RecutItem(item_id=item_id, rules=await _rules(house, item_id, asked)))
    return Done()


@router.post("/undo")
async def undo_cut(house: InHouse, _: Operating, item_id: Name) -> Done:
    """Go back to the cut before."""
    await item_soon(house, item_id)
    await ask(house, UndoCut(item_id=item_id))
    return Done()


@router.post("/pin")
async def pin_item(house: InHouse, _: Operating, item_id: Name, asked: PinAsked) -> Done:
    """Keep a reel for good, or no longer."""
    await item_soon(house, item_id)
    await ask(house, PinItem(item_id=item_id, pinned=asked.pinned))
    return Done()


@router.delete("")
async def delete_item(house: InHouse, who: Administering, item_id: Name) -> Done:
    """Forget a recording and remove its files."""
    item = await item_soon(house, item_id)
    await ask(house, DeleteItem(item_id=item_id))
    house.parts.journal.note("recording deleted", item=item_id, job=item.job_id, by=who.name, trace=item.trace_id)
    return Done()


async def _rules(house: House, item_id: str, asked: RecutAsked) -> CutRules:
    revision = await asyncio.to_thread(house.parts.book.revision, item_id)
    if revision is None:
        raise Refusal(409, "This recording has not been cut yet.", remedy="Wait until it is done.")
    rules = rules_from(revision.rules, asked)
    check_parts(rules, revision.recording)
    return rules
