"""The support bundle: what somebody who helps from afar needs to know."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from appliance.services.api.deps import ERRORS, Administering, InHouse
from appliance.services.api.house import House
from appliance.services.api.serving import FRESH
from appliance.services.api.supporting import members
from appliance.services.api.zip_streaming import zipped

ZIP = "application/zip"
router = APIRouter(prefix="/api/box", tags=["the box"], responses=ERRORS)


@router.get("/support.zip", response_class=StreamingResponse, responses={200: {"content": {ZIP: {}}}})
def download_support(house: InHouse, who: Administering) -> StreamingResponse:
    """Versions, settings, the doctor's findings, notices, figures, the last orders and plans, ends of logs.

    No pictures, no passwords, no keys.
    """
    house.parts.journal.note("support bundle fetched", by=who.name)
    headers = {**FRESH, "Content-Disposition": 'attachment; filename="rinkreel_support.zip"'}
    return StreamingResponse(_sent(house), media_type=ZIP, headers=headers)


def _sent(house: House) -> Iterator[bytes]:
    yield from zipped(members(house), house.parts.clock.now_s())
