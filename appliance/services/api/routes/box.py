"""The box as a whole, and orders that were given up."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path

from appliance.domain.job import ItemState
from appliance.domain.request import RetryItem
from appliance.services.api.deps import ERRORS, InHouse, Limit, Operating, Viewing, ask
from appliance.services.api.house import House
from appliance.services.api.housekeeping import box_name
from appliance.services.api.refusals import not_found
from appliance.services.api.schemas import (
    BoxBody,
    ChoicesBody,
    DeadLetterBody,
    Done,
    ExpiringBody,
    LightBody,
    NoticeBody,
    TemperatureBody,
)

#: What goes within this time is shown, and so many of it.
SOON_S, MOST_EXPIRING, MOST_LOOKED_AT = 7 * 86_400.0, 50, 2_000
MOST_DEAD_LETTERS = 10_000
router = APIRouter(prefix="/api", tags=["the box"], responses=ERRORS)
OrderId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,128}$")]


@router.get("/box")
def read_box(house: InHouse, _: Viewing) -> BoxBody:
    """Notices, figures, room on the disk, and what goes soon."""
    parts = house.parts
    tallies = parts.book.tallies()
    return BoxBody(
        name=box_name(parts),
        now_s=parts.clock.now_s(),
        disk_free_bytes=parts.disk.free_bytes(parts.data.root),
        disk_total_bytes=parts.disk.total_bytes(parts.data.root),
        disk_floor_bytes=parts.rule.min_free_bytes,
        gpu=parts.looks.gpu(),
        notices=[
            NoticeBody(key=notice.key, error=notice.why, remedy=notice.remedy, at_s=notice.at_s)
            for notice in parts.book.notices()
        ],
        items=tallies.items,
        orders=tallies.orders,
        dead_letters=tallies.dead_letters,
        segments=tallies.segments,
        footage_s=tallies.footage_s,
        kept_s=tallies.kept_s,
        watched_s=round(tallies.stage_s.get("analyse", (0.0, 0))[0], 3),
        last_reel_at_s=tallies.last_reel_at_s,
        expiring=_expiring(house),
        versions=dict(parts.looks.versions),
        lights=[
            LightBody(name=light.name, state=light.state, why=light.found, remedy=light.remedy) for light in parts.looks.lights()
        ],
        choices=_choices(house),
        temperatures=[
            TemperatureBody(name=name, celsius=round(celsius, 1)) for name, celsius in parts.looks.temperatures().items()
        ],
    )


@router.get("/dead-letters")
def list_dead_letters(house: InHouse, _: Viewing, limit: Limit = 100) -> list[DeadLetterBody]:
    """Orders that were given up although their footage may be fine, newest first."""
    return [
        DeadLetterBody(
            order_id=letter.order_id,
            item_id=letter.item_id,
            stage=letter.stage,
            error=letter.why,
            remedy=letter.remedy,
            at_s=letter.at_s,
        )
        for letter in house.parts.book.dead_letters(limit)
    ]


@router.post("/dead-letters/{order_id}/retry")
async def retry_dead_letter(house: InHouse, who: Operating, order_id: OrderId) -> Done:
    """Try the recording that an order belongs to again."""
    letters = await asyncio.to_thread(house.parts.book.dead_letters, MOST_DEAD_LETTERS)
    letter = next((each for each in letters if each.order_id == order_id), None)
    if letter is None:
        raise not_found("order that was given up")
    await ask(house, RetryItem(item_id=letter.item_id))
    house.parts.journal.note("given up order tried again", order=order_id, item=letter.item_id, by=who.name)
    return Done()


def _choices(house: House) -> ChoicesBody | None:
    found = house.parts.looks.choices()
    if found is None:
        return None
    return ChoicesBody(
        backend=found.backend,
        encoder=found.encoder,
        encoder_why=found.encoder_why,
        graphics=list(found.graphics),
        fell_back=list(found.fell_back),
    )


def _expiring(house: House) -> list[ExpiringBody]:
    """Reels that go soon, the first to go first. The oldest items are looked at, since they go first."""
    now_s, found = house.parts.clock.now_s(), []
    for item in house.parts.book.items_in([ItemState.COMPLETED.value], MOST_LOOKED_AT):
        at_s = house.parts.looks.expires_at_s(item, now_s) if item.reel is not None and not item.pinned else None
        if at_s is not None and at_s - now_s < SOON_S:
            found.append(ExpiringBody(item_id=item.id, job_id=item.job_id, name=item.name, expires_at_s=at_s))
    return sorted(found, key=lambda each: each.expires_at_s)[:MOST_EXPIRING]
