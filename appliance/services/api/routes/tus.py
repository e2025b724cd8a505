"""Resumable uploads: the tus protocol 1.0.0 with creation, termination, expiration and checksum (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

from email.utils import formatdate
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from appliance.services.api.deps import InHouse, Operating
from appliance.services.api.refusals import Refusal
from appliance.services.api.routes.uploads import UPLOAD_ERRORS
from appliance.services.api.tus_record import CHECKSUMS, TusUpload, read_checksum, read_metadata
from appliance.services.api.tus_together import read_party
from appliance.services.api.upload_room import place_of

VERSION = "1.0.0"
FROM_OFFSET = "application/offset+octet-stream"
LARGEST = 2**60
#: Headers that say which job an upload became.
JOB_HEADER = "X-Rinkreel-Job"

router = APIRouter(prefix="/api/tus", tags=["resumable uploads"], responses=UPLOAD_ERRORS)
UploadId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Version = Annotated[str, Header(max_length=16, json_schema_extra={"enum": [VERSION]})]


class PatchHead:
    """What comes in front of a piece."""

    def __init__(
        self,
        upload_offset: Annotated[int, Header(ge=0, le=LARGEST)],
        upload_checksum: Annotated[str | None, Header(max_length=256)] = None,
        tus_resumable: Version = "",
    ) -> None:
        self.offset = upload_offset
        self.checksum = upload_checksum
        self.version = tus_resumable


@router.options("/", status_code=204)
def read_abilities(house: InHouse) -> Response:
    """What this server can do."""
    headers = {
        "Tus-Version": VERSION,
        "Tus-Max-Size": str(house.parts.rule.max_upload_bytes),
        "Tus-Extension": "creation,termination,expiration,checksum",
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }
    return _answer(204, headers)


@router.post("/", status_code=201, response_class=Response)
async def create_upload(
    house: InHouse,
    _: Operating,
    upload_length: Annotated[int, Header(ge=1, le=LARGEST)],
    upload_metadata: Annotated[str | None, Header(max_length=8192)] = None,
    tus_resumable: Version = "",
) -> Response:
    """Begin an upload; it goes on at Location."""
    _check_version(tus_resumable)
    metadata = read_metadata(upload_metadata)
    upload = await house.tus.create(upload_length, place_of(metadata.get("filename", "")), read_party(metadata))
    return _answer(201, {"Location": f"/api/tus/{upload.id}", **_headers_of(upload)})


@router.head("/{upload_id}", status_code=200, response_class=Response)
async def find_upload(house: InHouse, _: Operating, upload_id: UploadId, tus_resumable: Version = "") -> Response:
    """How far an upload is."""
    _check_version(tus_resumable)
    upload = await house.tus.find(upload_id)
    return _answer(200, {"Upload-Length": str(upload.length), **_headers_of(upload)})


@router.patch(
    "/{upload_id}",
    status_code=204,
    response_class=Response,
    openapi_extra={"requestBody": {"content": {FROM_OFFSET: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def append_to_upload(
    request: Request,
    house: InHouse,
    _: Operating,
    upload_id: UploadId,
    head: Annotated[PatchHead, Depends()],
) -> Response:
    """Go on with an upload. The answer comes when the bytes are on the disk."""
    _check_version(head.version)
    if request.headers.get("content-type", "") != FROM_OFFSET:
        raise Refusal(415, f"The content type of a piece is {FROM_OFFSET}.", remedy="Send it so.")
    upload = await house.tus.append(upload_id, head.offset, request.stream(), read_checksum(head.checksum))
    return _answer(204, _headers_of(upload))


@router.delete("/{upload_id}", status_code=204, response_class=Response)
async def end_upload(house: InHouse, _: Operating, upload_id: UploadId, tus_resumable: Version = "") -> Response:
    """Give an upload up."""
    _check_version(tus_resumable)
    await house.tus.end(upload_id)
    return _answer(204, {})


def _headers_of(upload: TusUpload) -> dict[str, str]:
    headers = {"Upload-Offset": str(upload.offset), "Upload-Expires": formatdate(upload.expires_at_s, usegmt=True)}
    return {**headers, JOB_HEADER: upload.job_id} if upload.job_id else headers


def _answer(status: int, headers: dict[str, str]) -> Response:
    return Response(status_code=status, headers={"Tus-Resumable": VERSION, **headers})


def _check_version(version: str) -> None:
    if version != VERSION:
        raise Refusal(
            412, f"This server speaks tus {VERSION}.", remedy="Say so in Tus-Resumable.", headers={"Tus-Version": VERSION}
        )
