"""What may be made of a recording beside its reel, and where it is kept until the recording or its cut goes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePath

from appliance.algorithms.relocating import absolute_below, with_paths
from appliance.algorithms.rest_planning import plan_rest
from appliance.algorithms.sheet_planning import plan_sheet
from appliance.domain.extra import FastFilm, Sheet
from appliance.domain.job import Item, Revision
from appliance.domain.media import Recording
from appliance.ports.extras import ExtrasMaker
from appliance.services.api.house import House
from appliance.services.api.refusals import Refusal, not_found

#: Longest that making one may take, so that a slow box is not kept busy for ever. Chosen, not measured.
SHEET_WITHIN_S, FILM_WITHIN_S = 180.0, 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A recording that was opened, and the cut that is shown of it."""

    item: Item
    recording: Recording
    cut: Revision


def opened(house: House, item: Item) -> Opened:
    """What is known of a recording. Raises Refusal when it was not opened yet."""
    present = house.parts.book.revision(item.id, number_shown(item))
    if present is None or present.recording is None or not present.recording.files:
        raise not_found("picture of this recording yet")
    return Opened(item=item, recording=present.recording, cut=present)


def number_shown(item: Item) -> int:
    """The number of the cut whose reel is shown; while another is made, that is the one before it."""
    if item.reel is not None and PurePath(item.reel).parent.name.isdigit():
        return int(PurePath(item.reel).parent.name)
    return item.revision


def maker_of(house: House) -> ExtrasMaker:
    """Who makes such things. Raises Refusal when nobody does."""
    if house.parts.extras is None:
        raise not_found("maker of pictures on this box")
    return house.parts.extras


def need_original(item: Item) -> None:
    """Raise Refusal when there is nothing to make anything from."""
    if not item.has_original:
        raise Refusal(409, "The original of this recording is not here.", remedy="Drop the footage again.")


def sheet_of(seen: Opened, columns: int) -> Sheet:
    """The sheet of a recording."""
    return plan_sheet(seen.recording.duration, columns)


def film_of(seen: Opened) -> FastFilm | None:
    """The fast film of what the shown cut left out; None when it left nothing out."""
    return plan_rest(seen.recording.span, seen.cut.plan, seen.recording.files[0].video.display_size_px)


async def have_sheet(house: House, seen: Opened, columns: int) -> Path | None:
    """The sheet's file; None while it is being made. Raises RinkreelError, Refusal."""
    maker, data = maker_of(house), house.parts.data
    need_original(seen.item)
    sheet = sheet_of(seen, columns)
    target = data.reels / seen.item.id / "thumbnails" / f"{sheet.columns:02}.jpg"
    make = partial(maker.draw_sheet, _here(house, seen), sheet, target)
    return target if await house.maker.have(target, make, SHEET_WITHIN_S) else None


async def have_film(house: House, seen: Opened) -> Path | None:
    """The film's file; None while it is being made. Raises RinkreelError, Refusal."""
    maker, data = maker_of(house), house.parts.data
    need_original(seen.item)
    film = await asyncio.to_thread(film_of, seen)
    if film is None:
        raise not_found("footage that was left out")
    target = data.reel_folder(seen.item.id, seen.cut.number) / "rest.mp4"
    make = partial(maker.film_fast, _here(house, seen), film, target)
    return target if await house.maker.have(target, make, FILM_WITHIN_S) else None


def _here(house: House, seen: Opened) -> Recording:
    return with_paths(seen.recording, absolute_below(house.parts.data.root))
