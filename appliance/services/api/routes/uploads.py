"""Recordings that come by HTTP, whole: one, or many in a form. They go to disk as they come in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request

from appliance.services.api.deps import ERRORS, InHouse, Operating
from appliance.services.api.multipart_reading import FileBegins, FileEnds, FileGoesOn, read_form
from appliance.services.api.refusals import Refusal
from appliance.services.api.schemas import ErrorBody, UploadBody
from appliance.services.api.taking import Received
from appliance.services.api.upload_room import Spool, UploadRoom, patiently, place_of, too_large, unique_place

#: The form around the files may add this much.
FORM_BYTES = 1024**2
CHECK_SPACE_EVERY_BYTES = 64 * 1024**2
UPLOAD_ERRORS = {
    **ERRORS,
    408: {"model": ErrorBody, "description": "The upload fell silent."},
    415: {"model": ErrorBody, "description": "This is no recording."},
    507: {"model": ErrorBody, "description": "There is no room."},
}
FORM = {
    "multipart/form-data": {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}},
    "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
}
FORMS = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
        }
    }
}
router = APIRouter(prefix="/api", tags=["uploads"], responses=UPLOAD_ERRORS)
FileName = Annotated[str, Query(max_length=1024, description="The file's name, when the body is the file itself.")]
ContentType = Annotated[str, Header(max_length=1024)]


@router.post("/upload", openapi_extra={"requestBody": {"content": FORM}})
@router.put("/upload", openapi_extra={"requestBody": {"content": FORM}})
async def upload_one(
    request: Request, house: InHouse, _: Operating, name: FileName = "", content_type: ContentType = ""
) -> UploadBody:
    """One recording: a form with one file, or the file itself with its name in the address."""
    async with house.room.slot(), house.room.own_folder() as folder:
        await _check_length(request, house.room)
        desk = _Receiving(house.room, folder, 1)
        if content_type.startswith("multipart/"):
            await desk.receive_form(content_type, request.stream())
        else:
            await desk.receive_file(name, request.stream())
        return await house.taker.take_one(desk.only_file())


@router.post("/upload/batch", openapi_extra={"requestBody": {"content": FORMS, "required": True}})
async def upload_batch(request: Request, house: InHouse, _: Operating, content_type: ContentType = "") -> UploadBody:
    """Many recordings in one form; what is no recording is listed as failed, with the reason."""
    async with house.room.slot(), house.room.own_folder() as folder:
        await _check_length(request, house.room)
        desk = _Receiving(house.room, folder, house.parts.rule.max_files)
        await desk.receive_form(content_type, request.stream())
        if not desk.files:
            raise Refusal(400, "This form holds no file.", remedy="Send one part a file, each with a file name.")
        return await house.taker.take_batch(folder, desk.files)


class _Receiving:
    """Writes a request's files to its own folder."""

    def __init__(self, room: UploadRoom, folder: Path, most_files: int) -> None:
        self.files: list[Received] = []
        self._room, self._folder, self._most_files = room, folder, most_files
        self._places: set[str] = set()
        self._unchecked_bytes = 0

    async def receive_file(self, name: str, body: AsyncIterator[bytes]) -> None:
        """The body is the file."""
        path, place = self._next_path(name)
        async with self._room.spool(path) as spool:
            async for piece in patiently(body):
                await self._write(spool, piece)
            await spool.sync()
        self._keep(path, place, spool)

    async def receive_form(self, content_type: str, body: AsyncIterator[bytes]) -> None:
        """The body is a form with files."""
        events = read_form(content_type, patiently(body))
        async for event in events:
            if isinstance(event, FileBegins):
                await self._receive_part(event.name, events)

    async def _receive_part(self, name: str, events: AsyncIterator[object]) -> None:
        path, place = self._next_path(name)
        async with self._room.spool(path) as spool:
            async for event in events:
                if isinstance(event, FileEnds):
                    break
                if isinstance(event, FileGoesOn):
                    await self._write(spool, event.data)
            await spool.sync()
        self._keep(path, place, spool)

    def only_file(self) -> Received:
        """What came, when it is one file with something in it."""
        if not self.files or self.files[0].size_bytes == 0:
            raise Refusal(400, "There is no file in this upload.", remedy="Send one recording.")
        return self.files[0]

    async def _write(self, spool: Spool, data: bytes) -> None:
        if spool.size_bytes + len(data) > self._room.rule.max_upload_bytes:
            raise too_large(self._room.rule.max_upload_bytes)
        await spool.write(data)
        self._unchecked_bytes += len(data)
        if self._unchecked_bytes >= CHECK_SPACE_EVERY_BYTES:
            self._unchecked_bytes = 0
            await self._room.check(0)

    def _next_path(self, name: str) -> tuple[Path, str]:
        if len(self.files) >= self._most_files:
            raise Refusal(413, f"More than {self._most_files} files came at once.", remedy="Send them in several batches.")
        place = unique_place(place_of(name), self._places)
        self._places.add(place)
        path = self._folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        return path, place

    def _keep(self, path: Path, place: str, spool: Spool) -> None:
        self.files.append(Received(path=path, place=place, size_bytes=spool.size_bytes))


async def _check_length(request: Request, room: UploadRoom) -> None:
    """Turn away at the door what is surely too large, or has no room."""
    length = int(request.headers.get("content-length", "0")[:20])
    await room.check(max(0, length - FORM_BYTES))
