"""Small pictures of a whole recording, and a fast film of what its reel left out: made when they are first asked for."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, JSONResponse, Response

from appliance.services.api.deps import ERRORS, InHouse, Name, Viewing, item_now, item_soon
from appliance.services.api.extras import film_of, have_film, have_sheet, opened, sheet_of
from appliance.services.api.house import House
from appliance.services.api.schemas_extras import MakingBody, RestBody, RestPieceBody, ThumbnailsBody
from appliance.services.api.serving import file_response, inside

#: Seconds after which to ask again.
SOON_S = "2"
MAKING: dict[int | str, dict[str, object]] = {
    202: {"model": MakingBody, "description": "It is being made; ask again after Retry-After seconds."}
}
router = APIRouter(prefix="/api/items/{item_id}", tags=["recordings"], responses=ERRORS)
Columns = Annotated[int, Query(ge=1, le=20, description="Pictures in a row.")]


@router.get("/thumbnails")
def read_thumbnails(house: InHouse, _: Viewing, item_id: Name, columns: Columns = 10) -> ThumbnailsBody:
    """Where on the sheet which moment of the recording is shown."""
    sheet = sheet_of(opened(house, item_now(house, item_id)), columns)
    return ThumbnailsBody(
        item_id=item_id,
        url=f"/api/items/{item_id}/thumbnails.jpg?columns={columns}",
        columns=sheet.columns,
        rows=sheet.rows,
        width_px=sheet.width_px,
        height_px=sheet.height_px,
        times_s=[round(float(moment), 3) for moment in sheet.moments],
    )


@router.get("/thumbnails.jpg", response_class=FileResponse, responses={**MAKING, 200: {"content": {"image/jpeg": {}}}})
async def show_thumbnails(house: InHouse, _: Viewing, item_id: Name, columns: Columns = 10) -> Response:
    """A sheet of up to a hundred small pictures in rows, evenly over the whole recording."""
    seen = await asyncio.to_thread(opened, house, await item_soon(house, item_id))
    return await _answer(house, await have_sheet(house, seen, columns), "image/jpeg")


@router.get("/rest")
def read_rest(house: InHouse, _: Viewing, item_id: Name) -> RestBody:
    """What the reel left out, and where the fast film shows it."""
    film = film_of(opened(house, item_now(house, item_id)))
    pieces, shown = [], 0
    for span, frames in zip(film.pieces, film.frames, strict=True) if film is not None else ():
        at_s, end_s = shown / film.rate_hz if film else 0.0, float(span.end)
        pieces.append(RestPieceBody(start_s=float(span.start), end_s=end_s, film_at_s=round(at_s, 3)))
        shown += frames
    return RestBody(
        item_id=item_id,
        url=f"/api/items/{item_id}/rest.mp4" if film is not None else None,
        speed=float(film.speed) if film is not None else 0.0,
        rest_s=sum(piece.end_s - piece.start_s for piece in pieces),
        film_s=shown / film.rate_hz if film is not None else 0.0,
        pieces=pieces,
    )


@router.get("/rest.mp4", response_class=FileResponse, responses={**MAKING, 200: {"content": {"video/mp4": {}}}})
@router.head("/rest.mp4", response_class=FileResponse, include_in_schema=False)
async def show_rest(house: InHouse, _: Viewing, item_id: Name) -> Response:
    """What the reel left out, at eight times the speed or faster, two minutes at most; ranges are served."""
    seen = await asyncio.to_thread(opened, house, await item_soon(house, item_id))
    return await _answer(house, await have_film(house, seen), "video/mp4")


async def _answer(house: House, path: Path | None, media_type: str) -> Response:
    if path is None:
        return JSONResponse(MakingBody().model_dump(), status_code=202, headers={"Retry-After": SOON_S})
    real = await asyncio.to_thread(inside, house.parts.data.reels, path)
    return await asyncio.to_thread(file_response, real, media_type=media_type, inline=True)
