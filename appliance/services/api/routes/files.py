"""Reels, posters and originals."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse

from appliance.algorithms.file_naming import reel_name
from appliance.domain.job import Fate
from appliance.services.api.deps import ERRORS, InHouse, Name, Operating, Viewing, item_now
from appliance.services.api.refusals import not_found
from appliance.services.api.serving import file_response, inside, media_type_of

router = APIRouter(tags=["files"], responses=ERRORS)


@router.get("/api/download/{job_id}/{item_id}", response_class=FileResponse)
@router.head("/api/download/{job_id}/{item_id}", response_class=FileResponse, include_in_schema=False)
def download_reel(house: InHouse, _: Viewing, job_id: Name, item_id: Name, inline: bool = False) -> FileResponse:
    """The reel, as `highlight_<original>.mp4`; ranges are served. inline: to be played instead of saved."""
    item = item_now(house, item_id)
    if item.job_id != job_id or item.reel is None:
        raise not_found("reel")
    path = inside(house.parts.data.reels, house.parts.data.root / item.reel)
    return file_response(path, media_type="video/mp4", name=reel_name(item.name), inline=inline)


@router.get("/api/items/{item_id}/poster", response_class=FileResponse)
@router.head("/api/items/{item_id}/poster", response_class=FileResponse, include_in_schema=False)
def read_poster(house: InHouse, _: Viewing, item_id: Name) -> FileResponse:
    """A picture of the best moment."""
    item = item_now(house, item_id)
    if item.poster is None:
        raise not_found("poster")
    path = inside(house.parts.data.reels, house.parts.data.root / item.poster)
    return file_response(path, media_type="image/jpeg", inline=True)


@router.get("/api/items/{item_id}/original", response_class=FileResponse)
@router.head("/api/items/{item_id}/original", response_class=FileResponse, include_in_schema=False)
def read_original(house: InHouse, _: Operating, item_id: Name, part: int = 0) -> FileResponse:
    """An original as it came, a chapter at a time; ranges are served."""
    item = item_now(house, item_id)
    full = [row for row in house.parts.book.parts_of(item.id) if row.fate is not Fate.PROXY and row.stored is not None]
    if not 0 <= part < len(full) or not item.has_original:
        raise not_found("original")
    path = inside(house.parts.data.originals, house.parts.data.root / str(full[part].stored))
    return file_response(path, media_type=media_type_of(path), name=path.name)
