"""Footage and features for workers on another machine, who carry the bus's credential."""

from __future__ import annotations

import asyncio
import re
import secrets
from pathlib import Path

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse

from appliance.services.api.deps import InHouse, item_soon
from appliance.services.api.house import House
from appliance.services.api.refusals import Refusal, not_found
from appliance.services.api.security_keys import is_credential
from appliance.services.api.serving import file_response, inside
from appliance.services.api.tus_record import sync_folder
from appliance.services.api.upload_room import in_thread, patiently

MOST_FEATURE_BYTES = 64 * 1024**2
#: As artefacts are named: relative, of plain words.
FEATURE = re.compile(r"\w[\w.+-]{0,127}(/\w[\w.+-]{0,127}){0,5}\.npz", re.ASCII)
ITEM = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def only_workers(request: Request, house: InHouse) -> None:
    """Lets in whoever carries the bus's credential; without one there is nothing here."""
    credential = house.parts.rule.bus_credential
    if not credential:
        raise Refusal(404, "This box lends no footage.", remedy="Set `bus.credential` to let other machines work along.")
    if not is_credential(request.headers.get("authorization", ""), credential):
        raise Refusal(401, "The bus's credential is missing or wrong.", remedy="Copy it from the head box.")


router = APIRouter(prefix="/media", dependencies=[Depends(only_workers)], include_in_schema=False)


@router.get("/originals/{rest:path}")
@router.head("/originals/{rest:path}")
def read_original(house: InHouse, rest: str) -> FileResponse:
    """A file of an original; ranges are served."""
    return file_response(_below(house.parts.data.originals, rest), media_type="application/octet-stream")


@router.get("/features/{rest:path}")
@router.head("/features/{rest:path}")
def read_feature(house: InHouse, rest: str) -> FileResponse:
    """What was seen in a chunk."""
    return file_response(_below(house.parts.data.features, rest), media_type="application/octet-stream")


@router.put("/features/{item_id}/{name:path}", status_code=204)
async def keep_feature(request: Request, house: InHouse, item_id: str, name: str) -> Response:
    """Keep what a worker saw; it appears whole or not at all."""
    if not ITEM.fullmatch(item_id) or not FEATURE.fullmatch(name):
        raise Refusal(400, "This is no name of a feature.", remedy="Use plain words and end in .npz.")
    await item_soon(house, item_id)
    target = house.parts.data.features / item_id / name
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")
    async with house.room.slot():
        await in_thread(lambda: target.parent.mkdir(parents=True, exist_ok=True))
        await in_thread(lambda: inside_folder(house.parts.data.features, target.parent))
        try:
            await _receive(request, house, temporary)
            await in_thread(_rename, temporary, target)
        finally:
            await asyncio.shield(asyncio.to_thread(temporary.unlink, missing_ok=True))
    return Response(status_code=204)


def inside_folder(folder: Path, path: Path) -> None:
    """Raise Refusal when a link leads out of the folder."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise not_found("place")


async def _receive(request: Request, house: House, temporary: Path) -> None:
    async with house.room.spool(temporary) as spool:
        async for piece in patiently(request.stream()):
            if spool.size_bytes + len(piece) > MOST_FEATURE_BYTES:
                raise Refusal(413, "A feature has at most 64 MiB.", remedy="Watch in shorter chunks.")
            await spool.write(piece)
        await spool.sync()


def _rename(temporary: Path, target: Path) -> None:
    temporary.replace(target)
    sync_folder(target.parent)


def _below(folder: Path, rest: str) -> Path:
    parts = rest.split("/")
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
        raise not_found("file")
    return inside(folder, folder.joinpath(*parts))
